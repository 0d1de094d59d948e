"""Queued messages go out, several at once, each tried until it is sent, refused for good, or no news any more."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from sqlalchemy.orm import Session

from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.errors import Unavailable
from cloud.notifications import queries
from cloud.notifications.pacing import Pace
from cloud.notifications.queries import Claimed
from cloud.notifications.rules import next_attempt_at
from cloud.notifications.transport import Channel, Outgoing, Transport, TransportError

log = logging.getLogger(__name__)


AT_ONCE = {Channel.WEB_PUSH: 32, Channel.SMS: 8, Channel.EMAIL: 8, Channel.ZALO: 4}
"""So many messages at most have been handed to a provider while its answer is not in the database: what a worker that
is killed leaves unknown."""
LONGEST_WAIT_S = 0.25
"""For an answer, before it is looked again for what may go beside it."""
GATHER_S = 0.02
"""Answers that come so close together are written down together."""


@dataclass(frozen=True, slots=True)
class Answer:
    to: Claimed
    failure: TransportError | None
    gone: frozenset[str]


class Sending:
    """One channel's messages on their way: for each a thread of its own waits for the provider, while the database is
    spoken to by the caller's thread alone.

    No transaction is open while a provider is spoken to. A worker that is killed between a provider's answer and our
    commit sends that message again, under the same id.
    """

    def __init__(self, database: Database, transport: Transport, clock: Clock, pace: Pace | None = None) -> None:
        self._database = database
        self._transport = transport
        self._clock = clock
        self._pace = pace
        self._at_once = AT_ONCE[transport.channel]
        self._pool = ThreadPoolExecutor(self._at_once, thread_name_prefix=transport.channel)
        self._under_way = 0
        """Handed over, and the answer not written down."""
        self._came: SimpleQueue[Answer] = SimpleQueue()
        self._unwritten: list[Answer] = []

    def step(self) -> int:
        """Write down what was answered, and hand over what is due as fast as `pace` allows; returns how many messages
        are under way then. Raises Unavailable; what was answered is written down by the next step."""
        self._gather()
        self._write()
        return self._hand_over()

    def close(self) -> None:
        """Wait for what is under way, and write it down."""
        self._pool.shutdown()
        self._gather()
        try:
            self._write()
        except Unavailable as error:
            log.warning("%s: %d answers were not written down: %s", self._transport.channel, self._under_way, error)

    def _hand_over(self) -> int:
        room = self._at_once - self._under_way
        if self._pace:
            room = self._pace.take(room, self._clock())
        if room:
            with self._database.writing() as session:
                now = self._clock()
                claimed = queries.claim(session, self._transport.channel, now=now, limit=room)
                outgoing = queries.outgoing(session, [one.id for one in claimed], now=now)
            if self._pace:
                self._pace.give_back(room - len(claimed))
            self._under_way += len(claimed)
            for one in claimed:
                self._pool.submit(self._send, one, outgoing[one.id])
        return self._under_way

    def _send(self, claimed: Claimed, outgoing: Outgoing) -> None:
        """In a thread of the pool."""
        try:
            self._came.put(Answer(claimed, None, self._transport.send(outgoing, self._clock())))
        except TransportError as error:
            self._came.put(Answer(claimed, error, error.gone))
        except Exception as error:
            log.exception("message %s by %s: a fault of ours", claimed.id, self._transport.channel)
            fault = TransportError(type(error).__name__, permanent=False)
            self._came.put(Answer(claimed, fault, frozenset()))

    def _gather(self) -> None:
        until = time.monotonic() + LONGEST_WAIT_S
        while len(self._unwritten) < self._under_way:
            try:
                self._unwritten.append(self._came.get(timeout=max(0.0, until - time.monotonic())))
            except Empty:
                return
            until = min(until, time.monotonic() + GATHER_S)

    def _write(self) -> None:
        if not self._unwritten:
            return
        with self._database.writing() as session:
            if gone := frozenset[str]().union(*(answer.gone for answer in self._unwritten)):
                queries.forget_browsers(session, gone)
            if sent := [answer.to for answer in self._unwritten if answer.failure is None]:
                queries.mark_sent(session, sent, reported=self._transport.reports, now=self._clock())
            for answer in self._unwritten:
                if answer.failure:
                    self._put_off(session, answer.to, answer.failure)
        self._under_way -= len(self._unwritten)
        self._unwritten.clear()

    def _put_off(self, session: Session, claimed: Claimed, failure: TransportError) -> None:
        now = self._clock()
        again = (
            None
            if failure.permanent
            else next_attempt_at(claimed.attempts, claimed.happened_at, now, failure.not_before)
        )
        log.warning(
            "message %s by %s, attempt %d: %s; %s",
            claimed.id,
            self._transport.channel,
            claimed.attempts,
            failure,
            f"again at {again:%H:%M:%S}" if again else "given up",
        )
        if again:
            queries.mark_retry(session, claimed, at=again, failure=str(failure))
        else:
            queries.mark_failed(session, claimed, failure=str(failure), now=now)


def send_due(database: Database, transport: Transport, clock: Clock, pace: Pace | None = None) -> None:
    """Send what is due by this channel, and return when every answer is written down."""
    with closing(Sending(database, transport, clock, pace)) as sending:
        while sending.step():
            pass
