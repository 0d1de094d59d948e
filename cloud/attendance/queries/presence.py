"""Pupils' days: read with the sightings that they follow from, and written whole."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.attendance.queries.observations import filed_around
from cloud.attendance.tables import Observation, Presence
from cloud.kit.clock import day_bounds
from cloud.kit.db import among, insert, insert_rows


@dataclass(frozen=True, slots=True)
class Seen:
    happened_at: datetime
    device_id: str
    seq: int
    direction: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """What a pupil's sightings of one day come to."""

    first_in_at: datetime | None
    first_device_id: str | None
    last_seen_at: datetime
    last_device_id: str
    passages: int


def sightings_of(session: Session, student_ids: Collection[UUID], day: date) -> dict[UUID, list[Seen]]:
    begins, ends = day_bounds(day)
    rows = session.execute(
        select(
            Observation.student_id,
            Observation.happened_at,
            Observation.device_id,
            Observation.seq,
            Observation.direction,
        ).where(
            among(session, Observation.student_id, student_ids),
            Observation.happened_at >= begins,
            Observation.happened_at < ends,
            filed_around(begins),
        )
    )
    found: dict[UUID, list[Seen]] = defaultdict(list)
    for student_id, happened_at, device_id, seq, direction in rows:
        assert student_id
        assert happened_at
        found[student_id].append(Seen(happened_at, device_id, seq, direction))
    return found


def days_of(session: Session, student_ids: Collection[UUID], day: date) -> dict[UUID, Day]:
    rows = session.execute(
        select(
            Presence.student_id,
            Presence.first_in_at,
            Presence.first_device_id,
            Presence.last_seen_at,
            Presence.last_device_id,
            Presence.passages,
        ).where(among(session, Presence.student_id, student_ids), Presence.day == day)
    )
    return {row[0]: Day(*row[1:]) for row in rows}


@dataclass(frozen=True, slots=True)
class Changed:
    student_id: UUID
    school_id: UUID
    day: Day


def write_days(session: Session, changed: Collection[Changed], day: date, *, now: datetime) -> None:
    if not changed:
        return
    statement = insert(session, Presence)
    written = ("first_in_at", "first_device_id", "last_seen_at", "last_device_id", "passages", "changed_at")
    insert_rows(
        session,
        statement.on_conflict_do_update(
            index_elements=["student_id", "day"], set_={column: statement.excluded[column] for column in written}
        ),
        [
            {
                "student_id": one.student_id,
                "school_id": one.school_id,
                "day": day,
                "first_in_at": one.day.first_in_at,
                "first_device_id": one.day.first_device_id,
                "last_seen_at": one.day.last_seen_at,
                "last_device_id": one.day.last_device_id,
                "passages": one.day.passages,
                "changed_at": now,
            }
            for one in changed
        ],
    )
