"""All SQL of a class's roll: what people said of it, what it said before, and how often each was absent."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.attendance.register.ahead import halves_ahead
from cloud.attendance.register.counting import Absence, AbsenceCount, count
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.tables import AttendanceMark, RegisterChange, RegisterEntry
from cloud.kit.clock import school_day
from cloud.kit.db import among
from cloud.school.calendar.facts import HalfDay, Span


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word on a half-day."""

    student_id: UUID
    presence: Presence | None
    late_minutes: int
    left_early_minutes: int
    permission: Permission | None
    reason: str
    by: str
    """As pages address them."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Was:
    """What the register began to say of a half-day at a moment."""

    student_id: UUID
    presence: str
    late_minutes: int
    left_early_minutes: int
    permission: str | None
    by: str | None
    """None: it followed from what units reported."""
    at: datetime


def said_of(
    session: Session, student_ids: Collection[UUID], day: date, half: HalfDay, period: int | None = None
) -> list[Said]:
    """Of the half-day as a whole, or of one period; first to last."""
    rows = session.execute(
        select(AttendanceMark, User.display_name)
        .join(User, User.id == AttendanceMark.by)
        .where(
            among(session, AttendanceMark.student_id, student_ids),
            AttendanceMark.day == day,
            AttendanceMark.half == half,
            AttendanceMark.period.is_(None) if period is None else AttendanceMark.period == period,
        )
        .order_by(AttendanceMark.at, AttendanceMark.id)
    )
    return [
        Said(
            row.student_id, Presence(row.presence) if row.presence else None, row.late_minutes, row.left_early_minutes,
            Permission(row.permission) if row.permission else None, row.reason, by, row.at,
        )
        for row, by in rows
    ]  # fmt: skip


def histories(session: Session, student_ids: Collection[UUID], day: date, half: HalfDay) -> dict[UUID, list[Was]]:
    """First to last."""
    rows = session.execute(
        select(RegisterChange, User.display_name)
        .outerjoin(User, User.id == RegisterChange.by)
        .where(
            among(session, RegisterChange.student_id, student_ids),
            RegisterChange.day == day,
            RegisterChange.half == half,
        )
        .order_by(RegisterChange.at, RegisterChange.id)
    )
    found: dict[UUID, list[Was]] = defaultdict(list)
    for row, by in rows:
        was = Was(
            row.student_id, row.presence, row.late_minutes, row.left_early_minutes, row.permission, by, row.at
        )  # fmt: skip
        found[row.student_id].append(was)
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What the register keeps of one half-day."""

    student_id: UUID
    day: date
    half: HalfDay
    presence: Presence
    late_minutes: int
    left_early_minutes: int
    permission: Permission | None
    ahead: bool = False
    """An absence that is agreed on, of a half-day that has not begun."""


def kept_of(session: Session, student_ids: Collection[UUID], span: Span, now: datetime) -> list[Kept]:
    """By day; the morning first."""
    rows = session.scalars(
        select(RegisterEntry).where(
            among(session, RegisterEntry.student_id, student_ids), RegisterEntry.day.between(span.first, span.last)
        )
    )
    ahead = _ahead(session, student_ids, now)
    found = [
        Kept(
            row.student_id, row.day, HalfDay(row.half), Presence(row.presence), row.late_minutes,
            row.left_early_minutes, Permission(row.permission) if row.permission else None,
            (row.student_id, row.day, row.half) in ahead,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.day, one.half is HalfDay.AFTERNOON))


def absence_counts(
    session: Session, student_ids: Collection[UUID], span: Span, now: datetime
) -> dict[UUID, AbsenceCount]:
    """Of those who were absent at all; leave for a half-day that has not begun is no absence yet."""
    rows = session.execute(
        select(RegisterEntry.student_id, RegisterEntry.day, RegisterEntry.half, RegisterEntry.permission).where(
            among(session, RegisterEntry.student_id, student_ids),
            RegisterEntry.day.between(span.first, span.last),
            RegisterEntry.presence == Presence.ABSENT,
        )
    )
    ahead = _ahead(session, student_ids, now)
    found: dict[UUID, list[Absence]] = defaultdict(list)
    for student_id, day, half, permission in rows:
        if (student_id, day, half) not in ahead:
            found[student_id].append(Absence(day, Permission(permission or Permission.NOT_PERMITTED)))
    return {student_id: count(absences) for student_id, absences in found.items()}


def roll_taken_since(session: Session, school_id: UUID, moment: datetime) -> bool:
    """Whether anybody has said of one of the school's pupils whether they were there."""
    marks = select(AttendanceMark.id).where(AttendanceMark.school_id == school_id, AttendanceMark.at > moment)
    return session.scalar(marks.limit(1)) is not None


def called_absent(session: Session, school_id: UUID, day: date) -> set[UUID]:
    """Of whom somebody said so, of either half-day."""
    said = select(RegisterEntry.student_id).where(
        RegisterEntry.school_id == school_id, RegisterEntry.day == day, RegisterEntry.by_person,
        RegisterEntry.presence == Presence.ABSENT,
    )  # fmt: skip
    return set(session.scalars(said))


def _ahead(session: Session, student_ids: Collection[UUID], now: datetime) -> set[tuple[UUID, date, str]]:
    """Absences of half-days that have not begun, by pupil, day and half-day."""
    rows = session.execute(
        select(
            RegisterEntry.school_id, RegisterEntry.class_id, RegisterEntry.student_id, RegisterEntry.day,
            RegisterEntry.half,
        ).where(
            among(session, RegisterEntry.student_id, student_ids),
            RegisterEntry.day >= school_day(now),
            RegisterEntry.presence == Presence.ABSENT,
        )
    ).all()  # fmt: skip
    classes: dict[tuple[UUID, date], set[UUID]] = defaultdict(set)
    for school_id, class_id, _, day, _ in rows:
        classes[school_id, day].add(class_id)
    coming = {key: halves_ahead(session, *key, own, now) for key, own in classes.items()}
    return {
        (student_id, day, half)
        for school_id, class_id, student_id, day, half in rows
        if (class_id, HalfDay(half)) in coming[school_id, day]
    }
