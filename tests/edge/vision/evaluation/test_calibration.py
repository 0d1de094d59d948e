"""A threshold that keeps the wished rate: by hand, and on people who were not there when it was chosen."""

from itertools import combinations

import numpy as np
import pytest

from edge.errors import EdgeError
from edge.vision.evaluation.bootstrap import Figure, figures
from edge.vision.evaluation.calibration import LookAlikes, Neighbours, Preset, calibrate, people_needed
from edge.vision.evaluation.photos import sample_from_folder
from edge.vision.evaluation.samples import Sample, distances
from edge.vision.load import load_pipeline
from edge.vision.model_store import ModelStore
from tests.edge.vision.evaluation.crowd import crowd

PRESET = Preset(threshold=0.5, ask_threshold=0.55, margin=0.05, laxest=10.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def on_a_line(**places: list[float]) -> Sample:
    owners = [person for person, shots in places.items() for _ in shots]
    shots = [[shot] for shots in places.values() for shot in shots]
    return Sample.of(owners, np.array(shots, np.float32), [1.0] * len(owners))


def strangers_named(gallery: Sample, strangers: Sample, threshold: float) -> Figure:
    found = distances(strangers.templates, gallery.templates).min(axis=1) <= threshold
    return figures(
        lambda weights: [float((weights[strangers.person] * found).sum() / weights[strangers.person].sum())],
        len(strangers.names), 500, rng(),
    )[0]  # fmt: skip


def halves(sample: Sample, order: np.ndarray) -> tuple[Sample, Sample]:
    half = len(order) // 2
    return sample.of_people(np.sort(order[:half])), sample.of_people(np.sort(order[half:]))


def test_the_rate_of_one_drawn_gallery_by_hand():
    """an and ba are 1 apart, chi 4 and 5 from them. Of two others one is near to an, and to ba: a gallery of one has
    them with 1/2, a gallery of two always; chi finds nobody."""
    neighbours = Neighbours(on_a_line(an=[0.0], ba=[1.0], chi=[5.0]))
    assert neighbours.fpir(1.5, 1, np.ones(3)) == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert neighbours.fpir(1.5, 2, np.ones(3)) == pytest.approx(2 / 3)
    assert neighbours.fpir(0.5, 2, np.ones(3)) == 0.0


def test_a_gallery_larger_than_the_sample_is_calculated():
    neighbours = Neighbours(on_a_line(an=[0.0], ba=[1.0], chi=[5.0]))
    assert neighbours.fpir(1.5, 4, np.ones(3)) == pytest.approx(1 - (1 / 3) ** 2)


def test_the_rate_agrees_with_galleries_that_are_really_drawn():
    sample, threshold, draw = crowd(30, 1, spread=0.3), 0.9, rng()
    found = []
    for _ in range(4000):
        stranger, *gallery = draw.permutation(30)[:9]
        found.append(distances(sample.templates[[stranger]], sample.templates[gallery]).min() <= threshold)
    assert Neighbours(sample).fpir(threshold, 8, np.ones(30)) == pytest.approx(np.mean(found), abs=0.03)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("wished", [0.01, 0.1])
def test_the_threshold_keeps_the_wish_and_the_next_impostor_would_break_it(seed, wished):
    neighbours = Neighbours(crowd(60, 3, spread=0.3, seed=seed))
    threshold = neighbours.threshold_for(wished, 60, 10.0)
    assert neighbours.fpir(threshold, 60, np.ones(60)) <= wished
    beyond = neighbours.others[(neighbours.others > threshold) & np.isfinite(neighbours.others)].min()
    assert neighbours.fpir(float(beyond), 60, np.ones(60)) > wished


def test_a_larger_gallery_gets_a_stricter_threshold():
    sample = crowd(150, 2, spread=0.3)
    chosen = [calibrate(sample, 0.05, people, PRESET, 5, rng()).threshold for people in (5, 40, 150, 1000)]
    assert chosen == sorted(chosen, reverse=True)
    assert chosen[0] > chosen[-1]


@pytest.mark.parametrize("seed", range(5))
def test_half_of_the_people_calibrate_and_the_others_come_as_strangers(seed):
    gallery, strangers = halves(crowd(400, 3, spread=0.3, seed=seed), np.arange(400))
    choice = calibrate(gallery, 0.05, 200, PRESET, 20, rng())
    assert 0.05 in strangers_named(gallery, strangers, choice.threshold).interval


def test_it_is_never_laxer_than_for_one_pair():
    strict = Preset(0.5, 0.55, 0.05, laxest=0.6)
    choice = calibrate(crowd(100, 2, apart=50.0), 0.05, 100, strict, 5, rng())
    assert (choice.threshold, choice.ask_threshold) == (0.6, 0.65)
    assert choice.look_alikes == ()


@pytest.mark.parametrize(("fpir", "needed"), [(0.01, 100), (0.001, 1000), (0.1, 10), (0.9, 5)])
def test_a_rare_error_takes_as_many_people_as_it_is_rare(fpir, needed):
    assert people_needed(fpir) == needed
    assert calibrate(crowd(min(needed, 101) - 1, 2), fpir, 10, PRESET, 5, rng()) is None


def test_twins_are_named_and_the_margin_keeps_them_apart():
    """Photo 0.3 of `an` is nearer to `ba` (0.32) than to their own 0.0: a margin of more than 0.28 keeps silent."""
    far = {f"x{place}": [10.0 * place, 10.0 * place + 0.01] for place in range(1, 30)}
    neighbours = Neighbours(on_a_line(an=[0.0, 0.3], ba=[0.32], **far))
    assert neighbours.look_alikes(1.0) == (LookAlikes("an", "ba", pytest.approx(0.02, abs=1e-6)),)
    margin = neighbours.margin_for(0.01, threshold=0.4, least=0.05)
    assert margin == pytest.approx(0.28, abs=2e-4)
    assert margin > 0.28 - 1e-6
    assert neighbours.margin_for(0.5, threshold=0.4, least=0.05) == 0.05


def test_people_with_one_template_each_are_calibrated_without_a_word_about_themselves():
    choice = calibrate(crowd(50, 1), 0.05, 50, PRESET, 5, rng())
    assert (choice.mated, choice.named, choice.margin) == (0, None, 0.05)


@pytest.fixture(scope="module")
def halves_of_real_people(media) -> list[tuple[Sample, Sample]]:
    """All 252 ways to make five of ten people the gallery and the others strangers."""
    try:
        store = ModelStore.of_this_machine()
        store.pull()
    except EdgeError as error:
        pytest.skip(f"the models cannot be had here: {error}")
    sample = sample_from_folder(
        media / "faces" / "lfw10", load_pipeline(store), central_face=True, progress=lambda done, total: None
    ).sample
    everybody = set(range(10))
    return [
        (sample.of_people(np.array(some)), sample.of_people(np.array(sorted(everybody - set(some)))))
        for some in combinations(range(10), 5)
    ]


def _named_by_stranger(halves: list[tuple[Sample, Sample]], preset: Preset) -> np.ndarray:
    """(252, 10) share of everybody's photos that are given a name, NaN where they are in the gallery themselves."""
    names = sorted({name for half in halves[0] for name in half.names})
    found = np.full((len(halves), 10), np.nan)
    for row, (gallery, strangers) in enumerate(halves):
        choice = calibrate(gallery, 0.2, 5, preset, 1, rng())
        named = distances(strangers.templates, gallery.templates).min(axis=1) <= choice.threshold
        for person, name in enumerate(strangers.names):
            found[row, names.index(name)] = named[strangers.person == person].mean()
    return found


@pytest.mark.media
def test_half_of_real_people_calibrate_and_the_others_come_as_strangers(halves_of_real_people):
    """Five people are few, so any one half may be far off; over all of them the wish is kept, neither more nor less.

    The limit of the manifest is lifted here: with it there are fewer wrong names than wished."""
    found = _named_by_stranger(halves_of_real_people, PRESET)
    (over_all,) = figures(
        lambda weights: [float(np.nansum(found * weights) / (~np.isnan(found) * weights).sum())], 10, 500, rng()
    )
    assert over_all.value == pytest.approx(0.2, abs=0.05)
    assert 0.2 in over_all.interval


@pytest.mark.media
def test_with_the_limit_of_one_pair_no_half_of_real_people_goes_beyond_the_wish_by_more_than_a_photo(
    halves_of_real_people,
):
    """Machines keep different engines, whose last digits may move one of a half's 50 photos across the threshold."""
    found = _named_by_stranger(halves_of_real_people, Preset(0.5, 0.55, 0.05, laxest=0.6))
    assert np.nanmean(found, axis=1).max() <= 0.2 + 1 / 50 + 1e-9
