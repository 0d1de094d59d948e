"""Faces that gave no name, kept for a short time for staff to say whose they are. Off unless the unit is told to.

Sealed: 12 random bytes, then AES-256-GCM over a line of JSON, the picture (JPEG) and the template (little-endian
float16), bound to the moment that it shows. A row goes when its time is over, counted on the boot's own clock; of an
earlier boot by the wall clock, and at once if either reading of that was not to be trusted.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import apsw
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from edge.clock import Clock
from edge.contract import ClockReading, Direction, Outcome, Sighting
from edge.errors import Rejected
from edge.store.by_hand import marked_by_hand
from edge.store.db import transaction, whole_number
from edge.store.outbox import Outbox

NONCE_BYTES = 12
UNDO_S = 10.0
"""How long a verdict can be taken back as if it had never been given."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What is kept of a face: `picture` is a JPEG, `template` (dimension,) float32 of the embedder `model`."""

    picture: bytes
    template: NDArray[np.float32]
    model: str
    quality: float


@dataclass(frozen=True, slots=True)
class Item:
    id: int
    outcome: Outcome
    candidates: tuple[str, ...]
    captured_at: datetime
    verdict: str | None
    """None, assigned, dismissed or sent."""
    person: str | None
    left_s: float
    """How long the verdict can still be taken back."""
    may_teach: bool
    """Not a face of look-alikes."""


class Review:
    """One connection; belongs to one thread. `key` is the unit's own; `keep_s` 0 keeps nothing."""

    def __init__(self, connection: apsw.Connection, key: bytes, clock: Clock, *, keep_s: float, max_bytes: int) -> None:
        self._connection = connection
        self._cipher = AESGCM(key)
        self._clock = clock
        self._keep_s = keep_s
        self._max_bytes = max_bytes
        # What is erased is overwritten, not left in a free page.
        connection.pragma("secure_delete", True)

    def keep(self, sighting: Sighting, shot: Shot, *, may_teach: bool) -> None:
        """The oldest make room when there is none. Raises Unavailable."""
        if self._keep_s <= 0:
            return
        reading, when = sighting.clock, sighting.captured_at.isoformat()
        header = json.dumps({"model": shot.model, "quality": shot.quality, "picture": len(shot.picture)}).encode()
        plain = header + b"\n" + shot.picture + shot.template.astype("<f2").tobytes()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, _bound_to(when, str(reading.boot_id), reading.monotonic_ms))
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO review"
                " (outcome, candidates, may_teach, captured_at, boot_id, monotonic_ms, trusted, sealed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (sighting.outcome, json.dumps(sighting.candidates), int(may_teach), when, str(reading.boot_id),
                 reading.monotonic_ms, int(reading.trusted), sealed),
            )  # fmt: skip
            self._connection.execute(
                "DELETE FROM review WHERE id IN (SELECT id FROM"
                " (SELECT id, sum(length(sealed)) OVER (ORDER BY id DESC) AS sum FROM review) WHERE sum > ?)",
                (self._max_bytes,),
            )

    def items(self) -> list[Item]:
        """The newest first."""
        now = self._clock.reading()
        rows: list[Any] = self._connection.execute(
            "SELECT id, outcome, candidates, captured_at, verdict, person, verdict_boot, verdict_ms, may_teach"
            " FROM review ORDER BY id DESC"
        ).fetchall()
        return [
            Item(number, Outcome(outcome), tuple(json.loads(candidates)), datetime.fromisoformat(captured_at), verdict,
                 person, _left_s(boot, ms, now) if verdict in {"assigned", "dismissed"} else 0.0, bool(may_teach))
            for number, outcome, candidates, captured_at, verdict, person, boot, ms, may_teach in rows
        ]  # fmt: skip

    def shot(self, number: int) -> Shot | None:
        """None for what is not here any more, or does not open."""
        row: Any = self._connection.execute(
            "SELECT sealed, captured_at, boot_id, monotonic_ms FROM review WHERE id = ?", (number,)
        ).fetchone()
        if row is None:
            return None
        try:
            plain = self._cipher.decrypt(row[0][:NONCE_BYTES], row[0][NONCE_BYTES:], _bound_to(*row[1:]))
        except (InvalidTag, ValueError):
            return None
        line, _, content = plain.partition(b"\n")
        header = json.loads(line)
        picture, template = content[: header["picture"]], content[header["picture"] :]
        return Shot(picture, np.frombuffer(template, "<f2").astype(np.float32), header["model"], header["quality"])

    def assign(self, number: int, person: str) -> None:
        """It is `person`. Raises Rejected for somebody who is not known here, or when it has been settled."""
        sql = "SELECT (SELECT count(*) FROM template WHERE person = ?1)"
        sql += " + (SELECT count(*) FROM person_card WHERE person = ?1)"
        if not whole_number(self._connection, sql, (person,)):
            raise Rejected("this person is not on this unit's list")
        self._settle(number, "assigned", person)

    def dismiss(self, number: int) -> None:
        """It is nobody whom the school has to know. Raises Rejected when it has been settled."""
        self._settle(number, "dismissed", None)

    def undo(self, number: int) -> str:
        """Takes back the verdict and whatever was learnt from it: `undone`; `sent` when the sighting is on its way.

        Raises Rejected when there is nothing to take back.
        """
        with transaction(self._connection):
            verdict = self._connection.execute("SELECT verdict FROM review WHERE id = ?", (number,)).get
            if verdict is None:
                raise Rejected("there is nothing to take back: it was not settled, or is not kept any more")
            forget_learnt(self._connection, number)
            if verdict == "sent":
                return "sent"
            self._connection.execute(
                "UPDATE review SET verdict = NULL, person = NULL, verdict_boot = NULL, verdict_ms = NULL WHERE id = ?",
                (number,),
            )
        return "undone"

    def release_due(self, outbox: Outbox, direction: Direction | None) -> list[Item]:
        """What can no longer be taken back: dismissed faces are erased, assigned ones recorded as marked by hand,
        as of the moment that they show. Returns the latter."""
        recorded = []
        for item in [one for one in self.items() if one.verdict in {"assigned", "dismissed"} and one.left_s <= 0]:
            with transaction(self._connection):
                row: Any = self._connection.execute(
                    "SELECT person, captured_at, boot_id, monotonic_ms, trusted FROM review"
                    " WHERE id = ? AND verdict = ?", (item.id, item.verdict)
                ).fetchone()  # fmt: skip
                if row is None:
                    continue
                if item.verdict == "dismissed":
                    self._connection.execute("DELETE FROM review WHERE id = ?", (item.id,))
                    continue
                self._connection.execute("UPDATE review SET verdict = 'sent' WHERE id = ?", (item.id,))
                outbox.append_within(partial(marked_by_hand, row=row, direction=direction))
                recorded.append(item)
        return recorded

    def erase_expired(self) -> int:
        """How many went. Call it at start, and again and again."""
        now, wall = self._clock.reading(), self._clock.now()
        rows: list[Any] = self._connection.execute(
            "SELECT id, captured_at, boot_id, monotonic_ms, trusted FROM review"
        ).fetchall()
        gone = [number for number, *row in rows if self._is_over(*row, now=now, wall=wall)]
        if gone:
            with transaction(self._connection):
                self._connection.executemany("DELETE FROM review WHERE id = ?", ((number,) for number in gone))
            self._connection.pragma("wal_checkpoint(TRUNCATE)")
        return len(gone)

    def _is_over(
        self, captured_at: str, boot: str, ms: int, trusted: int, *, now: ClockReading, wall: datetime
    ) -> bool:
        if boot == str(now.boot_id):
            return now.monotonic_ms - ms >= self._keep_s * 1000
        age = wall - datetime.fromisoformat(captured_at)
        return not (trusted and now.trusted) or not timedelta(0) <= age < timedelta(seconds=self._keep_s)

    def _settle(self, number: int, verdict: str, person: str | None) -> None:
        now = self._clock.reading()
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE review SET verdict = ?, person = ?, verdict_boot = ?, verdict_ms = ?"
                " WHERE id = ? AND verdict IS NULL",
                (verdict, person, str(now.boot_id), now.monotonic_ms, number),
            )
            if self._connection.changes() != 1:
                raise Rejected("this face has been settled, or is not kept any more")


def erase_review_of(connection: apsw.Connection, person: str) -> None:
    """Within the caller's transaction: every face that was, or may be, this person's."""
    connection.execute("DELETE FROM learnt WHERE person = ?", (person,))
    connection.execute(
        "DELETE FROM review WHERE person = ?1 OR EXISTS (SELECT 1 FROM json_each(review.candidates) WHERE value = ?1)",
        (person,),
    )


def forget_learnt(connection: apsw.Connection, number: int) -> None:
    """Within the caller's transaction: exactly what was learnt from this face."""
    connection.execute("DELETE FROM learnt WHERE review = ?", (number,))
    if connection.changes():
        connection.execute("UPDATE roster SET version = version + 1")


def forget_question(connection: apsw.Connection, questions: Iterable[int]) -> None:
    """Within the caller's transaction: a second factor has settled these questions, and nobody has to look at them."""
    connection.executemany(
        "DELETE FROM review WHERE (boot_id, monotonic_ms) IN (SELECT boot_id, monotonic_ms FROM question WHERE id = ?)",
        ((number,) for number in questions),
    )


def _left_s(boot: str | None, ms: int | None, now: ClockReading) -> float:
    if boot != str(now.boot_id) or ms is None:
        return 0.0
    return max(0.0, UNDO_S - (now.monotonic_ms - ms) / 1000)


def _bound_to(captured_at: str, boot: str, monotonic_ms: int) -> bytes:
    return f"review|{captured_at}|{boot}|{monotonic_ms}".encode()
