"""All SQL of setting timetables up: subjects, assignments, homerooms, and lessons put in their place. Of one school."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from cloud.kit.errors import Conflict, NotFound
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import HalfDay, Span
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.tables import SchoolClass
from cloud.school.timetable.tables import Homeroom, LessonRow, Subject, TeachingAssignment, Timetable


@dataclass(frozen=True, slots=True)
class KnownSubject:
    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Assignment:
    id: UUID
    class_id: UUID
    subject_id: UUID
    staff_id: UUID


@dataclass(frozen=True, slots=True)
class KnownTimetable:
    """It holds from `valid_from` until the next one of its term, or until the term ends."""

    id: UUID
    term_id: UUID
    term_number: int
    year_name: str
    term: Span
    valid_from: date
    lessons: int


Placed = tuple[UUID, int, HalfDay, int, str | None]
"""An assignment, and its weekday, half-day, period and room."""


def subjects(session: Session, school_id: UUID) -> list[KnownSubject]:
    rows = session.execute(
        select(Subject.id, Subject.code, Subject.name).where(Subject.school_id == school_id).order_by(Subject.id)
    )
    return [KnownSubject(*row) for row in rows]


def rename_subject(session: Session, school_id: UUID, subject_id: UUID, code: str, name: str) -> None:
    """Raises NotFound."""
    row = session.scalars(select(Subject).where(Subject.id == subject_id, Subject.school_id == school_id)).one_or_none()
    if row is None:
        raise NotFound("No such subject in this school.")
    row.code, row.name = code, name
    session.flush()


def remove_subject(session: Session, school_id: UUID, subject_id: UUID) -> None:
    """Raises NotFound; Conflict for one that somebody teaches, or has taught."""
    if subject_id not in {one.id for one in subjects(session, school_id)}:
        raise NotFound("No such subject in this school.")
    if session.scalar(select(exists().where(TeachingAssignment.subject_id == subject_id))):
        raise Conflict(marked("This subject is taught, or was: it cannot be taken out."))
    session.execute(delete(Subject).where(Subject.id == subject_id))


def is_in_use(session: Session, term_id: UUID) -> bool:
    """Whether anything is assigned or timetabled in a term."""
    assigned = exists().where(TeachingAssignment.term_id == term_id)
    timetabled = exists().where(Timetable.term_id == term_id)
    return bool(session.scalar(select(assigned)) or session.scalar(select(timetabled)))


def assignments(session: Session, school_id: UUID, term_id: UUID) -> list[Assignment]:
    rows = session.execute(
        select(
            TeachingAssignment.id,
            TeachingAssignment.class_id,
            TeachingAssignment.subject_id,
            TeachingAssignment.staff_id,
        )
        .join(SchoolClass, SchoolClass.id == TeachingAssignment.class_id)
        .where(SchoolClass.school_id == school_id, TeachingAssignment.term_id == term_id)
        .order_by(TeachingAssignment.id)
    )
    return [Assignment(*row) for row in rows]


def unassign(session: Session, school_id: UUID, assignment_ids: Sequence[UUID]) -> None:
    """Their lessons go with them."""
    own = select(SchoolClass.id).where(SchoolClass.school_id == school_id)
    session.execute(
        delete(TeachingAssignment).where(
            TeachingAssignment.id.in_(assignment_ids), TeachingAssignment.class_id.in_(own)
        )
    )


def reassign(session: Session, assignment_id: UUID, staff_id: UUID) -> None:
    """Another teacher takes over: the lessons stay where they are in the week."""
    row = session.get_one(TeachingAssignment, assignment_id)
    row.staff_id = staff_id
    session.flush()


def lessons_by_assignment(session: Session, term_id: UUID) -> dict[UUID, int]:
    rows = session.execute(
        select(LessonRow.assignment_id, func.count())
        .join(TeachingAssignment, TeachingAssignment.id == LessonRow.assignment_id)
        .where(TeachingAssignment.term_id == term_id)
        .group_by(LessonRow.assignment_id)
    )
    return dict(rows.all())


def homerooms(session: Session, school_id: UUID) -> dict[UUID, list[tuple[date, UUID]]]:
    """By class: from which day on, and who; the latest first."""
    rows = session.execute(
        select(Homeroom.class_id, Homeroom.from_day, Homeroom.staff_id)
        .join(SchoolClass, SchoolClass.id == Homeroom.class_id)
        .where(SchoolClass.school_id == school_id)
        .order_by(Homeroom.from_day.desc())
    )
    found: dict[UUID, list[tuple[date, UUID]]] = {}
    for class_id, from_day, staff_id in rows:
        found.setdefault(class_id, []).append((from_day, staff_id))
    return found


def timetables(session: Session, school_id: UUID) -> list[KnownTimetable]:
    """The latest first."""
    lessons = select(func.count()).where(LessonRow.timetable_id == Timetable.id).correlate(Timetable).scalar_subquery()
    rows = session.execute(
        select(Timetable, Term, SchoolYear.name, lessons)
        .join(Term, Term.id == Timetable.term_id)
        .join(SchoolYear, SchoolYear.id == Term.year_id)
        .where(SchoolYear.school_id == school_id)
        .order_by(Timetable.valid_from.desc())
    )
    return [
        KnownTimetable(
            one.id, term.id, term.number, year_name, Span(term.first_day, term.last_day), one.valid_from, many
        )
        for one, term, year_name, many in rows
    ]


def remove_timetable(session: Session, school_id: UUID, timetable_id: UUID) -> None:
    own = select(Term.id).join(SchoolYear, SchoolYear.id == Term.year_id).where(SchoolYear.school_id == school_id)
    session.execute(delete(Timetable).where(Timetable.id == timetable_id, Timetable.term_id.in_(own)))


def placed(session: Session, timetable_id: UUID) -> list[tuple[UUID, Placed]]:
    """Every lesson with its key."""
    rows = session.scalars(select(LessonRow).where(LessonRow.timetable_id == timetable_id).order_by(LessonRow.id))
    return [(row.id, (row.assignment_id, row.weekday, HalfDay(row.half), row.number, row.room)) for row in rows]


def clear_class(session: Session, timetable_id: UUID, class_ids: Iterable[UUID]) -> None:
    """Take out all lessons of these classes."""
    theirs = select(TeachingAssignment.id).where(TeachingAssignment.class_id.in_(list(class_ids)))
    session.execute(
        delete(LessonRow).where(LessonRow.timetable_id == timetable_id, LessonRow.assignment_id.in_(theirs))
    )
