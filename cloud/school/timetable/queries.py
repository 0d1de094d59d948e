"""All SQL of the timetable."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cloud.school.calendar.facts import ClassRef, HalfDay, Plan
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.tables import SchoolClass
from cloud.school.timetable.facts import Lesson
from cloud.school.timetable.tables import Homeroom, LessonRow, Subject, TeachingAssignment, Timetable


def add_subject(session: Session, school_id: UUID, code: str, name: str) -> UUID:
    subject = Subject(school_id=school_id, code=code, name=name)
    session.add(subject)
    session.flush()
    return subject.id


def assign(session: Session, *, term_id: UUID, class_id: UUID, subject_id: UUID, staff_id: UUID) -> UUID:
    assignment = TeachingAssignment(term_id=term_id, class_id=class_id, subject_id=subject_id, staff_id=staff_id)
    session.add(assignment)
    session.flush()
    return assignment.id


def appoint_homeroom_teacher(session: Session, class_id: UUID, staff_id: UUID, from_day: date) -> None:
    session.merge(Homeroom(class_id=class_id, from_day=from_day, staff_id=staff_id))
    session.flush()


def homeroom_teacher(session: Session, class_id: UUID, day: date) -> UUID | None:
    return session.scalar(
        select(Homeroom.staff_id)
        .where(Homeroom.class_id == class_id, Homeroom.from_day <= day)
        .order_by(Homeroom.from_day.desc())
        .limit(1)
    )


def add_timetable(session: Session, term_id: UUID, valid_from: date) -> UUID:
    timetable = Timetable(term_id=term_id, valid_from=valid_from)
    session.add(timetable)
    session.flush()
    return timetable.id


def add_lessons(
    session: Session, timetable_id: UUID, lessons: Iterable[tuple[UUID, int, HalfDay, int, str | None]]
) -> None:
    """Each as (assignment, weekday, half-day, period, room)."""
    session.add_all(
        LessonRow(
            timetable_id=timetable_id, assignment_id=assignment, weekday=weekday, half=half, number=number, room=room
        )
        for assignment, weekday, half, number, room in lessons
    )
    session.flush()


def lessons_of(session: Session, timetable_id: UUID) -> list[Lesson]:
    return _lessons(session, _select_lessons().where(LessonRow.timetable_id == timetable_id))


def lessons_on(session: Session, plan: Plan) -> list[Lesson]:
    """The lessons that a class has on a day: none where no half-day is taught."""
    timetable_id = session.scalar(
        select(Timetable.id)
        .join(Term, Term.id == Timetable.term_id)
        .join(SchoolYear, SchoolYear.id == Term.year_id)
        .join(SchoolClass, SchoolClass.school_id == SchoolYear.school_id)
        .where(SchoolClass.id == plan.class_id, Timetable.valid_from <= plan.day, Term.last_day >= plan.day)
        .order_by(Timetable.valid_from.desc())
        .limit(1)
    )
    return _lessons(
        session,
        _select_lessons().where(
            LessonRow.timetable_id == timetable_id,
            TeachingAssignment.class_id == plan.class_id,
            LessonRow.weekday == plan.weekday,
            LessonRow.half.in_([planned.half for planned in plan.half_days]),
        ),
    )


def _select_lessons() -> Select[LessonRow, TeachingAssignment, int]:
    return (
        select(LessonRow, TeachingAssignment, SchoolClass.grade)
        .join(TeachingAssignment, TeachingAssignment.id == LessonRow.assignment_id)
        .join(SchoolClass, SchoolClass.id == TeachingAssignment.class_id)
        .order_by(LessonRow.weekday, LessonRow.half.desc(), LessonRow.number, LessonRow.id)
    )


def _lessons(session: Session, statement: Select[LessonRow, TeachingAssignment, int]) -> list[Lesson]:
    return [
        Lesson(
            id=lesson.id,
            school_class=ClassRef(assignment.class_id, grade),
            subject_id=assignment.subject_id,
            staff_id=assignment.staff_id,
            weekday=lesson.weekday,
            half=HalfDay(lesson.half),
            number=lesson.number,
            room=lesson.room,
        )
        for lesson, assignment, grade in session.execute(statement)
    ]
