"""Sightings as units reported them: written once, never changed but for the moment they are believed to be of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.orm import Session

from cloud.attendance.tables import UNDATED, HighestSeq, Observation
from cloud.kit.db import among, among_rows, insert, insert_rows
from edge.contract import Sighting

YEARS_BEHIND = timedelta(days=4 * 365)
"""A clock that a unit trusts and that is this far behind is one that lost its time."""

Key = tuple[str, int]
"""(device_id, seq)"""

Boot = tuple[str, UUID]
"""(device_id, boot_id): what one monotonic clock belongs to."""

Content = tuple[datetime, UUID, int, str | None]
"""What two sightings under one key must share to be the same one, sent again."""


def content(sighting: Sighting) -> Content:
    return sighting.captured_at, sighting.clock.boot_id, sighting.clock.monotonic_ms, sighting.person


@dataclass(frozen=True, slots=True)
class Incoming:
    """A readable sighting of a unit that we know, on its way into the database."""

    device_id: str
    school_id: UUID
    student_id: UUID | None
    sighting: Sighting
    received_at: datetime
    happened_at: datetime | None

    @property
    def key(self) -> Key:
        return self.device_id, self.sighting.seq

    @property
    def boot(self) -> Boot:
        return self.device_id, self.sighting.clock.boot_id

    @property
    def content(self) -> Content:
        return content(self.sighting)


def insert_new(session: Session, incoming: Iterable[Incoming]) -> set[Key]:
    """Insert what is not there yet, in the order of keys (two workers never wait for each other in a ring).

    None of them is held under another month (`contents` says): the database refuses a second one of the same month.
    """
    rows = [_row(one) for one in sorted(incoming, key=lambda one: one.key)]
    if not rows:
        return set()
    if session.get_bind().dialect.name == "sqlite":
        # It has one writer: what was not there a moment ago is not there now.
        insert_rows(session, insert(session, Observation), rows)
        return {cast(Key, (row["device_id"], row["seq"])) for row in rows}
    statement = insert(session, Observation).on_conflict_do_nothing()
    went_in = insert_rows(session, statement, rows, returning=tuple(cast(Table, Observation.__table__).primary_key))
    return {cast(Key, tuple(row)) for row in went_in}


def _row(one: Incoming) -> dict[str, object]:
    seen = one.sighting
    return {
        "device_id": one.device_id,
        "seq": seen.seq,
        "school_id": one.school_id,
        "student_id": one.student_id,
        "person_ref": seen.person,
        "candidates": list(seen.candidates),
        "outcome": seen.outcome.value,
        "method": seen.method.value,
        "direction": seen.direction.value if seen.direction else None,
        "captured_at": seen.captured_at,
        "happened_at": one.happened_at,
        "received_at": one.received_at,
        "boot_id": seen.clock.boot_id,
        "monotonic_ms": seen.clock.monotonic_ms,
        "clock_trusted": seen.clock.trusted,
        "filed_at": seen.captured_at if seen.clock.trusted else UNDATED,
        "distance": seen.distance,
        "margin": seen.margin,
        "threshold": seen.threshold,
        "quality": seen.quality,
        "temperature_c": seen.temperature_c,
        "model": seen.model,
        "liveness": seen.liveness.value if seen.liveness else None,
    }


def highest_of(session: Session, device_ids: Collection[str]) -> dict[str, int]:
    """The highest number that was stored of each unit: a higher one is new, and need not be looked up."""
    rows = session.execute(
        select(HighestSeq.device_id, HighestSeq.seq).where(among(session, HighestSeq.device_id, device_ids))
    )
    found = dict(rows.all())
    unheard = sorted(set(device_ids) - found.keys())
    if unheard:
        stored = select(Observation.device_id, func.max(Observation.seq)).group_by(Observation.device_id)
        found |= dict(session.execute(stored.where(among(session, Observation.device_id, unheard))).all())
    return {device_id: found.get(device_id, 0) for device_id in device_ids}


def note_highest(session: Session, highest: Mapping[str, int]) -> None:
    """The last thing in a transaction: until it ends, no other one notes these units' numbers."""
    if not highest:
        return
    statement = insert(session, HighestSeq)
    higher = statement.on_conflict_do_update(
        index_elements=["device_id"],
        set_={"seq": statement.excluded.seq},
        where=HighestSeq.seq < statement.excluded.seq,
    )
    insert_rows(session, higher, [{"device_id": device, "seq": seq} for device, seq in sorted(highest.items())])


def filed_around(begins: datetime) -> ColumnElement[bool]:
    """Where sightings of a day that begins then may be filed, so that a database of many months looks into few.

    Under their own moment; or they were dated afterwards: of a clock not trusted, or trusted and far ahead or behind.
    """
    return or_(Observation.filed_at >= begins, Observation.filed_at < begins - YEARS_BEHIND)


def contents(session: Session, keys: Collection[Key]) -> dict[Key, Content]:
    """What is stored under each of these keys."""
    if not keys:
        return {}
    rows = session.execute(
        select(
            Observation.device_id,
            Observation.seq,
            Observation.captured_at,
            Observation.boot_id,
            Observation.monotonic_ms,
            Observation.person_ref,
        ).where(among_rows(session, (Observation.device_id, Observation.seq), keys))
    )
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in rows}
