"""Sightings for tests that do not care what was seen."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from edge.contract import ClockReading, Method, Outcome, Sighting
from edge.store.outbox import Outbox

SEVEN_THIRTY = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
READING = ClockReading(boot_id=UUID("6f1f9a52-6a1f-4d57-9d0c-4f27b8f6f001"), monotonic_ms=93_122, trusted=True)


def sighting_of(person: str) -> Callable[[int], Sighting]:
    """What `Outbox.append` takes."""

    def make(seq: int) -> Sighting:
        return Sighting(
            seq=seq,
            captured_at=SEVEN_THIRTY,
            clock=READING,
            outcome=Outcome.IDENTIFIED,
            method=Method.FACE,
            person=person,
        )

    return make


def record(outbox: Outbox, count: int) -> list[int]:
    """`count` more sightings; their seqs."""
    return [outbox.append(sighting_of(f"hs-{number}")).seq for number in range(count)]
