"""One thing told to one guardian: by which channel, when, and what comes after it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.notifications import queries
from cloud.notifications.preference_queries import preference_of
from cloud.notifications.preferences import FALL_BACK_AFTER, Urgency, plan
from cloud.notifications.queries import NewMessage
from cloud.notifications.rules import dedupe_key
from cloud.notifications.texts import Text
from cloud.notifications.transport import Channel
from cloud.people.queries import Contact


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to tell of one pupil, once."""

    kind: str
    urgency: Urgency
    school_id: UUID
    student_id: UUID
    day: date
    happened_at: datetime
    corrected_to: datetime | None = None
    about: str = ""
    """Tells apart what would else be one: the notice that it is."""


def tell(
    session: Session, occasion: Occasion, contact: Contact, text: Text, channels: Collection[Channel], now: datetime
) -> None:
    """Queue what the guardian's wishes make of it. The same occasion again changes nothing."""
    reachable = [channel for channel in sorted(channels) if _reaches(session, contact, channel)]
    planned = plan(preference_of(session, contact.user_id), occasion.urgency, reachable, now)
    if planned is None:
        return
    for channel in planned.by:
        key = dedupe_key(
            occasion.kind + occasion.about,
            occasion.student_id,
            occasion.day,
            contact.guardian_id,
            channel,
            occasion.corrected_to,
        )
        message = NewMessage(
            school_id=occasion.school_id,
            guardian_id=contact.guardian_id,
            student_id=occasion.student_id,
            channel=channel,
            kind=occasion.kind,
            subject=text.subject,
            body=text.body,
            dedupe_key=key,
            happened_at=occasion.happened_at,
            then=",".join(planned.then),
            fall_back_at=planned.due + FALL_BACK_AFTER if planned.then and not planned.in_digest else None,
            in_digest=planned.in_digest,
        )
        queries.queue(session, message, due=planned.due, now=now)


def _reaches(session: Session, contact: Contact, channel: Channel) -> bool:
    if channel is Channel.EMAIL:
        return contact.email is not None
    if channel in (Channel.ZALO, Channel.SMS):
        return contact.phone is not None
    return contact.user_id is not None and bool(queries.browsers_of(session, contact.user_id))
