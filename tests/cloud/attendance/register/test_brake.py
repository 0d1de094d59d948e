"""Too many not seen at once: families are told nothing before the roll is called."""

from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.attendance.desk import Word, overrule
from cloud.attendance.register import brake, entry_queries, keeping, month_queries
from cloud.attendance.register.brake import ClassCount, held_back
from cloud.attendance.register.events import ABSENT_WITHOUT_NOTICE
from cloud.attendance.register.facts import Policy, Presence
from cloud.attendance.register.roll_calls import rolls_to_call
from cloud.devices.tables import UnitWatch
from cloud.kit.db import Database
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay
from tests.cloud.attendance.register.test_keeping import arrive, refresh, told
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import SmallSchool, add_pupils, sighting

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
ONE, TWO = (UUID(int=1), MORNING), (UUID(int=2), MORNING)


def missed(pupils: int, missed: int, unseen: int | None = None) -> ClassCount:
    return ClassCount(pupils, missed, missed if unseen is None else unseen, 0)


@pytest.mark.parametrize(
    ("one", "two", "held"),
    [
        (missed(30, 14), missed(300, 3), set()),
        (missed(30, 15), missed(300, 3), {ONE}),
        (missed(8, 4), missed(300, 0), set()),
        (missed(30, 12), missed(30, 1), {ONE, TWO}),
        (missed(30, 12), missed(30, 0), {ONE}),
        (missed(30, 30, unseen=2), missed(300, 0), {ONE}),
        (missed(30, 30, unseen=0), missed(30, 3), {TWO}),
    ],
)
def test_half_a_class_or_a_fifth_of_the_school_is_too_much(one: ClassCount, two: ClassCount, held: set) -> None:
    assert held_back({ONE: one, TWO: two}, Policy()) == held


def test_half_days_are_apart_and_a_school_may_set_its_own_figures() -> None:
    counts = {ONE: missed(30, 29), (ONE[0], AFTERNOON): missed(30, 2)}
    assert held_back(counts, Policy()) == {ONE}
    assert held_back(counts, Policy(hold_back_class_percent=100, hold_back_school_percent=100)) == set()


def tell(database: Database, school: SmallSchool, clock: str) -> int:
    refresh(database, school, at(clock))
    with database.writing() as session:
        return keeping.tell_absences(session, school.id, at(clock))


def test_a_class_that_no_unit_saw_is_told_of_when_its_roll_is_called(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        add_pupils(session, a_school, 5)
    arrive(database, sighting(1, a_school.lan, at=at("07:20")), now=at("07:21"))
    assert [tell(database, a_school, clock) for clock in ("07:50", "07:55")] == [0, 0]
    with database.reading() as session:
        assert rolls_to_call(session, a_school.id, MONDAY)[a_school.class_id, MORNING].held == 6
        entries = entry_queries.entries_of_school(session, a_school.id, MONDAY)
        in_python = brake.count(((one.class_id, one.half), one.status) for one in entries.values())
        assert month_queries.class_counts(session, a_school.id, MONDAY) == in_python
        others = list(session.scalars(select(Student.id).where(Student.code.like("N%"))))
    words = [Word(a_school.minh, Presence.ABSENT), *(Word(one, Presence.PRESENT) for one in others[1:])]
    with database.writing() as session:
        overrule(session, a_school.alice, MONDAY, MORNING, words, reason="Điểm danh", now=at("07:56"))
    assert tell(database, a_school, "08:00") == 1
    [event] = told(database, ABSENT_WITHOUT_NOTICE)
    assert event["student_id"] == str(a_school.minh)
    with database.reading() as session:
        call = rolls_to_call(session, a_school.id, MONDAY)[a_school.class_id, MORNING]
        assert (call.held, call.asked) == (1, 0)
        entries = entry_queries.entries_of_school(session, a_school.id, MONDAY)
        in_python = brake.count(((one.class_id, one.half), one.status) for one in entries.values())
        assert month_queries.class_counts(session, a_school.id, MONDAY) == in_python
    with database.writing() as session:
        word = [Word(others[0], Presence.ABSENT)]
        overrule(session, a_school.alice, MONDAY, MORNING, word, reason="Điểm danh", now=at("08:01"))
    assert tell(database, a_school, "08:02") == 1


def test_a_school_whose_unit_was_never_heard_of_tells_nobody_and_asks_for_the_roll(
    database: Database, a_school: SmallSchool
) -> None:
    """Sightings come in, and no heartbeat: whoever was not among them may have come all the same."""
    with database.writing() as session:
        session.delete(session.scalars(select(UnitWatch)).one())
    arrive(database, sighting(1, a_school.lan, at=at("07:20")), now=at("07:21"))
    assert [tell(database, a_school, clock) for clock in ("07:50", "08:00", "14:00", "20:00")] == [0] * 4
    with database.reading() as session:
        call = rolls_to_call(session, a_school.id, MONDAY)[a_school.class_id, MORNING]
        entries = entry_queries.entries_of_school(session, a_school.id, MONDAY)
    assert (call.asked, call.held) == (1, 0)
    assert {entry.status.presence for entry in entries.values()} == {Presence.PRESENT, Presence.ASK}
