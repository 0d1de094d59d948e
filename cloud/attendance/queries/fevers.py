"""Who was too warm at a unit today: for those who see health, never on a public screen and never for another parent."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.attendance.tables import Observation
from cloud.devices.tables import Device
from cloud.kit.clock import day_bounds
from cloud.people.access import visible_to
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Fever:
    """The warmest reading of one pupil on one day; without a pupil, one reading of somebody who was not recognised."""

    student_id: UUID | None
    student_name: str | None
    class_name: str | None
    device_name: str
    seen_at: datetime
    temperature_c: float


def fevers(session: Session, actor: Actor, school_id: UUID, day: date, *, from_c: float) -> list[Fever]:
    """Of the pupils whose health the actor may see, the latest first; of strangers for who sees the whole school."""
    begins, ends = day_bounds(day)
    moment = func.coalesce(Observation.happened_at, Observation.received_at)
    seen = visible_to(actor.within(school_id), Right.SEE_HEALTH)
    if school_id in actor.schools_where(Right.SEE_HEALTH):
        seen = or_(seen, Observation.student_id.is_(None))
    rows = session.execute(
        select(
            Observation.student_id, Student.full_name, SchoolClass.name, Device.name, moment, Observation.temperature_c
        )
        .join(Device, Device.id == Observation.device_id)
        .outerjoin(Student, Student.id == Observation.student_id)
        .outerjoin(SchoolClass, SchoolClass.id == Student.class_id)
        .where(
            Observation.school_id == school_id,
            Observation.temperature_c >= from_c,
            Observation.received_at >= begins,
            moment >= begins,
            moment < ends,
            seen,
        )
        .order_by(Observation.temperature_c.desc(), moment)
    )
    found: dict[object, Fever] = {}
    for number, row in enumerate(rows):
        student_id, name, class_name, device_name, seen_at, celsius = row
        found.setdefault(
            student_id or number, Fever(student_id, name, class_name, device_name, seen_at, celsius or 0.0)
        )
    return sorted(found.values(), key=lambda one: one.seen_at, reverse=True)[:SHOWN]


@dataclass(frozen=True, slots=True)
class Warm:
    """A reading of one pupil."""

    seen_at: datetime
    temperature_c: float
    device_name: str


def warm_of(session: Session, student_id: UUID, *, from_c: float, limit: int) -> list[Warm]:
    """A pupil's readings from `from_c` on, the latest first. `student_id` came from people.access."""
    moment = func.coalesce(Observation.happened_at, Observation.received_at)
    rows = session.execute(
        select(moment, Observation.temperature_c, Device.name)
        .join(Device, Device.id == Observation.device_id)
        .where(Observation.student_id == student_id, Observation.temperature_c >= from_c)
        .order_by(moment.desc())
        .limit(limit)
    )
    return [Warm(seen_at, celsius or 0.0, name) for seen_at, celsius, name in rows]
