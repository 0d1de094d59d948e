"""Sightings of units whose clocks were not right: they wait, and are dated by the first right moment of their boot."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from cloud.attendance.queries.observations import Boot, Key
from cloud.attendance.tables import ClockAnchor, Observation
from cloud.kit.db import among_rows, insert, insert_rows


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
            among_rows(session, (Observation.device_id, Observation.boot_id), boots),
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
        insert_rows(session, insert(session, ClockAnchor).on_conflict_do_nothing(), rows)


def anchors_of(session: Session, boots: Collection[Boot]) -> dict[Boot, Anchor]:
    rows = session.execute(
        select(ClockAnchor.device_id, ClockAnchor.boot_id, ClockAnchor.captured_at, ClockAnchor.monotonic_ms).where(
            among_rows(session, (ClockAnchor.device_id, ClockAnchor.boot_id), boots)
        )
    )
    return {(row[0], row[1]): Anchor(row[2], row[3]) for row in rows}


def settle(session: Session, moments: Mapping[Key, datetime]) -> None:
    """Note when these sightings happened after all."""
    if not moments:
        return
    bare = Observation.__table__
    session.connection().execute(
        update(Observation)
        .where(bare.c.device_id == bindparam("of_device"), bare.c.seq == bindparam("of_seq"))
        .values(happened_at=bindparam("moment")),
        [{"of_device": key[0], "of_seq": key[1], "moment": moment} for key, moment in sorted(moments.items())],
    )
