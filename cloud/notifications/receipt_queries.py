"""All SQL of what providers say later of messages that they took."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cloud.notifications import queries
from cloud.notifications.queries import State
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel


def delivered(session: Session, message_id: UUID, channel: Channel, *, now: datetime) -> None:
    """The first time counts; of a message that did not go by this channel nothing is believed."""
    if session.scalar(select(Message.channel).where(Message.id == message_id)) == channel:
        queries.mark_delivered(session, message_id, now=now)


def undelivered(session: Session, message_id: UUID, channel: Channel, *, failure: str) -> datetime | None:
    """Given up. When what it tells of happened; None where nothing changed: delivered or given up before, or not one
    that went by this channel. It may be said even before we could write that the message was sent."""
    under_way = (
        update(Message)
        .where(Message.id == message_id, Message.channel == channel, Message.delivered_at.is_(None))
        .where(Message.state.in_((State.QUEUED, State.SENT)), Message.attempts > 0)
        .values(state=State.FAILED, failure=failure[:300])
        .returning(Message.happened_at)
    )
    return session.scalar(under_way)
