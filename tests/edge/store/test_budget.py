"""What an event weighs on disk, measured: the budget for a term rests on it."""

from pathlib import Path
from uuid import uuid4

from edge.clock import SystemClock
from edge.contract import ClockReading, Method, Outcome, Sighting
from edge.store.budget import BYTES_PER_EVENT
from edge.store.db import connect
from edge.store.outbox import Outbox
from tests.edge.sightings import SEVEN_THIRTY


def test_an_event_with_every_field_weighs_no_more_than_the_budget_says(tmp_path: Path) -> None:
    connection = connect(tmp_path)
    outbox = Outbox(connection, SystemClock())
    clock = ClockReading(boot_id=uuid4(), monotonic_ms=2**40, trusted=True)

    def fullest(seq: int) -> Sighting:
        return Sighting(
            seq=seq, captured_at=SEVEN_THIRTY, clock=clock, outcome=Outcome.ASK, method=Method.FACE,
            candidates=tuple(f"hs-2026-1A-{number:04d}" for number in range(5)), distance=0.123456789012345,
            margin=0.123456789012345, quality=0.123456789012345, temperature_c=36.612345, model="m" * 16,
        )  # fmt: skip

    connection.execute("BEGIN")
    for _ in range(3000):
        outbox.append_within(fullest)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (tmp_path / "unit.db").stat().st_size / 3000 <= BYTES_PER_EVENT
