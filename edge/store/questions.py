"""Faces that only a second factor tells apart: held here, durable, until a card, a finger or staff says who it is.

One passage is one sighting: that of the second factor. If none comes in ANSWER_S the question itself is recorded, with
its candidates, for staff to settle in the register.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import partial

import apsw

from edge.clock import Clock
from edge.contract import Method, Outcome, Sighting
from edge.store.db import transaction, whole_number
from edge.store.outbox import Outbox
from edge.store.recent import recent
from edge.store.review import forget_question

ANSWER_S = 20.0
"""How long a second factor is waited for."""
BEFORE_S = 2.0
"""A card shown so shortly before the face was first looked at is an answer already."""
KNOWN_S = 600.0
"""How long it is remembered which sighting answered which question."""


class Asked(Enum):
    OPEN = "open"
    ANSWERED = "answered"
    """The second factor came before the question did."""
    AGAIN = "again"
    """The same face once more, or everybody whom it may be was recorded in this passage."""


@dataclass(frozen=True, slots=True)
class Question:
    id: int
    people: tuple[str, ...]
    """Whom it may be, the nearest first."""
    left_s: float


class Questions:
    """One connection, that of the outbox; belongs to one thread. Any process may ask and answer."""

    def __init__(self, connection: apsw.Connection, outbox: Outbox, clock: Clock) -> None:
        self._connection = connection
        self._outbox = outbox
        self._clock = clock

    def ask(
        self, sighting: Sighting, people: Collection[str], *, first_ms: int, beside: int, passage_s: float
    ) -> Asked:
        """Who of `people` is it? `sighting` is what to record if nobody says so; its seq is given then.

        `first_ms` is when the face was first looked at, on this boot's clock; `beside` how many other faces in the
        picture the same was asked of: there are never more open questions than faces they can be about. On disk when
        this returns. Raises Unavailable.
        """
        boot, now_ms = str(sighting.clock.boot_id), sighting.clock.monotonic_ms
        with transaction(self._connection):
            answers = {row[0] for row in self._connection.execute("SELECT answered FROM question")}
            recorded: set[str] = set()
            early: tuple[int, str] | None = None
            for seen in recent(self._connection, limit=50):
                if str(seen.clock.boot_id) != boot or seen.person not in people or seen.person is None:
                    continue
                if now_ms - seen.clock.monotonic_ms <= passage_s * 1000:
                    recorded.add(seen.person)
                by_other_means = seen.method is not Method.FACE and seen.seq not in answers
                if by_other_means and seen.clock.monotonic_ms >= first_ms - BEFORE_S * 1000:
                    early = (seen.seq, seen.person)
            if early is None and recorded >= set(people):
                return Asked.AGAIN
            open_ones = [one for one in self.waiting() if set(one.people) & set(people)]
            if early is None and len(open_ones) > beside:
                return Asked.AGAIN
            self._connection.execute(
                "INSERT INTO question (sighting, people, boot_id, monotonic_ms, answered, person)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (sighting.model_dump_json(exclude_none=True), json.dumps(list(people)), boot, now_ms,
                 *(early or (None, None))),
            )  # fmt: skip
        return Asked.OPEN if early is None else Asked.ANSWERED

    def answer_within(self, settled: Sighting) -> bool:
        """Within the caller's transaction: the oldest open question about this person is answered by `settled`."""
        if settled.outcome is not Outcome.IDENTIFIED or settled.person is None:
            return False
        asked = [one.id for one in self.waiting() if settled.person in one.people]
        if asked:
            forget_question(self._connection, [min(asked)])
            self._connection.execute(
                "UPDATE question SET answered = ?, person = ? WHERE id = ?", (settled.seq, settled.person, min(asked))
            )
        return bool(asked)

    def is_answered(self, person: str, passage_s: float) -> bool:
        """Was this person's passage settled by a second factor, so shortly ago that it is the same passage?"""
        now = self._clock.reading()
        since_ms = now.monotonic_ms - int(passage_s * 1000)
        return bool(
            whole_number(
                self._connection,
                "SELECT count(*) FROM question WHERE person = ? AND boot_id = ? AND monotonic_ms >= ?",
                (person, str(now.boot_id), since_ms),
            )
        )

    def waiting(self) -> list[Question]:
        return waiting(self._connection, self._clock)

    def release_due(self) -> list[Sighting]:
        """Record what nobody has answered. A check-in by staff that can still be undone keeps its question open."""
        recorded = []
        for due in [one for one in self.waiting() if one.left_s <= 0]:
            with transaction(self._connection):
                marks = [row[0] for row in self._connection.execute("SELECT person FROM held")]
                row = self._connection.execute(
                    "SELECT sighting FROM question WHERE id = ? AND answered IS NULL", (due.id,)
                ).get
                if row is None or set(marks) & set(due.people):
                    continue
                self._connection.execute("DELETE FROM question WHERE id = ?", (due.id,))
                asked = Sighting.model_validate_json(str(row))
                recorded.append(self._outbox.append_within(partial(_numbered, asked)))
        self._forget()
        return recorded

    def _forget(self) -> None:
        now = self._clock.reading()
        old = (str(now.boot_id), now.monotonic_ms - int(KNOWN_S * 1000))
        count = "SELECT count(*) FROM question WHERE answered IS NOT NULL AND (boot_id != ? OR monotonic_ms < ?)"
        if whole_number(self._connection, count, old):
            with transaction(self._connection):
                self._connection.execute(count.replace("SELECT count(*)", "DELETE", 1), old)


def waiting(connection: apsw.Connection, clock: Clock) -> list[Question]:
    """What is open, the oldest first."""
    now = clock.reading()
    rows = connection.execute(
        "SELECT id, people, boot_id, monotonic_ms FROM question WHERE answered IS NULL ORDER BY id"
    ).fetchall()
    found = []
    for number, people, boot, asked_ms in rows:
        # Nothing is left of what was asked before a restart: nobody stands there any more.
        passed_s = (now.monotonic_ms - int(str(asked_ms))) / 1000 if boot == str(now.boot_id) else ANSWER_S
        found.append(Question(int(str(number)), tuple(json.loads(str(people))), ANSWER_S - passed_s))
    return found


def _numbered(asked: Sighting, seq: int) -> Sighting:
    return asked.model_copy(update={"seq": seq})
