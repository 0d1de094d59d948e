"""The SQL behind the live pages. Whoever asks names a school or pupils that an `access.py` has granted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from cloud.attendance.register.facts import Presence as Kept
from cloud.attendance.register.tables import RegisterEntry
from cloud.attendance.release.tables import PupilRelease
from cloud.attendance.tables import Presence
from cloud.devices.tables import Device
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Arrival:
    student_id: UUID
    full_name: str
    class_name: str
    first_in_at: datetime
    device_name: str
    """The unit at which the pupil came in."""
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """One pupil's day. Nothing seen is `first_in_at=None`, and never called an absence."""

    day: date
    first_in_at: datetime | None = None
    first_unit: str | None = None
    last_seen_at: datetime | None = None
    last_unit: str | None = None
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    school_id: UUID
    student_id: UUID
    changed_at: datetime


def latest_arrivals(session: Session, school_id: UUID, day: date, *, limit: int) -> tuple[Arrival, ...]:
    """By the time at the gate, latest first, whenever they were reported."""
    rows = session.execute(
        select(Student.id, Student.full_name, SchoolClass.name, Presence.first_in_at, Device.name, Presence.changed_at)
        .select_from(Presence)
        .join(Student, Student.id == Presence.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .join(Device, Device.id == Presence.first_device_id)
        .where(Presence.school_id == school_id, Presence.day == day, Presence.first_in_at.is_not(None))
        .order_by(Presence.first_in_at.desc(), Student.id)
        .limit(limit)
    )
    return tuple(
        Arrival(student_id, full_name, class_name, first_in_at, device_name, changed_at)
        for student_id, full_name, class_name, first_in_at, device_name, changed_at in rows
        if first_in_at is not None
    )


def days_since(session: Session, student_ids: Iterable[UUID], since: date) -> dict[UUID, dict[date, Day]]:
    """The days on which each pupil was seen."""
    first, last = aliased(Device), aliased(Device)
    rows = session.execute(
        select(Presence, first.name, last.name)
        .outerjoin(first, first.id == Presence.first_device_id)
        .join(last, last.id == Presence.last_device_id)
        .where(Presence.student_id.in_(list(student_ids)), Presence.day >= since)
    )
    days: dict[UUID, dict[date, Day]] = {}
    for presence, first_unit, last_unit in rows:
        days.setdefault(presence.student_id, {})[presence.day] = Day(
            presence.day, presence.first_in_at, first_unit, presence.last_seen_at, last_unit, presence.passages
        )
    return days


def changed_since(session: Session, school_ids: Iterable[UUID], day: date, moment: datetime) -> list[Change]:
    """Whose day changed: at the gate, in the register once it says something of them, or by who fetched them."""
    ids = list(school_ids)
    seen = select(Presence.school_id, Presence.student_id, Presence.changed_at).where(
        Presence.school_id.in_(ids), Presence.day == day, Presence.changed_at > moment
    )
    entered = select(RegisterEntry.school_id, RegisterEntry.student_id, RegisterEntry.changed_at).where(
        RegisterEntry.school_id.in_(ids),
        RegisterEntry.day == day,
        RegisterEntry.changed_at > moment,
        RegisterEntry.presence != Kept.NOT_YET,
    )
    went = select(
        PupilRelease.school_id, PupilRelease.student_id, func.coalesce(PupilRelease.undone_at, PupilRelease.at)
    ).where(
        PupilRelease.school_id.in_(ids),
        PupilRelease.day == day,
        func.coalesce(PupilRelease.undone_at, PupilRelease.at) > moment,
    )
    return [Change(*row) for one in (seen, entered, went) for row in session.execute(one)]
