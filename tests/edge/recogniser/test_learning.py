"""What is learnt from what staff assign, what is not, and how it is forgotten."""

from pathlib import Path

import pytest

from edge.recogniser.learning import LEAST_QUALITY, why_not
from edge.store.look_alikes import LinkedBy, LookAlikes
from edge.store.review import Shot
from edge.store.roster import Enrolled
from tests.edge.recogniser.reviewed import AN, ASKED, BINH, Unit
from tests.edge.recogniser.scripted import MODEL, RULES, gallery_of, template_of


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


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
