"""The SQL of a school's classes as they are now: from the register, and from the gate where it is ahead of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from cloud.attendance.register.facts import Permission
from cloud.attendance.register.facts import Presence as Kept
from cloud.attendance.register.tables import RegisterEntry
from cloud.attendance.tables import Presence
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class in one half-day; whoever is in none of the figures has not been seen yet, and is not due."""

    id: UUID
    name: str
    grade: int
    pupils: int
    arrived: int
    """Seen coming in today, whatever has become of them."""
    present: int
    """The late ones too."""
    late: int
    permitted: int
    not_permitted: int
    asked: int

    @property
    def rate(self) -> float | None:
        """Percent present of those of whom it is known; None while pupils are still coming in."""
        known = self.present + self.permitted + self.not_permitted
        return 100 * self.present / known if known and known + self.asked >= self.pupils else None


def halves_kept(session: Session, school_id: UUID, day: date) -> set[HalfDay]:
    """Half-days of which the register has anything."""
    of_day = RegisterEntry.school_id == school_id, RegisterEntry.day == day
    return {
        half
        for half in HalfDay
        if session.scalar(select(RegisterEntry.student_id).where(*of_day, RegisterEntry.half == half).limit(1))
    }


def class_counts(session: Session, school_id: UUID, day: date, half: HalfDay) -> tuple[ClassCount, ...]:
    """A person's word stands. Else whoever came in this morning is here before the register knows it, which follows
    within the minute; in the afternoon the register goes first, since it knows who has left."""
    seen, entered = Presence.first_in_at.is_not(None), RegisterEntry.presence == Kept.PRESENT
    decided: ColumnElement[bool] = RegisterEntry.by_person.is_(True)
    if half is HalfDay.AFTERNOON:
        decided = or_(decided, RegisterEntry.presence.in_((Kept.ABSENT, Kept.ASK)))
    here = case((decided, entered), else_=or_(seen, func.coalesce(entered, false())))
    away = RegisterEntry.presence == Kept.ABSENT
    permitted = RegisterEntry.permission == Permission.PERMITTED
    wanted = (
        seen,
        here,
        and_(here, RegisterEntry.late_minutes > 0),
        and_(~here, away, permitted),
        and_(~here, away, ~permitted),
        and_(~here, RegisterEntry.presence == Kept.ASK),
    )
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.name, SchoolClass.grade, func.count(Student.id), *map(_sum, wanted))
        .outerjoin(Student, Student.class_id == SchoolClass.id)
        .outerjoin(Presence, and_(Presence.student_id == Student.id, Presence.day == day))
        .outerjoin(
            RegisterEntry,
            and_(RegisterEntry.student_id == Student.id, RegisterEntry.day == day, RegisterEntry.half == half),
        )
        .where(SchoolClass.school_id == school_id)
        .group_by(SchoolClass.id, SchoolClass.name, SchoolClass.grade)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return tuple(ClassCount(*row[:3], *(int(one) for one in row[3:])) for row in rows)


def _sum(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)
