"""All SQL of many half-days at once: counts of a school's classes and days, and a class's month."""

from collections import defaultdict
from dataclasses import astuple, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from cloud.attendance.register.brake import KNOWN_OF, MISSED, ClassCount
from cloud.attendance.register.facts import Permission, Presence, Rule
from cloud.attendance.register.roll_queries import Kept
from cloud.attendance.register.tables import RegisterEntry
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay, Span


@dataclass(frozen=True, slots=True)
class Tally:
    """Pupils, or half-days of pupils, by what the register says of them."""

    present: int = 0
    """The late ones too."""
    late: int = 0
    permitted: int = 0
    not_permitted: int = 0
    open: int = 0
    """Not known yet, or in doubt."""

    @property
    def absent(self) -> int:
        return self.permitted + self.not_permitted

    @property
    def all(self) -> int:
        return self.present + self.absent + self.open

    @property
    def rate(self) -> float | None:
        """Percent present of those of whom it is known; None while it is known of nobody."""
        known = self.present + self.absent
        return round(100 * self.present / known, 1) if known else None

    @property
    def is_known_of_most(self) -> bool:
        return self.open * 2 < self.all

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def is_below(self, percent: int) -> bool:
        return self.rate is not None and self.rate < percent


def class_tallies(session: Session, school_id: UUID, day: date) -> dict[tuple[UUID, HalfDay], Tally]:
    rows = session.execute(
        select(RegisterEntry.class_id, RegisterEntry.half, *_counts())
        .where(RegisterEntry.school_id == school_id, RegisterEntry.day == day)
        .group_by(RegisterEntry.class_id, RegisterEntry.half)
    )
    return {(class_id, HalfDay(half)): Tally(*(int(one) for one in counts)) for class_id, half, *counts in rows}


def class_counts(session: Session, school_id: UUID, day: date) -> dict[tuple[UUID, HalfDay], ClassCount]:
    """What `brake.count` makes of the day's entries, counted by the database."""
    reasons = [RegisterEntry.reasons.like(f'%"{rule}"%') for rule in MISSED]
    known = [RegisterEntry.reasons.not_like(f'%"{rule}"%') for rule in KNOWN_OF]
    decided = or_(RegisterEntry.presence == Presence.ABSENT, RegisterEntry.by_person)
    missed = and_(decided, *reasons, *known)
    wanted = (missed, and_(missed, ~RegisterEntry.by_person), RegisterEntry.presence == Presence.ASK)
    rows = session.execute(
        select(
            RegisterEntry.class_id,
            RegisterEntry.half,
            func.count(),
            *(func.sum(case((one, 1), else_=0)) for one in wanted),
        )
        .where(RegisterEntry.school_id == school_id, RegisterEntry.day == day)
        .group_by(RegisterEntry.class_id, RegisterEntry.half)
    )
    return {(class_id, HalfDay(half)): ClassCount(*(int(one) for one in counts)) for class_id, half, *counts in rows}


def day_tallies(session: Session, school_id: UUID, span: Span, class_id: UUID | None = None) -> dict[date, Tally]:
    """Both half-days together, of the days that are in the register; of one class, or of the whole school."""
    own = RegisterEntry.class_id == class_id if class_id else RegisterEntry.school_id == school_id
    rows = session.execute(
        select(RegisterEntry.day, *_counts())
        .where(own, RegisterEntry.day.between(span.first, span.last))
        .group_by(RegisterEntry.day)
        .order_by(RegisterEntry.day)
    )
    return {day: Tally(*(int(one) for one in counts)) for day, *counts in rows}


def kept_by_class(session: Session, school_id: UUID, span: Span) -> dict[UUID, list[tuple[str, Kept]]]:
    """By the class that a pupil was in on that day, each with the pupil's name."""
    rows = session.execute(
        select(RegisterEntry, Student.full_name)
        .join(Student, Student.id == RegisterEntry.student_id)
        .where(RegisterEntry.school_id == school_id, RegisterEntry.day.between(span.first, span.last))
    )
    found: dict[UUID, list[tuple[str, Kept]]] = defaultdict(list)
    for row, name in rows:
        kept = Kept(
            row.student_id, row.day, HalfDay(row.half), Presence(row.presence), row.late_minutes,
            row.left_early_minutes, Permission(row.permission) if row.permission else None,
        )  # fmt: skip
        found[row.class_id].append((name, kept))
    return found


def unexplained(session: Session, class_id: UUID, span: Span) -> list[tuple[UUID, date, HalfDay]]:
    """Absences without permission of which nobody has said anything; the latest first."""
    rows = session.execute(
        select(RegisterEntry.student_id, RegisterEntry.day, RegisterEntry.half)
        .where(
            RegisterEntry.class_id == class_id,
            RegisterEntry.day.between(span.first, span.last),
            RegisterEntry.presence == Presence.ABSENT,
            RegisterEntry.permission == Permission.NOT_PERMITTED,
            *(RegisterEntry.reasons.not_like(f"%{rule}%") for rule in (Rule.LEAVE_REQUESTED, Rule.HANDED_OVER_BEFORE)),
        )
        .order_by(RegisterEntry.day.desc(), RegisterEntry.half.desc(), RegisterEntry.student_id)
    )
    return [(student_id, day, HalfDay(half)) for student_id, day, half in rows]


def _counts() -> tuple[ColumnElement[int], ...]:
    present, absent = RegisterEntry.presence == Presence.PRESENT, RegisterEntry.presence == Presence.ABSENT
    permitted = RegisterEntry.permission == Permission.PERMITTED
    open_ones = RegisterEntry.presence.in_((Presence.ASK, Presence.NOT_YET))
    wanted = (present, present & (RegisterEntry.late_minutes > 0), absent & permitted, absent & ~permitted, open_ones)
    return tuple(func.sum(case((one, 1), else_=0)) for one in wanted)
