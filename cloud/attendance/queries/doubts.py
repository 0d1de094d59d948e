"""What units reported and nobody is counted by yet: for staff, never for a parent."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.attendance.tables import Observation
from cloud.devices.tables import Device
from cloud.kit.clock import day_bounds
from cloud.people.queries import student_id_of
from cloud.people.tables import Student
from edge.contract import Method, Outcome

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sighting in which the unit was not sure enough."""

    device_id: str
    device_name: str
    seq: int
    captured_at: datetime
    candidates: tuple[str, ...]
    """Names, the likeliest first."""


@dataclass(frozen=True, slots=True)
class CardUse:
    """A showing of a pupil's card, QR code or chip."""

    student_id: UUID
    student_name: str
    happened_at: datetime
    device_id: str
    device_name: str


@dataclass(frozen=True, slots=True)
class Strangers:
    """Sightings of people whom the unit knows and the service does not: its roster is not ours."""

    device_id: str
    device_name: str
    sightings: int


def doubts_on(session: Session, school_id: UUID, day: date) -> tuple[Doubt, ...]:
    """The latest first. Candidates who are not pupils of this school are left out."""
    begins, ends = day_bounds(day)
    rows = session.execute(
        select(Observation.device_id, Device.name, Observation.seq, Observation.captured_at, Observation.candidates)
        .join(Device, Device.id == Observation.device_id)
        .where(
            Observation.school_id == school_id,
            Observation.outcome == Outcome.ASK,
            Observation.received_at >= begins,
            Observation.received_at < ends,
        )
        .order_by(Observation.received_at.desc(), Observation.seq.desc())
        .limit(SHOWN)
    ).all()
    ids = {student_id for row in rows for ref in row[4] if (student_id := student_id_of(ref))}
    names = dict(
        session.execute(
            select(Student.id, Student.full_name).where(Student.id.in_(ids), Student.school_id == school_id)
        ).all()
    )
    return tuple(
        Doubt(*row[:4], tuple(names[found] for ref in row[4] if (found := student_id_of(ref)) and found in names))
        for row in rows
    )


def card_uses_on(session: Session, school_id: UUID, day: date) -> list[CardUse]:
    begins, ends = day_bounds(day)
    rows = session.execute(
        select(Student.id, Student.full_name, Observation.happened_at, Observation.device_id, Device.name)
        .join(Device, Device.id == Observation.device_id)
        .join(Student, Student.id == Observation.student_id)
        .where(
            Observation.school_id == school_id,
            Observation.method.in_([Method.QR, Method.CARD]),
            Observation.happened_at.is_not(None),
            Observation.received_at >= begins,
            Observation.received_at < ends,
        )
    )
    return [
        CardUse(student_id, student_name, happened_at, device_id, device_name)
        for student_id, student_name, happened_at, device_id, device_name in rows
        if happened_at
    ]


def strangers(session: Session, school_id: UUID) -> tuple[Strangers, ...]:
    rows = session.execute(
        select(Observation.device_id, Device.name, func.count())
        .join(Device, Device.id == Observation.device_id)
        .where(
            Observation.school_id == school_id,
            Observation.person_ref.is_not(None),
            Observation.student_id.is_(None),
        )
        .group_by(Observation.device_id, Device.name)
        .order_by(Device.name)
    )
    return tuple(Strangers(*row) for row in rows)


def waiting_for_a_clock(session: Session, school_id: UUID) -> int:
    """Sightings whose moment is not known, because their unit's clock is not trusted."""
    waiting = select(func.count()).where(Observation.school_id == school_id, Observation.happened_at.is_(None))
    return session.scalar(waiting) or 0
