"""Who goes into the next year, and what of it can be taken back, on both databases."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from cloud.kit.db import Database
from cloud.people import history_queries as history
from cloud.people.tables import Student
from cloud.school.queries import add_class
from cloud.setup import rollover_queries
from cloud.setup.rollover import Done
from tests.cloud.small_school import SmallSchool, add_school

SUMMER = date(2027, 7, 1)
NOON = datetime(2027, 7, 1, 5, tzinfo=UTC)
UP, OUT = "Lên lớp", "Hết cấp"


@dataclass(frozen=True)
class Rolled:
    school: SmallSchool
    class_2a: UUID


@pytest.fixture
def rolled(database: Database) -> Rolled:
    """Lan has gone into 2A, Minh has left; both by alice, at once."""
    with database.writing() as session:
        school = add_school(session)
        class_2a = add_class(session, school.id, "2A", 2)
        by = school.alice.user_id
        history.move(session, session.get_one(Student, school.lan), class_2a, SUMMER, UP, by=by, now=NOON)
        history.leave(session, session.get_one(Student, school.minh), SUMMER, OUT, by=by, now=NOON)
    return Rolled(school, class_2a)


def done(session: Session, school_id: UUID, *, roll: bool = False) -> Done | None:
    return rollover_queries.done(session, school_id, (UP, OUT), roll_taken_since=lambda *_: roll)


def test_what_was_done_is_known_by_whom_and_of_whom(database: Database, rolled: Rolled) -> None:
    with database.reading() as session:
        found = done(session, rolled.school.id)
        assert found
        assert (found.by, found.by_name, found.at) == (rolled.school.alice.user_id, "alice", NOON)
        assert (found.pupils, found.left, found.classes, found.steps_since) == (2, 1, 1, 0)
        assert {one.student_id for one in found.steps} == {rolled.school.lan, rolled.school.minh}
        other = rollover_queries.pupils(session, rolled.school.id)
        assert [(one.id, one.last_step) for one in other] == [(rolled.school.lan, SUMMER)]


def test_a_step_since_is_counted_and_one_of_another_school_is_not(database: Database, rolled: Rolled) -> None:
    later = NOON + timedelta(hours=1)
    with database.writing() as session:
        stranger = session.get_one(Student, rolled.school.stranger)
        history.leave(session, stranger, SUMMER, OUT, by=None, now=later)
    with database.writing() as session:
        [found] = [one for one in [done(session, rolled.school.id)] if one]
        assert (found.steps_since, found.pupils) == (0, 2)
        lan = session.get_one(Student, rolled.school.lan)
        history.move(session, lan, rolled.school.class_id, SUMMER, "x", by=None, now=later)
    with database.reading() as session:
        [found] = [one for one in [done(session, rolled.school.id, roll=True)] if one]
        assert (found.steps_since, found.roll_taken) == (1, True)


def test_once_it_is_taken_back_nothing_was_done_and_everybody_may_go_again(database: Database, rolled: Rolled) -> None:
    with database.writing() as session:
        [found] = [one for one in [done(session, rolled.school.id)] if one]
        students = rollover_queries.students(session, rolled.school.id)
        for one in found.steps:
            history.take_back(
                session, students[one.student_id], one.id, "x", by=rolled.school.alice.user_id,
                now=NOON + timedelta(days=60), within=timedelta.max,
            )  # fmt: skip
    with database.reading() as session:
        assert done(session, rolled.school.id) is None
        found_again = rollover_queries.pupils(session, rolled.school.id)
    assert {(one.id, one.class_id, one.last_step) for one in found_again} == {
        (rolled.school.lan, rolled.school.class_id, None),
        (rolled.school.minh, rolled.school.class_id, None),
    }
