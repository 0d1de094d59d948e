"""What is stored, against what was recorded. Each unit numbered its events from 0, in `monotonic_ms`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from cloud.attendance.events import ARRIVED, Arrived
from cloud.attendance.tables import Observation
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from edge.clock import SystemClock
from edge.store.db import connect
from edge.store.outbox import Outbox
from scripts.chaos_parts.hands import SharedNumber
from scripts.chaos_parts.host import SENT

MOST_SENDS = 1.1


@dataclass(frozen=True, slots=True)
class Tally:
    kills: int
    cuts: int
    """Times that the network was cut, slowed, halved or swallowed what came."""
    disk_fills: int
    clock_jumps: int
    revived: int
    """Processes that ended by themselves and were started again, as systemd does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    events: int
    stored: int
    lost: int
    duplicated: int
    reordered: int
    statuses_twice: int
    """Arrivals told more than once for one pupil's day."""
    statuses: int
    sends_per_event: float
    kills: int
    cuts: int
    disk_fills: int
    clock_jumps: int
    revived: int

    def holds(self, *, most_sends: float | None) -> bool:
        """`most_sends` None: whoever strikes without a pause may not ask for thrift."""
        nothing_wrong = self.lost == self.duplicated == self.reordered == self.statuses_twice == 0
        return nothing_wrong and self.stored == self.events and self.sends_per_event <= (most_sends or float("inf"))


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


def judge(database: Database, folder: Path, units: Sequence[str], events_each: int, tally: Tally) -> Verdict:
    rows = lost = duplicated = reordered = sent = 0
    for unit in units:
        with database.reading() as session:
            query = select(Observation.monotonic_ms).where(Observation.device_id == unit).order_by(Observation.seq)
            numbers = list(session.scalars(query))
        rows += len(numbers)
        lost += len(set(range(events_each)) - set(numbers))
        duplicated += len(numbers) - len(set(numbers))
        reordered += sum(later < earlier for earlier, later in pairwise(numbers))
        sent += SharedNumber(folder / unit / SENT).get()
    events = events_each * len(units)
    told = _arrivals(database)
    return Verdict(
        events, rows, lost, duplicated, reordered, statuses_twice=told.total() - len(told), statuses=len(told),
        sends_per_event=round(sent / events, 3), kills=tally.kills, cuts=tally.cuts, disk_fills=tally.disk_fills,
        clock_jumps=tally.clock_jumps, revived=tally.revived,
    )  # fmt: skip


def _arrivals(database: Database) -> Counter[tuple[object, ...]]:
    with database.reading() as session:
        payloads = list(session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == ARRIVED)))
    arrivals = [Arrived.model_validate_json(payload) for payload in payloads]
    return Counter((arrived.student_id, arrived.day) for arrived in arrivals if arrived.corrects is None)
