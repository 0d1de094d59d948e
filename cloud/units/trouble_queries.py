"""All SQL of units in trouble."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.devices.identity.tables import Certificate
from cloud.devices.tables import Device
from cloud.kit.db import among_rows, insert_new
from cloud.units.rules import Condition, Trouble
from cloud.units.tables import UnitTrouble

Key = tuple[str, Trouble]
"""Unit and trouble."""


def conditions(session: Session) -> dict[UUID, list[Condition]]:
    """By school, every unit that is not locked out and was heard of once."""
    certificate_until = (
        select(func.max(Certificate.expires_at))
        .where(Certificate.device_id == Device.id, Certificate.revoked_at.is_(None))
        .scalar_subquery()
    )
    statement: Select[*tuple[Any, ...]] = (
        select(
            Device.id, Device.school_id, Device.name, Device.heartbeat_at, Device.will_at, Device.clock_trusted,
            Device.camera, Device.disk_free_mb, Device.cpu_temperature_c, certificate_until,
        )
        .where(Device.disabled_at.is_(None), Device.heartbeat_at.is_not(None))
        .order_by(Device.school_id, Device.id)
    )  # fmt: skip
    found: defaultdict[UUID, list[Condition]] = defaultdict(list)
    for row in session.execute(statement):
        found[row[1]].append(Condition(*row))
    return found


def known(session: Session) -> dict[UUID, dict[Key, tuple[datetime, datetime | None]]]:
    """By school, since when, and when it was told, if it was."""
    found: defaultdict[UUID, dict[Key, tuple[datetime, datetime | None]]] = defaultdict(dict)
    for row in session.scalars(select(UnitTrouble)):
        found[row.school_id][row.device_id, Trouble(row.trouble)] = row.since, row.told_at
    return found


def begin(session: Session, school_id: UUID, keys: Iterable[Key], *, now: datetime) -> None:
    rows = [
        {"device_id": device_id, "trouble": trouble.value, "school_id": school_id, "since": now, "told_at": None}
        for device_id, trouble in sorted(keys)
    ]
    insert_new(session, UnitTrouble, rows)


def end(session: Session, keys: Collection[Key]) -> None:
    if keys:
        session.execute(delete(UnitTrouble).where(_among(session, keys)))


def tell_once(session: Session, keys: Collection[Key], *, now: datetime) -> set[Key]:
    """Those that nobody was told of yet: of two workers one gets each."""
    if not keys:
        return set()
    rows = session.execute(
        update(UnitTrouble)
        .where(_among(session, keys), UnitTrouble.told_at.is_(None))
        .values(told_at=now)
        .returning(UnitTrouble.device_id, UnitTrouble.trouble)
        .execution_options(synchronize_session=False)
    )
    return {(device_id, Trouble(trouble)) for device_id, trouble in rows}


def in_trouble(session: Session, actor: Actor, school_id: UUID, now: datetime) -> int:
    """How many units were told of and are not good yet, for whoever looks after them."""
    if school_id not in actor.schools_where(Right.MANAGE_UNITS):
        return 0
    told = UnitTrouble.school_id == school_id, UnitTrouble.told_at.is_not(None)
    return session.scalar(select(func.count(UnitTrouble.device_id.distinct())).where(*told)) or 0


def _among(session: Session, keys: Collection[Key]) -> ColumnElement[bool]:
    return among_rows(
        session, (UnitTrouble.device_id, UnitTrouble.trouble), [(one, of.value) for one, of in sorted(keys)]
    )
