"""The guard's check-ins, durable at once but kept here for some seconds in which they can be undone.

An undo after that would have to un-send a message from a parent's phone; corrections are then made in the register.
"""

from dataclasses import dataclass
from functools import partial
from typing import cast

import apsw

from edge.clock import Clock
from edge.contract import ClockReading, Direction
from edge.store.by_hand import Row, marked_by_hand
from edge.store.db import transaction
from edge.store.outbox import Outbox
from edge.store.questions import Questions

UNDO_S = 10.0


@dataclass(frozen=True, slots=True)
class Held:
    id: int
    person: str
    left_s: float
    """How long it can still be undone."""


def hold(connection: apsw.Connection, person: str, clock: Clock) -> int:
    """On disk when this returns. Raises Unavailable when the disk does not take it."""
    reading = clock.reading()
    with transaction(connection):
        connection.execute(
            "INSERT INTO held (person, captured_at, boot_id, monotonic_ms, trusted) VALUES (?, ?, ?, ?, ?)",
            (person, clock.now().isoformat(), str(reading.boot_id), reading.monotonic_ms, int(reading.trusted)),
        )
        return connection.last_insert_rowid()


def undo(connection: apsw.Connection, number: int) -> bool:
    """Whether it was still held."""
    with transaction(connection):
        connection.execute("DELETE FROM held WHERE id = ?", (number,))
        return connection.changes() == 1


def waiting(connection: apsw.Connection, clock: Clock) -> list[Held]:
    """The newest first."""
    now = clock.reading()
    found = connection.execute("SELECT id, person, boot_id, monotonic_ms FROM held ORDER BY id DESC").fetchall()
    rows = cast(list[tuple[int, str, str, int]], found)
    return [Held(number, person, _left_s(boot, held_ms, now)) for number, person, boot, held_ms in rows]


def release_due(connection: apsw.Connection, outbox: Outbox, clock: Clock, direction: Direction | None) -> int:
    """Move what can no longer be undone into the outbox; how many. Call it again and again, and first at start.

    Who was asked about is told by it: the question is answered.
    """
    questions = Questions(connection, outbox, clock)
    due = [held.id for held in waiting(connection, clock) if held.left_s <= 0]
    for number in sorted(due):
        with transaction(connection):
            row = connection.execute(
                "DELETE FROM held WHERE id = ? RETURNING person, captured_at, boot_id, monotonic_ms, trusted", (number,)
            ).fetchone()
            if row is not None:
                questions.answer_within(
                    outbox.append_within(partial(marked_by_hand, row=cast(Row, row), direction=direction))
                )
    return len(due)


def _left_s(boot_id: str, held_ms: int, now: ClockReading) -> float:
    """Nothing for what was held before a restart: the guard is no longer looking at it."""
    return UNDO_S - (now.monotonic_ms - held_ms) / 1000 if boot_id == str(now.boot_id) else 0.0
