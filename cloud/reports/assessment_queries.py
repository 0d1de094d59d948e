"""The counts that an impact assessment is written from. No name of a pupil is among them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.biometrics.consent import where_it_stands
from cloud.biometrics.rules import Standing
from cloud.biometrics.tables import FaceTemplate, RosterHolding
from cloud.devices.tables import Device
from cloud.people.tables import Student
from cloud.school.tables import School


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    name: str
    enrolled: int
    units: Sequence[tuple[str, int]]
    """Each unit's name, and of how many pupils it holds templates."""
    standings: Mapping[Standing, int]


def school_facts(session: Session, school_id: UUID, *, now: datetime) -> SchoolFacts:
    name = session.scalars(select(School.name).where(School.id == school_id)).one()
    enrolled = session.scalar(
        select(func.count(FaceTemplate.student_id.distinct())).where(FaceTemplate.school_id == school_id)
    )
    held = (
        select(RosterHolding.device_id, func.count().label("pupils"))
        .where(RosterHolding.acknowledged_at.is_(None))
        .group_by(RosterHolding.device_id)
        .subquery()
    )
    units = session.execute(
        select(Device.name, func.coalesce(held.c.pupils, 0))
        .outerjoin(held, held.c.device_id == Device.id)
        .where(Device.school_id == school_id, Device.disabled_at.is_(None))
        .order_by(Device.name)
    ).all()
    pupils = session.scalars(select(Student.id).where(Student.school_id == school_id)).all()
    standings = Counter(where_it_stands(session, one, now=now) for one in pupils)
    return SchoolFacts(name, enrolled or 0, [(unit, count) for unit, count in units], standings)
