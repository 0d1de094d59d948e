"""All SQL of how far units can be believed: which are silent now, and when which were watching."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.attendance.register.facts import Silence, Watch
from cloud.biometrics.tables import RosterUnit
from cloud.devices.tables import Device, UnitWatch
from cloud.devices.watch_queries import MAY_BE_AWAY
from cloud.kit.clock import day_bounds
from edge.contract import MAX_BATCH

SILENT_AFTER = MAY_BE_AWAY
"""How long a unit may say nothing before what it saw is thought to be still on its way."""
IN_USE_FOR = timedelta(days=7)
"""A gate that was watching so long before a day is in use on it, and missed if it does not watch then."""


def silences(session: Session, school_id: UUID, day: date, silent_before: datetime) -> tuple[Silence, ...]:
    """Units that were heard of once and are not now, or whose backlog is more than a batch."""
    rows = session.execute(
        select(Device.id, Device.heartbeat_at, Device.backlog).where(
            Device.school_id == school_id, Device.disabled_at.is_(None), Device.heartbeat_at.is_not(None)
        )
    )
    return tuple(
        Silence(device_id, heartbeat_at if heartbeat_at < silent_before else day_bounds(day)[0])
        for device_id, heartbeat_at, backlog in rows
        if heartbeat_at and (heartbeat_at < silent_before or (backlog or 0) > MAX_BATCH)
    )


def watches(session: Session, school_id: UUID, day: date, class_ids: Collection[UUID]) -> dict[UUID, tuple[Watch, ...]]:
    """By class: of its own door and of the gates, which all classes pass."""
    begins, ends = day_bounds(day)
    rows = session.execute(
        select(UnitWatch.device_id, UnitWatch.since, UnitWatch.until, RosterUnit.class_id)
        .join(Device, Device.id == UnitWatch.device_id)
        .outerjoin(RosterUnit, RosterUnit.device_id == UnitWatch.device_id)
        .where(
            Device.school_id == school_id,
            Device.disabled_at.is_(None),
            UnitWatch.since < ends,
            UnitWatch.until >= begins - IN_USE_FOR,
        )
    )
    gates: list[Watch] = []
    doors: dict[UUID, list[Watch]] = defaultdict(list)
    for device_id, since, until, class_id in rows:
        own = gates if class_id is None else doors[class_id]
        own.append(Watch(device_id, since, until, at_door=class_id is not None))
    return {class_id: (*gates, *doors.get(class_id, ())) for class_id in class_ids}
