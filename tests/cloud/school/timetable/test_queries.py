"""The timetable as kept, on both databases."""

from datetime import date

from sqlalchemy import select

from cloud.kit.db import Database
from cloud.school.calendar.facts import DayRule, HalfDay, RuleKind, Span
from cloud.school.calendar.queries import add_rule, calendar_of, class_ref
from cloud.school.calendar.rules import plan_for
from cloud.school.calendar.tables import Term
from cloud.school.timetable import queries
from tests.cloud.schoolhouse import MONDAY, SATURDAY, YEAR, open_school


def test_a_day_has_its_weekdays_lessons_and_a_make_up_day_another_ones(database: Database) -> None:
    with database.writing() as session:
        house = open_school(session)
        add_rule(session, house.school_id, DayRule(SATURDAY, RuleKind.MAKE_UP, "Bù", as_weekday=0))
        term_id = session.scalars(select(Term.id).order_by(Term.number)).first()
        assert term_id
        subject_id = queries.add_subject(session, house.school_id, "TOAN", "Toán")
        assignment = queries.assign(
            session, term_id=term_id, class_id=house.class_id, subject_id=subject_id, staff_id=house.staff_id
        )
        timetable_id = queries.add_timetable(session, term_id, YEAR.first)
        queries.add_lessons(
            session,
            timetable_id,
            [(assignment, 0, HalfDay.AFTERNOON, 1, None), (assignment, 0, HalfDay.MORNING, 2, "P1"),
             (assignment, 3, HalfDay.MORNING, 1, None)],
        )  # fmt: skip
    with database.reading() as session:
        calendar = calendar_of(session, house.school_id, Span(MONDAY, SATURDAY))
        found = {
            day: [(one.half, one.number, one.room) for one in queries.lessons_on(session, plan)]
            for day in (MONDAY, SATURDAY, date(2026, 11, 17))
            if (plan := plan_for(calendar, day, class_ref(session, house.class_id)))
        }
        assert len(queries.lessons_of(session, timetable_id)) == 3
    monday = [(HalfDay.MORNING, 2, "P1"), (HalfDay.AFTERNOON, 1, None)]
    assert found == {MONDAY: monday, SATURDAY: monday, date(2026, 11, 17): []}


def test_the_homeroom_teacher_is_whoever_was_appointed_last(database: Database) -> None:
    with database.writing() as session:
        house = open_school(session)
        queries.appoint_homeroom_teacher(session, house.class_id, house.staff_id, YEAR.first)
    with database.reading() as session:
        assert queries.homeroom_teacher(session, house.class_id, MONDAY) == house.staff_id
        assert queries.homeroom_teacher(session, house.class_id, date(2026, 8, 1)) is None
