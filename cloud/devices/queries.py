"""All SQL of devices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.devices.tables import Device
from cloud.devices.watch_queries import note_beat
from cloud.kit.db import among
from edge.contract import Heartbeat, Offline

MAX_INT = 2**31 - 1
"""What an integer column holds; a unit's counter beyond it is shown as this much."""


@dataclass(frozen=True, slots=True)
class UnitHealth:
    id: str
    school_id: UUID
    name: str
    heartbeat_at: datetime | None
    will_at: datetime | None
    software: str | None
    clock_trusted: bool | None
    uptime_s: int | None
    backlog: int | None
    camera: str | None
    frames_per_s: float | None
    disk_free_mb: int | None
    cpu_temperature_c: float | None
    liveness: str | None
    """Whether it tells pictures held before the camera from people: the contract's LivenessState."""


def schools_of_devices(session: Session, device_ids: Collection[str]) -> dict[str, UUID]:
    """The school of each unit that is registered and not disabled."""
    rows = session.execute(
        select(Device.id, Device.school_id).where(among(session, Device.id, device_ids), Device.disabled_at.is_(None))
    )
    return dict(rows.all())


def token_hash_of(session: Session, device_id: str) -> str | None:
    return session.scalar(select(Device.token_hash).where(Device.id == device_id, Device.disabled_at.is_(None)))


def is_registered(session: Session, device_id: str) -> bool:
    """Also where it is disabled: its name stays taken, for its events carry it."""
    return session.get(Device, device_id) is not None


def add_device(session: Session, *, device_id: str, school_id: UUID, name: str, token_hash: str) -> None:
    """Raises IntegrityError at the flush if there is one of that id."""
    session.add(Device(id=device_id, school_id=school_id, name=name, token_hash=token_hash))


def unit_names(session: Session, school_id: UUID) -> dict[str, str]:
    """By id, also of those that are out of use: what they saw stays."""
    return dict(session.execute(select(Device.id, Device.name).where(Device.school_id == school_id)).all())


def record_heartbeat(session: Session, beat: Heartbeat, *, now: datetime) -> bool:
    """Returns whether the unit is registered. A beat that was overtaken by a newer one changes nothing."""
    values = {
        "session": beat.session,
        "heartbeat_at": now,
        "will_at": None,
        "software": beat.software,
        "clock_trusted": beat.clock_trusted,
        "uptime_s": min(beat.uptime_s, MAX_INT),
        "backlog": min(beat.backlog, MAX_INT),
        "camera": beat.camera,
        "frames_per_s": beat.frames_per_s,
        "disk_free_mb": None if beat.disk_free_mb is None else min(beat.disk_free_mb, MAX_INT),
        "cpu_temperature_c": beat.cpu_temperature_c,
        "liveness": beat.liveness,
        "roster_size": None if beat.roster_size is None else min(beat.roster_size, MAX_INT),
    }
    newer = or_(Device.heartbeat_at.is_(None), Device.heartbeat_at <= now)
    session.execute(update(Device).where(Device.id == beat.device, newer).values(values))
    registered = session.scalar(select(func.count()).select_from(Device).where(Device.id == beat.device)) == 1
    if registered:
        note_beat(session, beat, now=now)
    return registered


def record_will(session: Session, will: Offline, *, now: datetime) -> None:
    """A will of an earlier session is stale: the unit has long connected again."""
    session.execute(update(Device).where(Device.id == will.device, Device.session == will.session).values(will_at=now))


def units_health(session: Session, actor: Actor) -> list[UnitHealth]:
    """The units of the schools where the actor sees everything, by name."""
    rows = session.execute(_units().where(Device.school_id.in_(actor.schools_seen_whole)))
    return [UnitHealth(*row) for row in rows]


def all_units(session: Session) -> list[UnitHealth]:
    """For whoever runs the installation, at its command line."""
    return [UnitHealth(*row) for row in session.execute(_units())]


def _units() -> Select[*tuple[Any, ...]]:
    return (
        select(*(getattr(Device, field) for field in UnitHealth.__slots__))
        .where(Device.disabled_at.is_(None))
        .order_by(Device.name, Device.id)
    )
