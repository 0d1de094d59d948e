"""What happened and must be passed on: written in the transaction of the fact itself, handled at least once.

A handler's own writes and the event's `done_at` commit together, so what a handler writes happens exactly once,
however often a worker is killed. A claim is a lease: when the worker dies, the event becomes available again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Index, String, Text, and_, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cloud.kit.clock import Clock
from cloud.kit.db import Base, Database, UtcDateTime, insert, insert_rows
from cloud.kit.errors import Unavailable
from cloud.kit.ids import new_id

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=1)
BATCH = 100
KEPT = timedelta(days=7)
"""Handled events are kept so long, for whoever asks why something was told."""


class OutboxEvent(Base):
    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_event_done_at_available_at", "done_at", "available_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not before; moved ahead by whoever claims the event, and again after a failure."""
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]
    """Whose it is: each claim is a new one, so that a worker whose time ran out cannot finish for the next."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(300))


Handler = Callable[[Session, Sequence[str]], None]
"""Takes the transaction to write in and the payloads of some events, oldest first. An exception rolls back and means:
again, each alone, and the one that fails alone later."""


@dataclass(frozen=True, slots=True)
class Claimed:
    id: UUID
    topic: str
    payload: str
    attempts: int
    lease: UUID


def each(handle_one: Callable[[Session, str], None]) -> Handler:
    """For a topic whose events come one by one."""

    def handler(session: Session, payloads: Sequence[str]) -> None:
        for payload in payloads:
            handle_one(session, payload)

    return handler


def put(session: Session, topic: str, *events: BaseModel, now: datetime) -> None:
    if events:
        rows = [
            {"id": new_id(), "topic": topic, "payload": event.model_dump_json(), "available_at": now, "attempts": 0}
            for event in events
        ]
        insert_rows(session, insert(session, OutboxEvent), rows)


def waits(session: Session, topic: str, about: UUID) -> bool:
    """Whether an event that names `about` is still to be handled."""
    found = select(OutboxEvent.id).where(
        OutboxEvent.done_at.is_(None), OutboxEvent.topic == topic, OutboxEvent.payload.contains(str(about))
    )
    return session.scalar(found.limit(1)) is not None


def claim(session: Session, *, now: datetime, limit: int = BATCH) -> list[Claimed]:
    """Lease the events that have waited longest; no two workers get the same one."""
    due = (
        select(OutboxEvent.id)
        .where(OutboxEvent.done_at.is_(None), OutboxEvent.available_at <= now)
        .order_by(OutboxEvent.available_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    lease = new_id()
    claimed = session.execute(
        update(OutboxEvent)
        .where(OutboxEvent.id.in_(due))
        .values(available_at=now + LEASE, attempts=OutboxEvent.attempts + 1, lease=lease)
        .returning(OutboxEvent.id, OutboxEvent.topic, OutboxEvent.payload, OutboxEvent.attempts)
        .execution_options(synchronize_session=False)
    )
    return sorted((Claimed(*row, lease) for row in claimed), key=lambda event: event.id)


def retry_after(attempts: int) -> timedelta:
    """1 s, 2 s, 4 s ... up to LONGEST_WAIT."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 20)), LONGEST_WAIT)


def dispatch(database: Database, handlers: Mapping[str, Handler], clock: Clock) -> int:
    """Hand each event that is due to its topic's handler; returns how many were claimed."""
    with database.writing() as session:
        events = claim(session, now=clock())
    if events:
        try:
            handle(database, events, handlers, clock())
        except Unavailable:
            raise
        except Exception:
            # One of them failed and undid all: each alone, then.
            for event in events:
                _handle_alone(database, event, handlers, clock())
    return len(events)


def handle(database: Database, events: Sequence[Claimed], handlers: Mapping[str, Handler], now: datetime) -> None:
    """Write what the handlers of one claim's events write, and that they are done, in one transaction."""
    with database.writing() as session:
        ours = update(OutboxEvent).where(_held(events)).values(done_at=now, failure=None).returning(OutboxEvent.id)
        held = set(session.scalars(ours.execution_options(synchronize_session=False)))
        still = (event for event in events if event.id in held)
        for topic, some in groupby(still, key=lambda event: event.topic):
            handlers[topic](session, [event.payload for event in some])


def sweep(database: Database, clock: Clock) -> int:
    """Forget what was handled longer than KEPT ago; 0, since there is nothing more to do at once."""
    with database.writing() as session:
        session.execute(delete(OutboxEvent).where(OutboxEvent.done_at < clock() - KEPT))
    return 0


def _handle_alone(database: Database, event: Claimed, handlers: Mapping[str, Handler], now: datetime) -> None:
    try:
        handle(database, [event], handlers, now)
    except Unavailable:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}" if event.topic in handlers else f"no handler for {event.topic}"
        log.exception("outbox event %s failed, attempt %d", event.id, event.attempts)
        again = update(OutboxEvent).where(_held([event]))
        with database.writing() as session:
            session.execute(again.values(available_at=now + retry_after(event.attempts), failure=reason[:300]))


def _held(events: Sequence[Claimed]) -> ColumnElement[bool]:
    """Of one claim, those that are still its own: not done, and not claimed by another worker since."""
    ids = [event.id for event in events]
    return and_(OutboxEvent.id.in_(ids), OutboxEvent.lease == events[0].lease, OutboxEvent.done_at.is_(None))
