"""Subjects, assignments, homerooms and timetables as they are set up, on both databases; never those of another
school."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.kit.errors import Conflict, NotFound
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.timetable import queries, setup_queries
from cloud.school.timetable.setup_queries import Assignment, KnownSubject
from tests.cloud.schoolhouse import MONDAY, TERMS, YEAR, Schoolhouse, open_school


@dataclass(frozen=True)
class Taught:
    house: Schoolhouse
    term_id: UUID
    subject_id: UUID
    assignment_id: UUID
    timetable_id: UUID


def taught(database: Database, slug: str) -> Taught:
    """1A has maths on Monday, twice."""
    with database.writing() as session:
        house = open_school(session, slug)
        terms = select(Term.id).join(SchoolYear, SchoolYear.id == Term.year_id)
        term_id = session.scalars(terms.where(SchoolYear.school_id == house.school_id).order_by(Term.number)).first()
        assert term_id
        subject_id = queries.add_subject(session, house.school_id, "TOAN", "Toán")
        one = queries.assign(
            session, term_id=term_id, class_id=house.class_id, subject_id=subject_id, staff_id=house.staff_id
        )
        timetable_id = queries.add_timetable(session, term_id, YEAR.first)
        lessons = [(one, 0, HalfDay.MORNING, 1, None), (one, 0, HalfDay.MORNING, 2, "P1")]
        queries.add_lessons(session, timetable_id, lessons)
    return Taught(house, term_id, subject_id, one, timetable_id)


@pytest.fixture
def ours(database: Database) -> Taught:
    return taught(database, "ours")


@pytest.fixture
def theirs(database: Database, ours: Taught) -> Taught:
    return taught(database, "theirs")


def test_a_school_reads_its_own_and_no_other_ones(database: Database, ours: Taught, theirs: Taught) -> None:
    school_id, own = ours.house.school_id, ours.house
    with database.reading() as session:
        assert setup_queries.subjects(session, school_id) == [KnownSubject(ours.subject_id, "TOAN", "Toán")]
        found = setup_queries.assignments(session, school_id, ours.term_id)
        assert found == [Assignment(ours.assignment_id, own.class_id, ours.subject_id, own.staff_id)]
        assert setup_queries.assignments(session, school_id, theirs.term_id) == []
        assert setup_queries.lessons_by_assignment(session, ours.term_id) == {ours.assignment_id: 2}
        [known] = setup_queries.timetables(session, school_id)
        assert (known.id, known.term, known.term_number, known.lessons) == (ours.timetable_id, TERMS[0], 1, 2)
        assert [one for _, one in setup_queries.placed(session, ours.timetable_id)] == [
            (ours.assignment_id, 0, HalfDay.MORNING, 1, None),
            (ours.assignment_id, 0, HalfDay.MORNING, 2, "P1"),
        ]
        assert setup_queries.is_in_use(session, ours.term_id)
        assert not setup_queries.is_in_use(session, uuid4())


def test_a_school_changes_its_own_and_no_other_ones(database: Database, ours: Taught, theirs: Taught) -> None:
    school_id = ours.house.school_id
    with database.writing() as session:
        setup_queries.rename_subject(session, school_id, ours.subject_id, "TO", "Toán học")
        with pytest.raises(NotFound):
            setup_queries.rename_subject(session, school_id, theirs.subject_id, "TO", "x")
        with pytest.raises(NotFound):
            setup_queries.remove_subject(session, school_id, theirs.subject_id)
        with pytest.raises(Conflict):
            setup_queries.remove_subject(session, school_id, ours.subject_id)
        setup_queries.unassign(session, school_id, [theirs.assignment_id])
        setup_queries.remove_timetable(session, school_id, theirs.timetable_id)
    with database.reading() as session:
        assert setup_queries.subjects(session, school_id) == [KnownSubject(ours.subject_id, "TO", "Toán học")]
        assert setup_queries.lessons_by_assignment(session, theirs.term_id) == {theirs.assignment_id: 2}


def test_lessons_go_with_their_class_their_assignment_and_their_timetable(database: Database, ours: Taught) -> None:
    school_id = ours.house.school_id
    with database.writing() as session:
        setup_queries.clear_class(session, ours.timetable_id, [ours.house.class_id])
        assert setup_queries.placed(session, ours.timetable_id) == []
        queries.add_lessons(session, ours.timetable_id, [(ours.assignment_id, 1, HalfDay.AFTERNOON, 1, None)])
        setup_queries.unassign(session, school_id, [ours.assignment_id])
        assert setup_queries.placed(session, ours.timetable_id) == []
        setup_queries.remove_timetable(session, school_id, ours.timetable_id)
        assert setup_queries.timetables(session, school_id) == []
        assert not setup_queries.is_in_use(session, ours.term_id)
        setup_queries.remove_subject(session, school_id, ours.subject_id)
        assert setup_queries.subjects(session, school_id) == []


def test_homerooms_are_known_by_class_with_the_latest_first(database: Database, ours: Taught, theirs: Taught) -> None:
    own = ours.house
    with database.writing() as session:
        for day in (YEAR.first, MONDAY):
            queries.appoint_homeroom_teacher(session, own.class_id, own.staff_id, day)
        queries.appoint_homeroom_teacher(session, theirs.house.class_id, theirs.house.staff_id, date(2026, 9, 1))
    with database.reading() as session:
        assert setup_queries.homerooms(session, own.school_id) == {
            own.class_id: [(MONDAY, own.staff_id), (YEAR.first, own.staff_id)]
        }
