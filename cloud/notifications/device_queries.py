"""All SQL of the browsers that somebody has asked to be told on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cloud.accounts.tables import UserSession
from cloud.notifications.tables import PushSubscription


@dataclass(frozen=True, slots=True)
class Device:
    id: UUID
    name: str
    """As a person calls it; empty for one that asked before names were kept."""
    since: datetime


def devices_of(session: Session, user_id: UUID, now: datetime) -> list[Device]:
    """Not those whose session is over: nothing goes there any more."""
    rows = session.execute(
        select(PushSubscription.id, PushSubscription.device, PushSubscription.created_at)
        .outerjoin(UserSession, UserSession.token_hash == PushSubscription.session_hash)
        .where(
            PushSubscription.user_id == user_id,
            or_(PushSubscription.session_hash.is_(None), UserSession.expires_at > now),
        )
        .order_by(PushSubscription.created_at.desc())
    )
    return [Device(*row) for row in rows]


def remove_device(session: Session, user_id: UUID, device_id: UUID) -> None:
    session.execute(
        delete(PushSubscription).where(PushSubscription.user_id == user_id, PushSubscription.id == device_id)
    )
