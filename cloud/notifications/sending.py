"""Queued messages go out, each tried until it is sent, refused for good, or no news any more."""

import logging

from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.notifications import queries
from cloud.notifications.pacing import Pace
from cloud.notifications.queries import Claimed
from cloud.notifications.rules import next_attempt_at
from cloud.notifications.transport import Transport, TransportError

log = logging.getLogger(__name__)


AT_ONCE = 20
"""Claimed together; what cannot be tried within the lease is somebody else's again."""


def send_due(database: Database, transport: Transport, clock: Clock, pace: Pace | None = None) -> int:
    """Send what is due by this channel, as fast as `pace` allows; returns how many messages were tried.

    No transaction is open while a provider is spoken to. A worker that is killed between the provider's answer and
    our commit sends that one message again, under the same id.
    """
    most = pace.take(AT_ONCE, clock()) if pace else AT_ONCE
    if most == 0:
        return 0
    with database.writing() as session:
        claimed = queries.claim(session, transport.channel, now=clock(), limit=most)
    if pace:
        pace.give_back(most - len(claimed))
    for one in claimed:
        _send(database, transport, one, clock)
    return len(claimed)


def _send(database: Database, transport: Transport, claimed: Claimed, clock: Clock) -> None:
    with database.reading() as session:
        outgoing = queries.outgoing(session, claimed.id)
    failure: TransportError | None = None
    try:
        gone = transport.send(outgoing, clock())
    except TransportError as error:
        failure, gone = error, error.gone
    except Exception as error:
        log.exception("message %s by %s: a fault of ours", claimed.id, transport.channel)
        failure, gone = TransportError(type(error).__name__, permanent=False), frozenset()
    now = clock()
    with database.writing() as session:
        if gone:
            queries.forget_browsers(session, gone)
        if failure is None:
            queries.mark_sent(session, claimed, now=now)
            return
        again = (
            None
            if failure.permanent
            else next_attempt_at(claimed.attempts, claimed.happened_at, now, failure.not_before)
        )
        log.warning(
            "message %s by %s, attempt %d: %s; %s",
            claimed.id,
            transport.channel,
            claimed.attempts,
            failure,
            f"again at {again:%H:%M:%S}" if again else "given up",
        )
        if again:
            queries.mark_retry(session, claimed, at=again, failure=str(failure))
        else:
            queries.mark_failed(session, claimed, failure=str(failure), now=now)
