"""What staff say becomes a sighting like any other."""

from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from edge.contract import ClockReading, Direction, Method, Outcome, Sighting

Row: TypeAlias = tuple[str, str, str, int, int]
"""person, captured_at, boot_id, monotonic_ms, trusted"""


def marked_by_hand(seq: int, *, row: Row, direction: Direction | None) -> Sighting:
    person, captured_at, boot_id, monotonic_ms, trusted = row
    return Sighting(
        seq=seq,
        captured_at=datetime.fromisoformat(captured_at),
        clock=ClockReading(boot_id=UUID(boot_id), monotonic_ms=monotonic_ms, trusted=bool(trusted)),
        outcome=Outcome.IDENTIFIED,
        method=Method.MANUAL,
        person=person,
        direction=direction,
    )
