"""All SQL of the digest: what waits for it, and what went into it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cloud.notifications.queries import State
from cloud.notifications.tables import Message


@dataclass(frozen=True, slots=True)
class Held:
    school_id: UUID
    channel: str
    then: str
    body: str
    happened_at: datetime


def due(session: Session, *, now: datetime, limit: int = 100) -> list[tuple[UUID, UUID]]:
    """Guardians and children for whom something waits whose time has come."""
    rows = session.execute(
        select(Message.guardian_id, Message.student_id)
        .where(Message.state == State.HELD, Message.next_attempt_at <= now, Message.guardian_id.is_not(None))
        .distinct()
        .limit(limit)
    )
    return [(guardian_id, student_id) for guardian_id, student_id in rows if guardian_id and student_id]


def take(session: Session, guardian_id: UUID, student_id: UUID, *, now: datetime) -> list[Held]:
    """What waited, oldest first; it waits no more. Of two workers one gets it."""
    rows = session.execute(
        update(Message)
        .where(
            Message.guardian_id == guardian_id,
            Message.student_id == student_id,
            Message.state == State.HELD,
            Message.next_attempt_at <= now,
        )
        .values(state=State.IN_DIGEST)
        .returning(Message.school_id, Message.channel, Message.then, Message.body, Message.happened_at)
        .execution_options(synchronize_session=False)
    )
    return sorted((Held(*row) for row in rows), key=lambda held: held.happened_at)
