"""Faces without a name: kept sealed and for a while, assigned, dismissed, taken back, learnt from, erased."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from edge.contract import ClockReading, Direction, Outcome
from edge.errors import Rejected
from edge.hardware.fake import FakeIndicator
from edge.recogniser.decide import Rules
from edge.recogniser.feedback import Feedback
from edge.recogniser.learning import LEAST_QUALITY, why_not
from edge.recogniser.loop import Decision, recognise
from edge.recogniser.record import Recorder
from edge.recogniser.reviewing import Reviewing, ReviewSettings, keep
from edge.recogniser.roster_gallery import RosterGallery
from edge.store.db import FILE_NAME, connect
from edge.store.learnt import Learnt
from edge.store.look_alikes import LinkedBy, LookAlikes
from edge.store.outbox import Outbox
from edge.store.questions import Questions
from edge.store.review import UNDO_S, Review, Shot
from edge.store.roster import Enrolled, Roster
from edge.vision.match import Gallery
from tests.edge.recogniser.scripted import MODEL, RULES, Scene, Seen, gallery_of, template_of
from tests.edge.recogniser.test_second_factor import Hands as Turned

AN, BINH, CHI = 1, 2, 3
KEY = bytes(range(32))
KEEP_S = 3600.0
ASKED = template_of(AN, off=0.53)
"""In doubt, and nobody else is near."""
NOISE = np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)


class Hands(Turned):
    trusted = True

    def reading(self) -> ClockReading:
        return super().reading().model_copy(update={"trusted": self.trusted})


class Unit:
    """A unit that has been told to keep faces, and to learn two templates a person."""

    def __init__(self, data_dir: Path, *, keep_s: float = KEEP_S, learn: int = 2, room: int = 10**6) -> None:
        self.hands, self.connection = Hands(), connect(data_dir)
        self.outbox, self.roster = Outbox(self.connection, self.hands), Roster(self.connection, KEY)
        self.review = Review(self.connection, KEY, self.hands, keep_s=keep_s, max_bytes=room)
        self.learnt = Learnt(self.connection, KEY)
        settings = ReviewSettings(keep_s, room, learn)
        self.reviewing = Reviewing(data_dir, KEY, self.hands, Direction.IN, RULES, settings, MODEL)
        questions = Questions(self.connection, self.outbox, self.hands)
        self.recorder = Recorder(
            self.outbox, Feedback([FakeIndicator()]), self.hands, Direction.IN, questions,
            keep=lambda sighting, decision: keep(self.review, sighting, decision),
        )  # fmt: skip
        self.roster.replace(
            {name: [Enrolled(name, template_of(person), MODEL, 0.9)] for name, person in (("an", AN), ("binh", BINH))}
        )

    def sees(self, outcome: Outcome = Outcome.ASK, template: np.ndarray = ASKED, **changed: object) -> int:
        """Its number in the list."""
        decision = Decision(
            track=1, outcome=outcome, person=None, candidates=("an",) if outcome is Outcome.ASK else (), distance=0.53,
            margin=0.4, quality=0.8, t_s=0.0, captured_s=self.hands.second, model=MODEL, shot=NOISE, template=template,
        )  # fmt: skip
        self.recorder.record(replace(decision, **changed))  # type: ignore[arg-type]
        return self.review.items()[0].id if self.review.items() else 0

    def wait(self, seconds: float = UNDO_S + 0.1) -> None:
        self.hands.second += seconds
        self.reviewing.turn(self.connection, self.review)

    def known(self) -> Gallery:
        return RosterGallery(self.connection, self.roster, MODEL, learnt=self.learnt)()

    def events(self) -> list[tuple[str, str, str | None]]:
        found = self.outbox.read(after=0, upto=2**62, limit=100)
        return [(one.outcome.value, one.method.value, one.person) for one in found]


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


def test_a_face_is_kept_sealed_and_comes_back_with_its_template(unit: Unit, tmp_path: Path):
    number = unit.sees()
    (item,) = unit.review.items()
    assert (item.outcome, item.candidates, item.verdict) == (Outcome.ASK, ("an",), None)
    shot = unit.review.shot(number)
    assert shot.picture.startswith(b"\xff\xd8")
    assert (shot.model, shot.quality) == (MODEL, 0.8)
    assert np.abs(shot.template - ASKED).max() < 1e-3
    unit.connection.pragma("wal_checkpoint(TRUNCATE)")
    content = (tmp_path / FILE_NAME).read_bytes()
    assert shot.picture[100:140] not in content
    assert Review(unit.connection, bytes(32), unit.hands, keep_s=1, max_bytes=1).shot(number) is None


def test_by_default_and_for_names_nothing_is_kept(unit: Unit, tmp_path: Path):
    assert unit.sees(Outcome.IDENTIFIED, person="an", candidates=()) == 0
    assert unit.sees(Outcome.REFUSED, candidates=()) == 0
    (tmp_path / "off").mkdir()
    assert Unit(tmp_path / "off", keep_s=0).sees() == 0


def test_an_assigned_face_is_recorded_by_hand_at_the_time_that_it_shows(unit: Unit):
    number = unit.sees(Outcome.UNKNOWN, template_of(CHI))
    seen_at = unit.hands.now()
    unit.hands.second += 600
    unit.review.assign(number, "an")
    unit.wait(UNDO_S - 1)
    assert unit.events() == [("unknown", "face", None)]
    unit.wait(2)
    unit.wait()
    assert unit.events() == [("unknown", "face", None), ("identified", "manual", "an")]
    marked = unit.outbox.read(after=0, upto=2**62, limit=9)[1]
    assert (marked.captured_at, marked.direction) == (seen_at, Direction.IN)


def test_what_is_taken_back_in_time_never_was(unit: Unit):
    number = unit.sees()
    unit.review.assign(number, "binh")
    with pytest.raises(Rejected, match="settled"):
        unit.review.dismiss(number)
    assert unit.review.undo(number) == "undone"
    unit.review.dismiss(number)
    assert unit.review.undo(number) == "undone"
    unit.wait()
    assert (len(unit.events()), unit.review.items()[0].verdict) == (1, None)
    with pytest.raises(Rejected, match="nothing to take back"):
        unit.review.undo(number)
    with pytest.raises(Rejected, match="not on this unit's list"):
        unit.review.assign(number, "nobody")


def test_a_dismissed_face_is_gone_and_leaves_no_event(unit: Unit):
    number = unit.sees(Outcome.UNKNOWN)
    unit.review.dismiss(number)
    unit.wait()
    assert (unit.review.items(), unit.review.shot(number), len(unit.events())) == ([], None, 1)


def test_its_time_ends_on_the_boots_own_clock_whatever_the_wall_says(unit: Unit, monkeypatch: pytest.MonkeyPatch):
    unit.sees()
    wall = unit.hands.now()
    monkeypatch.setattr(Hands, "now", lambda self: wall - timedelta(days=400))
    unit.wait(KEEP_S - 1)
    assert len(unit.review.items()) == 1
    unit.wait(1)
    assert unit.review.items() == []


@pytest.mark.parametrize(
    ("away_s", "then", "now", "kept"),
    [(60, True, True, 1), (KEEP_S, True, True, 0), (-60, True, True, 0), (60, False, True, 0), (60, True, False, 0)],
)
def test_after_a_power_cut_it_ends_by_the_wall_clock_and_at_once_without_one(tmp_path: Path, away_s, then, now, kept):
    unit = Unit(tmp_path)
    unit.hands.trusted = then
    unit.sees()
    unit.hands.boot, unit.hands.trusted = UUID(int=2), now
    unit.hands.second += away_s
    unit.connection.close()
    again = Review(connect(tmp_path), KEY, unit.hands, keep_s=KEEP_S, max_bytes=10**6)
    again.erase_expired()
    assert len(again.items()) == kept


def test_when_it_is_switched_off_everything_goes(unit: Unit):
    unit.sees()
    assert Review(unit.connection, KEY, unit.hands, keep_s=0, max_bytes=1).erase_expired() == 1


def test_the_oldest_make_room(tmp_path: Path):
    unit = Unit(tmp_path, room=80_000)
    numbers = []
    for _ in range(8):
        unit.hands.second += 1
        numbers.append(unit.sees())
    left = [one.id for one in unit.review.items()]
    assert 1 <= len(left) < 8
    assert left == numbers[::-1][: len(left)]
    size = unit.connection.execute("SELECT sum(length(sealed)) FROM review").get
    assert size <= 80_000


def test_a_card_that_settles_a_question_takes_the_picture_along(unit: Unit):
    unit.sees(look_alikes=("an", "binh"), candidates=("an", "binh"), first_s=unit.hands.second)
    assert not unit.review.items()[0].may_teach
    unit.connection.execute("INSERT INTO held (person, captured_at, boot_id, monotonic_ms, trusted)"
                            " VALUES ('an', ?, ?, ?, 1)",
                            (unit.hands.now().isoformat(), str(unit.hands.boot), 0))  # fmt: skip
    from edge.store import held

    assert held.release_due(unit.connection, unit.outbox, unit.hands, Direction.IN) == 1
    assert unit.review.items() == []


def test_whoever_is_erased_takes_every_face_along_that_was_or_may_be_theirs(unit: Unit):
    unit.sees()
    unit.hands.second += 1
    assigned = unit.sees(Outcome.UNKNOWN, template_of(CHI))
    unit.hands.second += 1
    other = unit.sees(Outcome.UNKNOWN, template_of(CHI))
    unit.review.assign(assigned, "an")
    unit.roster.replace({"an": []})
    assert [one.id for one in unit.review.items()] == [other]


def test_a_good_shot_of_an_assigned_face_is_learnt_and_undo_forgets_exactly_that(unit: Unit):
    probe = template_of(AN, off=0.6)
    assert unit.known().match(probe, MODEL).distance > RULES.ask_threshold
    numbers = []
    for _ in range(2):
        unit.hands.second += 1
        numbers.append(unit.sees())
        unit.review.assign(numbers[-1], "an")
        unit.wait()
    before = {one.review for one in map(_Row, _learnt_rows(unit))}
    assert before == set(numbers)
    assert unit.known().match(probe, MODEL).distance < RULES.threshold
    assert unit.review.undo(numbers[0]) == "sent"
    assert {one.review for one in map(_Row, _learnt_rows(unit))} == {numbers[1]}
    assert unit.review.undo(numbers[1]) == "sent"
    assert unit.known().match(probe, MODEL).distance > RULES.ask_threshold
    assert unit.events().count(("identified", "manual", "an")) == 2, "what went up is corrected in the register"


class _Row:
    def __init__(self, row: tuple[int, str]) -> None:
        self.review, self.person = row


def _learnt_rows(unit: Unit) -> list[tuple[int, str]]:
    return unit.connection.execute("SELECT review, person FROM learnt").fetchall()  # type: ignore[return-value]


def test_by_default_nothing_is_learnt_nor_more_than_allowed(tmp_path: Path):
    for most, wanted in ((0, 0), (1, 1)):
        (tmp_path / str(most)).mkdir()
        unit = Unit(tmp_path / str(most), learn=most)
        for _ in range(3):
            unit.hands.second += 1
            unit.review.assign(unit.sees(), "an")
            unit.wait()
        assert unit.learnt.count("an") == wanted


def test_a_new_enrolment_replaces_what_was_learnt_and_it_is_in_no_roster_that_goes_up(unit: Unit):
    unit.review.assign(unit.sees(), "an")
    unit.wait()
    assert unit.learnt.count("an") == 1
    assert [one.person for one in unit.roster.templates(MODEL)] == ["an", "binh"]
    unit.roster.replace({"an": [Enrolled("an", template_of(AN), MODEL, 0.9)]})
    assert unit.learnt.count("an") == 0


def test_look_alikes_are_never_learnt_from(unit: Unit):
    LookAlikes(unit.connection).link(LinkedBy.STAFF, "an", "binh")
    unit.review.assign(unit.sees(), "an")
    unit.wait()
    assert (unit.learnt.count("an"), unit.events()[-1]) == (0, ("identified", "manual", "an"))


GOOD = Shot(b"", ASKED, MODEL, 0.8)


@pytest.mark.parametrize(
    ("shot", "person", "learnt", "reason"),
    [
        (GOOD, "an", 0, None),
        (GOOD, "an", 2, "2 templates"),
        (GOOD, "binh", 0, "somebody else is nearer"),
        (GOOD, "nobody", 0, "not enrolled"),
        (Shot(b"", ASKED, MODEL, LEAST_QUALITY - 0.01), "an", 0, "quality"),
        (Shot(b"", ASKED, "another", 0.8), "an", 0, "another model"),
        (Shot(b"", template_of(AN, off=0.6), MODEL, 0.8), "an", 0, "own templates"),
        (Shot(b"", (template_of(AN) * 0.6 + template_of(BINH) * 0.4), MODEL, 0.8), "an", 0, "somebody else is within"),
    ],
)
def test_what_may_be_learnt(shot: Shot, person: str, learnt: int, reason: str | None):
    found = why_not(shot, person, gallery_of(an=AN, binh=BINH), RULES, learnt=learnt, most=2)
    assert (found is None) if reason is None else (reason in (found or ""))
    assert why_not(shot, person, gallery_of(an=AN, binh=BINH), RULES, learnt=0, most=0) == "learning is switched off"


def test_the_loop_gives_the_picture_of_the_best_look_and_none_unless_it_is_asked_to():
    def decided(rules: Rules) -> Decision:
        scene = Scene([[Seen(CHI, 100, nose=0.62)]] * 5 + [[Seen(CHI, 100)]] * 20)
        (found,) = recognise(scene.frames(), scene.pipeline(), lambda: gallery_of(an=AN), rules)
        return found

    kept = decided(replace(RULES, keeps_shots=True))
    assert kept.outcome is Outcome.UNKNOWN
    assert kept.shot is not None
    assert kept.shot.shape[0] > 80
    assert kept.template is not None
    assert decided(RULES).shot is None
