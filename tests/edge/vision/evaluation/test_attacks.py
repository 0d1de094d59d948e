"""Simulated pictures of faces: the same by the same seed, in the picture as they should be; and what they score."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.__main__ import main
from edge.errors import EdgeError
from edge.vision.evaluation.attack_rates import Presentations, halves, non_response, rates_at, threshold_for
from edge.vision.evaluation.attacks import CLOSE, FRAME_PX, Kind, draw_presentation, rephotographed
from edge.vision.evaluation.liveness_report import present_all
from edge.vision.model_store import ModelStore

NAN = float("nan")
ATTACKS = (Kind.PRINT, Kind.SCREEN)


def made(image: np.ndarray, kind: Kind, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rephotographed(image, draw_presentation(kind, rng), rng)


@pytest.fixture
def photo() -> np.ndarray:
    image = np.random.default_rng(7).integers(0, 256, (120, 90, 3), np.uint8)
    image.flags.writeable = False
    return image


@pytest.mark.parametrize("kind", Kind)
def test_the_same_seed_makes_the_same_picture_and_another_seed_another(photo, kind):
    first = made(photo, kind, 1)
    assert first.shape == (FRAME_PX[1], FRAME_PX[0], 3)
    assert first.dtype == np.uint8
    assert (first == made(photo, kind, 1)).all()
    assert (first != made(photo, kind, 2)).any()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2000, 30, 3), (40, 900, 3)])
@pytest.mark.parametrize("kind", Kind)
def test_any_picture_can_be_held_up(shape, kind):
    assert made(np.full(shape, 128, np.uint8), kind, 3).shape == (FRAME_PX[1], FRAME_PX[0], 3)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("seed", range(5))
def test_edges_are_seen_unless_it_is_held_near(kind, seed):
    """A green picture: what is not green around the rim of the frame is its border or the wall."""
    seen = made(np.full((300, 400, 3), (30, 200, 30), np.uint8), kind, seed).astype(int)
    rim = np.concatenate([seen[:4].reshape(-1, 3), seen[-4:].reshape(-1, 3), seen[:, :4].reshape(-1, 3)])
    green = (rim[:, 1] > rim[:, 0] + 40) & (rim[:, 1] > rim[:, 2] + 40)
    assert green.mean() > 0.99 if kind in CLOSE else green.mean() < 0.2


def shown(*looks: tuple[int, Kind | None, float]) -> Presentations:
    person, kind, score = zip(*looks, strict=True)
    names = tuple(f"p{number}" for number in range(max(person) + 1))
    return Presentations(names, np.array(person, np.intp), tuple(kind), np.array(score))


def test_rates_by_hand():
    looks = shown(
        (0, None, 0.9), (0, None, 0.3), (1, None, 0.8), (1, None, NAN),
        (0, Kind.PRINT, 0.1), (0, Kind.PRINT, 0.5), (1, Kind.PRINT, 0.2), (1, Kind.PRINT, 0.7),
        (0, Kind.SCREEN, NAN), (1, Kind.SCREEN, 0.1),
    )  # fmt: skip
    rates = rates_at(looks, 0.5, 20, np.random.default_rng(0))
    assert rates.bpcer.value == pytest.approx(1 / 3)
    assert rates.apcer[Kind.PRINT].value == pytest.approx(0.5)
    assert rates.apcer[Kind.SCREEN].value == 0.0
    assert rates.apcer[Kind.PRINT_CLOSE].value is None
    assert rates.worst is Kind.PRINT
    missed = non_response(looks)
    assert missed.bona_fide == pytest.approx(0.25)
    assert missed.attacks[Kind.SCREEN] == pytest.approx(0.5)
    assert threshold_for(looks, bpcer=0.34) == 0.8
    assert threshold_for(looks, bpcer=0.0) == 0.3
    assert threshold_for(shown((0, Kind.PRINT, 0.5))) is None


looks = st.tuples(st.integers(0, 4), st.sampled_from([None, *ATTACKS]), st.floats(0, 1) | st.just(NAN))


@given(st.lists(looks, min_size=1, max_size=30), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_lets_fewer_pictures_and_fewer_people_pass(found, one, other):
    low, high = sorted((one, other))
    lax, strict = (rates_at(shown(*found), at, 1, np.random.default_rng(0)) for at in (low, high))
    for attack in ATTACKS:
        assert (strict.apcer[attack].value or 0) <= (lax.apcer[attack].value or 0)
    assert (strict.bpcer.value or 0) >= (lax.bpcer.value or 0)


@given(st.lists(looks, min_size=1, max_size=40), st.floats(0, 1))
def test_the_chosen_threshold_keeps_the_wish_where_it_was_chosen(found, wish):
    chosen = threshold_for(shown(*found), wish)
    if chosen is not None:
        assert (rates_at(shown(*found), chosen, 1, np.random.default_rng(0)).bpcer.value or 0) <= wish


@given(st.integers(2, 50), st.integers(0, 1000))
def test_a_threshold_is_measured_on_other_people_than_it_was_chosen_on(people, seed):
    choosing, measuring = halves(people, np.random.default_rng(seed))
    assert sorted([*choosing, *measuring]) == list(range(people))
    assert len(choosing) >= 1


def test_a_folder_of_one_person_is_refused(tmp_path):
    class Blind:
        def detect(self, image):
            return []

    (tmp_path / "an").mkdir()
    (tmp_path / "an" / "1.jpg").write_bytes(b"no picture")
    found, photos, left_out = present_all(tmp_path, Blind(), np.random.default_rng(0), lambda done, total: None)
    assert (found.names, photos, left_out) == ((), 0, 1)


@pytest.mark.media
def test_the_command_tells_rates_for_programs_and_people(media, tmp_path, capsys):
    try:
        ModelStore.of_this_machine().pull(["minifasnet-v2", "minifasnet-v1se"])
    except EdgeError as error:
        pytest.skip(f"the networks for liveness cannot be had here: {error}")
    for person in sorted((media / "faces" / "lfw10").iterdir())[:4]:
        (tmp_path / person.name).mkdir()
        for photo in sorted(person.iterdir())[:2]:
            shutil.copy(photo, tmp_path / person.name)
    arguments = ["evaluate", "--liveness", "--images", str(tmp_path), "--replicates", "20"]
    assert main([*arguments, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["people"], said["photos"], said["chosen_on"]) == (4, 8, 2)
    for rates in said["rates"]:
        assert set(rates["apcer"]) == set(Kind)
        assert all(0 <= figure["value"] <= 1 for figure in (rates["bpcer"], *rates["apcer"].values()))
    assert main(arguments) == 0
    assert "BPCER" in capsys.readouterr().out
    for person in sorted(tmp_path.iterdir())[1:]:
        shutil.rmtree(person)
    assert main(arguments) == 1
    assert "two people" in capsys.readouterr().err
