"""Living people, pictures of people, and what becomes of them under each policy, frame by frame."""

from dataclasses import replace
from datetime import date

import pytest

from edge.contract import Method, Outcome
from edge.hardware.readers.port import Presented
from edge.recogniser.liveness_vote import LivenessRules
from edge.recogniser.loop import Decision, Present, recognise
from edge.recogniser.showing import doubt, judge
from edge.store.credentials import Credential, Credentials
from edge.store.db import connect
from tests.edge.recogniser.scripted import RULES, Scene, Seen, gallery_of

AN, BINH, CHI = 1, 2, 3
WARN = replace(RULES, liveness=LivenessRules("warn", spoof_below=0.4, live_from=0.6))
REFUSE = replace(RULES, liveness=LivenessRules("refuse", spoof_below=0.4, live_from=0.6))


def decisions(scene: Scene, rules=REFUSE) -> list[Decision]:
    known = gallery_of(an=AN, binh=BINH)
    return list(recognise(scene.frames(), scene.pipeline(), lambda: known, rules))


def said(found: list[Decision]) -> list[tuple[str, str | None, str | None]]:
    return [(decision.outcome.value, decision.person, decision.liveness) for decision in found]


def stands(*live: float, person: int = AN) -> Scene:
    """Somebody before the camera, one score a frame."""
    return Scene([[Seen(person, 100, live=score)] for score in live])


@pytest.mark.parametrize("rules", [WARN, REFUSE])
def test_a_living_face_is_named_after_three_looks(rules):
    scene = stands(*[0.9] * 40)
    found = decisions(scene, rules)
    assert said(found) == [("identified", "an", "live")]
    assert found[0].t_s == pytest.approx(0.2)
    assert scene.embedded == [AN] * 3


def test_a_picture_is_refused_once_and_staff_are_told_of_whom():
    found = decisions(stands(*[0.1] * 60))
    assert said(found) == [("refused", None, "spoof")]
    assert found[0].candidates == ("an",)


def test_where_the_policy_is_to_warn_the_name_counts_and_the_suspicion_is_told():
    assert said(decisions(stands(*[0.1] * 40), WARN)) == [("identified", "an", "spoof")]


def test_where_liveness_is_off_a_face_is_named_at_once():
    found = decisions(stands(*[0.1] * 40), RULES)
    assert said(found) == [("identified", "an", None)]
    assert found[0].t_s == 0.0


def test_doubt_is_asked_about_and_a_better_look_settles_it():
    assert said(decisions(stands(*[0.5] * 40))) == [("ask", None, "doubt")]
    assert said(decisions(stands(*[0.5] * 3, *[0.9] * 40))) == [("identified", "an", "live")]


def test_one_bad_look_refuses_nobody():
    assert said(decisions(stands(0.0, *[0.9] * 40))) == [("identified", "an", "live")]


def test_whoever_was_refused_gets_no_name_by_staying():
    assert said(decisions(stands(*[0.1] * 15, *[1.0] * 60))) == [("refused", None, "spoof")]


def test_a_face_that_is_gone_before_it_was_judged_is_asked_about():
    assert said(decisions(stands(0.9, 0.9))) == [("ask", None, None)]
    assert said(decisions(stands(0.9, 0.9), WARN)) == [("identified", "an", None)]


def test_a_living_face_does_not_vouch_for_the_picture_that_takes_its_place():
    """Somebody shows their own face and then, in the same place, a photo of An."""
    scene = Scene([[Seen(CHI, 100, live=1.0)]] * 4 + [[Seen(AN, 100, live=0.1)]] * 40)
    assert said(decisions(scene)) == [("unknown", None, "live"), ("refused", None, "spoof")]


def test_a_picture_of_a_stranger_is_a_stranger():
    assert said(decisions(stands(*[0.1] * 40, person=CHI))) == [("unknown", None, "spoof")]


def test_a_stranger_who_stays_costs_no_more_looks_than_without():
    scene = stands(*[0.9] * 200, person=CHI)
    decisions(scene)
    assert len(scene.embedded) <= 8


def test_a_card_shown_after_a_refusal_marks_the_child_by_the_card(tmp_path):
    """Nobody is known to stand there, so nothing contradicts the card."""
    scene, there = stands(*[0.1] * 30), []

    def attend(frame, present: list[Present]) -> None:
        there.append(frozenset(one.person for one in present))

    known = gallery_of(an=AN)
    found = list(recognise(scene.frames(), scene.pipeline(), lambda: known, REFUSE, attend))
    assert [one.outcome for one in found] == [Outcome.REFUSED]
    credentials = Credentials(connect(tmp_path))
    credentials.give(Credential(Method.CARD, "04A1B2C3", "an"))
    shown = judge(Presented(Method.CARD, "04A1B2C3", "reader", 0.0), credentials, date(2026, 11, 16))
    assert shown is not None
    verdict = doubt(shown, there[-1])
    assert (verdict.outcome, verdict.person) == (Outcome.IDENTIFIED, "an")
