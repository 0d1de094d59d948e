"""What comes out when people walk, turn, cross, leave and return."""

import numpy as np
import pytest

from edge.contract import Outcome
from edge.errors import Misconfigured
from edge.recogniser.loop import Decision, recognise
from edge.vision.match import Gallery
from tests.edge.recogniser.scripted import MODEL, RULES, Scene, Seen, gallery_of

AN, BINH, CHI = 1, 2, 3


def decisions(scene: Scene, gallery: Gallery, rules=RULES) -> list[Decision]:
    return list(recognise(scene.frames(), scene.pipeline(), lambda: gallery, rules))


def said(found: list[Decision]) -> list[tuple[str, str | None]]:
    return [(decision.outcome.value, decision.person) for decision in found]


def test_somebody_known_is_named_once_from_one_embedding():
    scene = Scene([[Seen(AN, 100 + step)] for step in range(40)])
    found = decisions(scene, gallery_of(an=AN, binh=BINH))
    assert said(found) == [("identified", "an")]
    assert scene.embedded == [AN]
    assert found[0].t_s == 0.0
    assert found[0].captured_s == 1000.0
    assert found[0].distance == pytest.approx(0, abs=1e-6)
    assert found[0].margin == pytest.approx(1, abs=1e-6)
    assert found[0].model == MODEL


def test_a_stranger_is_called_unknown_once_after_some_patience():
    found = decisions(Scene([[Seen(CHI, 100)] for _ in range(40)]), gallery_of(an=AN, binh=BINH))
    assert said(found) == [("unknown", None)]
    assert found[0].distance == pytest.approx(1, abs=1e-6)
    assert found[0].candidates == ()


def test_a_stranger_who_stays_does_not_cost_an_embedding_a_frame():
    scene = Scene([[Seen(CHI, 100)] for _ in range(200)])
    decisions(scene, gallery_of(an=AN))
    assert len(scene.embedded) <= 8


def test_doubt_is_asked_with_candidates_and_without_a_name():
    found = decisions(Scene([[Seen(AN, 100, off=0.53)] for _ in range(40)]), gallery_of(an=AN, binh=BINH))
    assert said(found) == [("ask", None)]
    assert found[0].candidates == ("an", "binh")


def test_two_people_who_look_alike_are_asked_about_however_near_they_are():
    twins = Gallery(["an", "em"], gallery_of(an=AN, em=AN)._templates, MODEL)
    found = decisions(Scene([[Seen(AN, 100)] for _ in range(40)]), twins)
    assert said(found) == [("ask", None)]
    assert set(found[0].candidates) == {"an", "em"}


def test_a_better_look_settles_a_doubt_before_anybody_is_asked():
    scene = Scene([[Seen(AN, 100, off=0.54 if step < 4 else 0.0)] for step in range(30)])
    assert said(decisions(scene, gallery_of(an=AN))) == [("identified", "an")]


def test_a_much_better_shot_is_looked_at_at_once():
    scene = Scene(
        [
            [
                Seen(AN, 100, off=0.6, nose=0.62),
            ]
            for _ in range(2)
        ]
        + [[Seen(AN, 100)]]
    )
    found = decisions(scene, gallery_of(an=AN))
    assert len(scene.embedded) == 2
    assert said(found) == [("identified", "an")]


def test_a_face_turned_away_gives_no_name():
    found = decisions(Scene([[Seen(AN, 100, nose=0.31)] for _ in range(30)]), gallery_of(an=AN))
    assert said(found) == [("ask", None)]


def test_faces_below_the_smallest_size_are_left_alone():
    scene = Scene([[Seen(AN, 100, side=39)] for _ in range(30)])
    assert decisions(scene, gallery_of(an=AN)) == []
    assert scene.embedded == []


def test_whoever_comes_back_within_the_window_is_not_announced_again():
    away: list[list[Seen]] = [[] for _ in range(20)]
    scene = Scene([[Seen(AN, 100)], *away, [Seen(AN, 100)], *away, [Seen(AN, 400)]])
    assert said(decisions(scene, gallery_of(an=AN))) == [("identified", "an")]


def test_whoever_comes_back_later_passes_again():
    away: list[list[Seen]] = [[] for _ in range(700)]
    scene = Scene([[Seen(AN, 100)], *away, [Seen(AN, 100)]])
    assert said(decisions(scene, gallery_of(an=AN))) == [("identified", "an")] * 2


def test_whoever_stands_there_for_minutes_passes_once():
    scene = Scene([[Seen(AN, 100)] for _ in range(900)] + [[Seen(AN, 500)] for _ in range(30)])
    assert said(decisions(scene, gallery_of(an=AN))) == [("identified", "an")]


def test_everybody_in_a_crowd_gets_their_own_outcome():
    crowd = [Seen(AN, 50), Seen(CHI, 300), Seen(BINH, 600)]
    found = decisions(Scene([crowd] * 30), gallery_of(an=AN, binh=BINH))
    assert sorted(said(found), key=str) == [("identified", "an"), ("identified", "binh"), ("unknown", None)]


def test_a_stranger_in_the_place_of_somebody_known_gets_no_name():
    """Same box, another face: the track was decided, so nothing more is said; nobody is named twice."""
    scene = Scene([[Seen(AN, 100)]] * 5 + [[Seen(CHI, 100)]] * 30)
    assert said(decisions(scene, gallery_of(an=AN))) == [("identified", "an")]


def test_a_track_that_changes_hands_before_it_is_decided_starts_anew():
    scene = Scene([[Seen(CHI, 100)]] * 6 + [[Seen(AN, 100)]] * 30)
    found = decisions(scene, gallery_of(an=AN))
    assert said(found) == [("unknown", None), ("identified", "an")]
    assert found[0].track != found[1].track


def test_people_who_cross_do_not_take_each_others_names():
    steps = [[Seen(AN, 100.0 + 15 * step), Seen(CHI, 500.0 - 15 * step)] for step in range(27)]
    found = decisions(Scene(steps), gallery_of(an=AN, binh=BINH))
    assert ("identified", "an") in said(found)
    assert {name for _, name in said(found)} <= {"an", None}


def test_the_end_of_the_source_is_the_last_word_on_everybody():
    assert said(decisions(Scene([[Seen(CHI, 100)]]), gallery_of(an=AN))) == [("unknown", None)]


def test_an_empty_gallery_knows_nobody():
    found = decisions(Scene([[Seen(AN, 100)]] * 30), Gallery.empty(MODEL))
    assert said(found) == [("unknown", None)]
    assert found[0].distance is None
    assert found[0].margin is None


def test_a_roster_that_changes_takes_effect_at_once():
    scene = Scene([[Seen(AN, 100)]] * 30)
    galleries = iter([gallery_of(binh=BINH)] + [gallery_of(an=AN, binh=BINH)] * 30)
    found = list(recognise(scene.frames(), scene.pipeline(), lambda: next(galleries), RULES))
    assert said(found) == [("identified", "an")]


def test_a_gallery_of_another_model_is_refused():
    foreign = Gallery(["an"], gallery_of(an=AN)._templates, "ba9876543210")
    with pytest.raises(Misconfigured, match="model"):
        decisions(Scene([[Seen(AN, 100)]]), foreign)


def test_a_decision_names_somebody_if_and_only_if_it_identifies():
    found = decisions(
        Scene([[Seen(AN, 50), Seen(CHI, 300), Seen(BINH, 600, off=0.53)]] * 30), gallery_of(an=AN, b=BINH)
    )
    assert {decision.outcome for decision in found} == {Outcome.IDENTIFIED, Outcome.UNKNOWN, Outcome.ASK}
    for decision in found:
        assert (decision.person is not None) == (decision.outcome is Outcome.IDENTIFIED)
        assert bool(decision.candidates) == (decision.outcome is Outcome.ASK)


def test_a_look_that_gives_no_numbers_does_not_spoil_the_track(caplog: pytest.LogCaptureFixture):
    """The network's slip, once: the other looks decide, and the log counts it."""
    scene = Scene([[Seen(AN, 100)]] * 30)
    whole, looks = scene.embed, iter([float("nan"), float("inf")])
    scene.embed = lambda chip: whole(chip) * np.float32(next(looks, 1.0))  # type: ignore[method-assign]
    assert said(decisions(scene, gallery_of(an=AN))) == [("identified", "an")]
    assert "looks left out count=2" in caplog.text
