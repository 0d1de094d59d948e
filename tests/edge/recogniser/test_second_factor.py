"""Twins at the gate: one passage, one sighting, by the card, the finger or the member of staff that told them apart."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import apsw
import pytest

from edge.contract import ClockReading, Direction, Method, Outcome, Sighting
from edge.hardware.fake import FakeIndicator
from edge.hardware.ports import Signal
from edge.hardware.readers.port import Presented
from edge.recogniser.feedback import Feedback
from edge.recogniser.loop import Decision, Present, recognise
from edge.recogniser.record import Recorder
from edge.recogniser.showing import Verdict
from edge.store import held, questions
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.questions import ANSWER_S, Questions
from edge.store.roster import Roster
from edge.vision.match import Gallery
from tests.edge.recogniser.scripted import MODEL, RULES, Scene, Seen, template_of

AN, EM, CHI = 1, 2, 3
WINDOW_S = 60.0
TWINS = {"an": frozenset({"em"}), "em": frozenset({"an"})}


class Hands:
    """A clock that the test turns."""

    second = 1000.0
    boot = UUID(int=1)

    def now(self) -> datetime:
        return datetime.fromtimestamp(1_790_000_000 + self.second, UTC)

    def monotonic_s(self) -> float:
        return self.second

    def reading(self) -> ClockReading:
        return ClockReading(boot_id=self.boot, monotonic_ms=int(self.second * 1000), trusted=True)


class Gate:
    def __init__(self, data_dir: Path) -> None:
        self.hands = Hands()
        self.connection: apsw.Connection = connect(data_dir)
        self.outbox = Outbox(self.connection, self.hands)
        self.shown = FakeIndicator()
        asking = Questions(self.connection, self.outbox, self.hands)
        self.recorder = Recorder(self.outbox, Feedback([self.shown]), self.hands, Direction.IN, asking, WINDOW_S)

    def face(self, outcome: Outcome = Outcome.ASK, person: str | None = None, *, beside: int = 0) -> None:
        """The face of one of the twins, seen for a second; named if `person` is given."""
        linked = () if person else ("an", "em")
        self.recorder.record(Decision(
            track=1, outcome=outcome, person=person, candidates=linked, distance=0.2, margin=0.1, quality=0.8,
            t_s=0.0, captured_s=self.hands.second, model=MODEL, look_alikes=linked, beside=beside,
            first_s=self.hands.second - 1,
        ))  # fmt: skip

    def card(self, person: str) -> None:
        presented = Presented(Method.QR, "card", "reader", self.hands.second)
        self.recorder.record_showing(presented, Verdict(Outcome.IDENTIFIED, person))

    def wait(self, seconds: float) -> None:
        self.hands.second += seconds
        held.release_due(self.connection, self.outbox, self.hands, Direction.IN)
        self.recorder.release_due()

    def events(self) -> list[tuple[str, str, str | None]]:
        return [(one.outcome.value, one.method.value, one.person) for one in self.sightings()]

    def sightings(self) -> list[Sighting]:
        return self.outbox.read(after=0, upto=2**62, limit=100)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def test_a_card_tells_twins_apart_and_is_the_only_event(gate: Gate):
    gate.face()
    assert (gate.events(), gate.shown.shown) == ([], [Signal.ASK])
    gate.wait(5)
    gate.card("em")
    gate.wait(ANSWER_S + 1)
    assert gate.events() == [("identified", "qr", "em")]
    assert gate.shown.shown == [Signal.ASK, Signal.OK]


def test_a_card_that_is_quicker_than_the_face_is_the_only_event_too(gate: Gate):
    gate.card("em")
    gate.wait(1)
    gate.face()
    gate.wait(ANSWER_S + 1)
    assert gate.events() == [("identified", "qr", "em")]
    assert gate.shown.shown == [Signal.OK, Signal.OK]


def test_twins_who_come_together_are_two_passages(gate: Gate):
    gate.face()
    gate.face(beside=1)
    gate.wait(2)
    gate.card("an")
    gate.wait(2)
    gate.card("em")
    gate.wait(ANSWER_S + 1)
    assert gate.events() == [("identified", "qr", "an"), ("identified", "qr", "em")]


def test_the_twin_who_comes_after_is_asked_for_a_card_of_their_own(gate: Gate):
    gate.card("an")
    gate.face()
    gate.wait(10)
    gate.face()
    gate.wait(ANSWER_S + 1)
    assert gate.events() == [("identified", "qr", "an"), ("ask", "face", None)]


def test_a_face_that_was_lost_and_found_again_is_asked_about_once(gate: Gate):
    gate.face()
    gate.wait(3)
    gate.face()
    gate.wait(3)
    gate.card("an")
    gate.wait(ANSWER_S + 1)
    assert gate.events() == [("identified", "qr", "an")]


def test_when_both_have_passed_nobody_is_asked_again(gate: Gate):
    gate.card("an")
    gate.card("em")
    gate.wait(10)
    gate.face()
    gate.wait(ANSWER_S + 1)
    assert gate.events() == [("identified", "qr", "an"), ("identified", "qr", "em")]


def test_a_face_that_names_whom_the_card_has_named_is_no_second_event(gate: Gate):
    gate.face()
    gate.card("an")
    gate.wait(5)
    gate.face(Outcome.IDENTIFIED, "an")
    assert gate.events() == [("identified", "qr", "an")]
    gate.wait(WINDOW_S)
    gate.face(Outcome.IDENTIFIED, "an")
    assert gate.events()[1:] == [("identified", "face", "an")]


def test_without_an_answer_the_question_is_recorded_as_of_the_face_and_with_both(gate: Gate):
    gate.face()
    asked_at = gate.hands.now()
    gate.wait(ANSWER_S - 1)
    assert gate.events() == []
    gate.wait(1.1)
    (sighting,) = gate.sightings()
    assert (sighting.outcome, sighting.method, sighting.person) == (Outcome.ASK, Method.FACE, None)
    assert (sighting.candidates, sighting.captured_at) == (("an", "em"), asked_at)
    gate.wait(ANSWER_S)
    assert len(gate.events()) == 1


def test_somebody_elses_card_is_no_answer(gate: Gate):
    gate.face()
    gate.card("chi")
    gate.wait(ANSWER_S + 1)
    assert gate.events() == [("identified", "qr", "chi"), ("ask", "face", None)]


def test_staff_at_the_panel_tell_them_apart_and_may_take_it_back(gate: Gate):
    gate.face()
    tapped = held.hold(gate.connection, "em", gate.hands)
    gate.wait(held.UNDO_S + 0.1)
    gate.wait(ANSWER_S)
    assert gate.events() == [("identified", "manual", "em")]

    gate.wait(WINDOW_S)
    gate.face()
    gate.wait(ANSWER_S - 1)
    tapped = held.hold(gate.connection, "an", gate.hands)
    gate.wait(2)
    assert len(gate.events()) == 1, "the tap may still be undone, so the question stays open"
    assert held.undo(gate.connection, tapped)
    gate.wait(0.1)
    assert gate.events()[1:] == [("ask", "face", None)]


def test_a_power_cut_loses_no_question(gate: Gate):
    gate.face()
    gate.hands.boot = UUID(int=2)
    gate.hands.second = 3.0
    assert [one.left_s for one in questions.waiting(gate.connection, gate.hands)] == [0.0]
    gate.wait(0.1)
    assert gate.events() == [("ask", "face", None)]


def test_a_person_who_is_erased_is_asked_about_no_more(gate: Gate):
    gate.face()
    Roster(gate.connection, bytes(32)).replace({"an": []})
    gate.wait(ANSWER_S + 1)
    assert gate.events() == []


def twins() -> Gallery:
    """Two people 0.3 apart, who are clearly told apart on a good shot."""
    em = template_of(AN)
    em[EM] += 0.3
    return Gallery(["an", "em"], [template_of(AN), em], MODEL, TWINS)  # type: ignore[arg-type]


def watched(scenes: list[list[Seen]]) -> tuple[list[Decision], list[list[Present]]]:
    scene, present = Scene(scenes), []
    found = list(recognise(scene.frames(), scene.pipeline(), twins, RULES, lambda _, there: present.append([*there])))
    return found, present


def test_no_look_however_good_names_a_twin():
    decisions, present = watched([[Seen(AN, 100)]] * 60)
    assert [(one.outcome, one.look_alikes) for one in decisions] == [(Outcome.ASK, ("an", "em"))]
    assert decisions[0].candidates == ("an", "em")
    assert {one.person for there in present for one in there} == {None}
    assert present[-1][0].look_alikes == ("an", "em")


def test_twins_side_by_side_are_asked_about_each():
    decisions, _ = watched([[Seen(AN, 100), Seen(AN, 400, off=0.01)]] * 60)
    assert [(one.outcome, one.beside) for one in decisions] == [(Outcome.ASK, 0), (Outcome.ASK, 1)]
