"""Who has to be told that something changed: one poller a process, shared by all open pages.

The poller asks what changed since a little before it last asked, because a transaction may become visible after a
later one; what it has told already is not told twice. It says only *whose* day changed: every page then reads its own
state, so a page that missed something is right again with the next change.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from cloud.attendance.queries import board
from cloud.attendance.queries.board import Change
from cloud.kit.clock import Clock, school_day
from cloud.kit.db import Database

log = logging.getLogger(__name__)

POLL_S = 0.5
OVERLAP = timedelta(seconds=10)
"""Longer than any transaction between setting `changed_at` and becoming visible."""

AT_LEAST_AT_ONCE, SHARE = 8, 10
"""A round of the register changes hundreds of days in one moment: were as many families' pages read anew in it, whoever
opens one would wait. So many are woken at each look, or that part of those who wait: all within seconds."""


class Listener:
    """An open page: wakes for a whole school, or for some pupils of it."""

    def __init__(self, school_ids: frozenset[UUID], student_ids: frozenset[UUID] | None) -> None:
        self.school_ids = school_ids
        self.student_ids = student_ids
        self._woken = asyncio.Event()

    def concerns(self, change: Change) -> bool:
        if self.student_ids is not None:
            return change.student_id in self.student_ids
        return change.school_id in self.school_ids

    def wake(self) -> None:
        self._woken.set()

    async def changed(self, within_s: float) -> bool:
        """Returns when something changed, or after `within_s`; says which."""
        try:
            await asyncio.wait_for(self._woken.wait(), within_s)
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class Changes:
    """Runs for as long as the application does; idle while nobody listens."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._to_wake: dict[Listener, None] = {}
        """Pages of some pupils, in the order in which they were concerned."""
        self._told: frozenset[Change] = frozenset()
        self._numbers: Counter[UUID] = Counter()
        self._asked_at = clock()

    @contextmanager
    def listen(self, school_ids: frozenset[UUID], student_ids: frozenset[UUID] | None = None) -> Iterator[Listener]:
        listener = Listener(school_ids, student_ids)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._to_wake.pop(listener, None)

    def told(self, school_id: UUID) -> int:
        """How often news of this school were told: what was read since then is still so, as far as is known."""
        return self._numbers[school_id]

    async def run(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            if not self._listeners:
                self._asked_at = self._clock()
                continue
            try:
                await self.tell_once()
            except Exception:
                # A database that is away comes back; the pages show what they had and try again.
                log.exception("the live pages could not be brought up to date")

    async def tell_once(self) -> None:
        """What one look of `run` does."""
        schools = frozenset().union(*(listener.school_ids for listener in self._listeners))
        news = await run_in_threadpool(self.news, schools)
        self._numbers.update({change.school_id for change in news})
        for change in news:
            for listener in self._listeners:
                if not listener.concerns(change):
                    continue
                if listener.student_ids is None:
                    listener.wake()
                else:
                    self._to_wake[listener] = None
        for listener in list(self._to_wake)[: max(AT_LEAST_AT_ONCE, len(self._to_wake) // SHARE)]:
            del self._to_wake[listener]
            listener.wake()

    def news(self, school_ids: frozenset[UUID]) -> list[Change]:
        """What changed in these schools since this was last asked; each change once."""
        now = self._clock()
        with self._database.reading() as session:
            changes = board.changed_since(session, school_ids, school_day(now), min(self._asked_at, now) - OVERLAP)
        news = [change for change in changes if change not in self._told]
        self._told = frozenset(changes)
        self._asked_at = now
        return news
