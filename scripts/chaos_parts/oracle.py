"""What is stored, against what was recorded. Each unit numbered its events from 0, in `monotonic_ms`."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from cloud.attendance.tables import Observation
from cloud.kit.db import Database
from edge.clock import SystemClock
from edge.store.db import connect
from edge.store.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Verdict:
    events: int
    stored: int
    lost: int
    duplicated: int
    reordered: int
    sends_per_event: float
    kills: int

    @property
    def holds(self) -> bool:
        return self.lost == self.duplicated == self.reordered == 0 and self.stored == self.events


def stored(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Observation)) or 0


def waiting(folder: Path, units: Sequence[str]) -> int:
    """Events that the units still hold."""
    backlog = 0
    for unit in units:
        connection = connect(folder / unit)
        backlog += Outbox(connection, SystemClock()).backlog()
        connection.close()
    return backlog


def judge(database: Database, folder: Path, units: Sequence[str], events_each: int, kills: int) -> Verdict:
    rows = lost = duplicated = reordered = sent = 0
    for unit in units:
        with database.reading() as session:
            query = select(Observation.monotonic_ms).where(Observation.device_id == unit).order_by(Observation.seq)
            numbers = list(session.scalars(query))
        rows += len(numbers)
        lost += len(set(range(events_each)) - set(numbers))
        duplicated += len(numbers) - len(set(numbers))
        reordered += sum(later < earlier for earlier, later in pairwise(numbers))
        sent += struct.unpack("<q", (folder / unit / "sent").read_bytes())[0]
    events = events_each * len(units)
    return Verdict(events, rows, lost, duplicated, reordered, round(sent / events, 3), kills)
