"""Sightings as units reported them: written once, never changed but for the moment they are believed to be of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from cloud.attendance.tables import ClockAnchor, Observation
from cloud.kit import db
from cloud.kit.db import insert
from edge.contract import Sighting

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sighting whose moment is not known yet."""

    device_id: str
    seq: int
    boot_id: UUID
    monotonic_ms: int
    school_id: UUID
    student_id: UUID | None

    @property
    def key(self) -> Key:
        return self.device_id, self.seq

    @property
    def boot(self) -> Boot:
        return self.device_id, self.boot_id


@dataclass(frozen=True, slots=True)
class Anchor:
    """A moment that a unit knew, on the clock that runs since its boot."""

    captured_at: datetime
    monotonic_ms: int

    def moment_of(self, monotonic_ms: int) -> datetime:
        return self.captured_at + timedelta(milliseconds=monotonic_ms - self.monotonic_ms)


def insert_new(session: Session, incoming: Iterable[Incoming]) -> set[Key]:
    """Insert what is not there yet, in the order of keys (two workers never wait for each other in a ring)."""
    rows = [_row(one) for one in sorted(incoming, key=lambda one: one.key)]
    return cast(set[Key], db.insert_new(session, Observation, rows))


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
        "distance": seen.distance,
        "margin": seen.margin,
        "threshold": seen.threshold,
        "quality": seen.quality,
        "temperature_c": seen.temperature_c,
        "model": seen.model,
        "liveness": seen.liveness.value if seen.liveness else None,
    }


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
        ).where(tuple_(Observation.device_id, Observation.seq).in_(keys))
    )
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in rows}


def waiting(session: Session, boots: Collection[Boot]) -> list[Waiting]:
    rows = session.execute(
        select(
            Observation.device_id,
            Observation.seq,
            Observation.boot_id,
            Observation.monotonic_ms,
            Observation.school_id,
            Observation.student_id,
        ).where(
            tuple_(Observation.device_id, Observation.boot_id).in_(boots),
            # Written so that the index of those that wait is used.
            Observation.happened_at.is_(None),
        )
    )
    return [Waiting(*row) for row in rows]


def note_anchors(session: Session, anchors: Mapping[Boot, Anchor]) -> None:
    """The first one of a boot counts."""
    rows = [
        {"device_id": boot[0], "boot_id": boot[1], "captured_at": one.captured_at, "monotonic_ms": one.monotonic_ms}
        for boot, one in sorted(anchors.items())
    ]
    if rows:
        session.execute(insert(session, ClockAnchor).on_conflict_do_nothing(), rows)


def anchors_of(session: Session, boots: Collection[Boot]) -> dict[Boot, Anchor]:
    rows = session.execute(
        select(ClockAnchor.device_id, ClockAnchor.boot_id, ClockAnchor.captured_at, ClockAnchor.monotonic_ms).where(
            tuple_(ClockAnchor.device_id, ClockAnchor.boot_id).in_(boots)
        )
    )
    return {(row[0], row[1]): Anchor(row[2], row[3]) for row in rows}


def settle(session: Session, key: Key, moment: datetime) -> None:
    """Note when this sighting happened after all."""
    session.execute(
        update(Observation)
        .where(Observation.device_id == key[0], Observation.seq == key[1])
        .values(happened_at=moment)
        .execution_options(synchronize_session=False)
    )
