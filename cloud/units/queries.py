"""All SQL of the units' page. Whose units they are, the caller has asked `school/access.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cloud.biometrics.tables import RosterHead, RosterUnit
from cloud.briefings.tables import BriefingUnit, UnitOrders
from cloud.devices.identity.tables import Certificate
from cloud.devices.tables import Device
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit, locked out or not. What it never told is None."""

    id: str
    name: str
    disabled_at: datetime | None
    heartbeat_at: datetime | None
    will_at: datetime | None
    software: str | None
    clock_trusted: bool | None
    backlog: int | None
    camera: str | None
    disk_free_mb: int | None
    cpu_temperature_c: float | None
    liveness: str | None
    certificate_until: datetime | None
    class_id: UUID | None
    class_name: str | None
    room: str | None
    roster_version: int | None
    """The school's; None: nobody was ever enrolled."""
    roster_acked: int | None
    """None: the unit never asked."""
    roster_people: int | None
    briefing_version: int | None
    briefing_acked: int | None
    briefing_people: int | None
    refused: list[str] | None
    """What the unit could not use of its briefing, in its own words."""
    settings: dict[str, object] | None
    calibration: dict[str, object] | None


def units(session: Session, school_id: UUID) -> list[UnitRow]:
    """By name, those that are locked out last."""
    rows = session.execute(_units(school_id).order_by(Device.disabled_at.is_not(None), Device.name, Device.id))
    return [UnitRow(*row) for row in rows]


def unit(session: Session, school_id: UUID, device_id: str) -> UnitRow | None:
    row = session.execute(_units(school_id).where(Device.id == device_id)).one_or_none()
    return UnitRow(*row) if row else None


def rename(session: Session, device_id: str, name: str) -> None:
    found = session.get(Device, device_id)
    assert found is not None
    found.name = name


def classes(session: Session, school_id: UUID) -> list[tuple[UUID, str]]:
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.name)
        .where(SchoolClass.school_id == school_id)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return [(class_id, name) for class_id, name in rows]


def _units(school_id: UUID) -> Select[*tuple[Any, ...]]:
    certificate_until = (
        select(func.max(Certificate.expires_at))
        .where(Certificate.device_id == Device.id, Certificate.revoked_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            Device.id, Device.name, Device.disabled_at, Device.heartbeat_at, Device.will_at, Device.software,
            Device.clock_trusted, Device.backlog, Device.camera, Device.disk_free_mb, Device.cpu_temperature_c,
            Device.liveness, certificate_until, RosterUnit.class_id, SchoolClass.name, UnitOrders.room,
            RosterHead.version, RosterUnit.acked_version, RosterUnit.acked_people, BriefingUnit.version,
            BriefingUnit.acked_version, BriefingUnit.acked_people, BriefingUnit.refused, UnitOrders.settings,
            UnitOrders.calibration,
        )
        .outerjoin(RosterUnit, RosterUnit.device_id == Device.id)
        .outerjoin(SchoolClass, SchoolClass.id == RosterUnit.class_id)
        .outerjoin(RosterHead, RosterHead.school_id == Device.school_id)
        .outerjoin(BriefingUnit, BriefingUnit.device_id == Device.id)
        .outerjoin(UnitOrders, UnitOrders.device_id == Device.id)
        .where(Device.school_id == school_id)
    )  # fmt: skip
