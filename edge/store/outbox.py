"""What the unit saw, durable until the cloud says that it has it.

One process appends (the recogniser), one sends and releases (the uplink); they meet here and nowhere else.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import apsw
from pydantic import ValidationError

from edge.clock import Clock
from edge.contract import SetAside, Sighting
from edge.contract.wire import describe
from edge.store.db import transaction, whole_number

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counts:
    backlog: int
    """Sightings that the cloud has not acknowledged."""
    oldest: datetime | None
    """When the first of them was captured."""
    set_aside: int
    """Sightings that the cloud could not use, kept for a person."""


class Outbox:
    def __init__(self, connection: apsw.Connection, clock: Clock) -> None:
        self.connection = connection
        with transaction(connection):
            connection.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT 'outbox', ?"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'outbox')",
                (_start_of_a_new_sequence(clock),),
            )

    def append(self, sighting: Callable[[int], Sighting]) -> Sighting:
        """Write what `sighting` makes of the next seq. On disk when this returns: feedback comes after, never before.

        Raises Unavailable when the disk is full or fails; nothing is written then.
        """
        with transaction(self.connection):
            return self.append_within(sighting)

    def append_within(self, sighting: Callable[[int], Sighting]) -> Sighting:
        """As `append`, for a caller who has begun the transaction and commits it."""
        written = sighting(self.last_seq() + 1)
        self.connection.execute(
            "INSERT INTO outbox (seq, sighting) VALUES (?, ?)",
            (written.seq, written.model_dump_json(exclude_none=True)),
        )
        return written

    def last_seq(self) -> int:
        """The highest seq ever given here, its row still there or not."""
        return whole_number(self.connection, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")

    def read(self, *, after: int, upto: int, limit: int) -> list[Sighting]:
        """At most `limit` sightings with after < seq <= upto, in order of seq.

        A row that cannot be read any more is set aside, so that it does not hold up the others.
        """
        rows = self.connection.execute(
            "SELECT seq, sighting FROM outbox WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?", (after, upto, limit)
        ).fetchall()
        sightings, unreadable = [], []
        for seq, row in rows:
            try:
                sightings.append(Sighting.model_validate_json(str(row)))
            except ValidationError as error:
                unreadable.append(
                    SetAside(seq=seq, reason=f"unreadable on the unit: {'; '.join(describe(error))}"[:500])
                )
        if unreadable:
            log.error("sightings set aside count=%d: unreadable, see table set_aside", len(unreadable))
            self.release((), unreadable)
        return sightings

    def release(self, stored: Iterable[int], set_aside: Sequence[SetAside] = ()) -> None:
        """The cloud has these: forget what it stored, keep for a person what it could not use.

        A seq that is not here (acknowledged twice, or never ours) is passed over.
        """
        with transaction(self.connection):
            self.connection.executemany(
                "INSERT OR IGNORE INTO set_aside SELECT seq, sighting, ? FROM outbox WHERE seq = ?",
                ((refused.reason, refused.seq) for refused in set_aside),
            )
            self.connection.executemany(
                "DELETE FROM outbox WHERE seq = ?",
                ((seq,) for seq in [*stored, *(refused.seq for refused in set_aside)]),
            )

    def backlog(self) -> int:
        """How many sightings the cloud has not acknowledged."""
        return whole_number(self.connection, "SELECT count(*) FROM outbox")

    def counts(self) -> Counts:
        oldest = self.read(after=0, upto=self.last_seq(), limit=1)
        return Counts(
            backlog=self.backlog(),
            oldest=oldest[0].captured_at if oldest else None,
            set_aside=whole_number(self.connection, "SELECT count(*) FROM set_aside"),
        )


def _start_of_a_new_sequence(clock: Clock) -> int:
    """Where the seqs of a new database begin: above all that this unit gave out before its card was replaced.

    (device, seq) is a key for ever, so starting at 1 again would make the cloud take new events for old ones.
    Milliseconds since 1970 outrun what a unit can record; with an untrusted clock, a random number below those.
    Both stay under 2**53, which every JSON reader holds exactly.
    """
    if clock.reading().trusted:
        return int(clock.now().astimezone(UTC).timestamp() * 1000)
    return secrets.randbelow(2**40)
