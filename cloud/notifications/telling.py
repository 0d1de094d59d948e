"""One thing told to one reader: by which channel, when, and what comes after it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.notifications import queries
from cloud.notifications.preference_queries import muted_by, preferences_of
from cloud.notifications.preferences import FALL_BACK_AFTER, FOR_STAFF, Plan, Urgency, plan
from cloud.notifications.queries import NewMessage
from cloud.notifications.rules import dedupe_key
from cloud.notifications.texts import Text
from cloud.notifications.transport import Channel
from cloud.people.queries import Contact


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to tell, once."""

    kind: str
    urgency: Urgency
    school_id: UUID
    student_id: UUID | None
    """Of whom it is; None where staff are told of no one pupil."""
    day: date
    happened_at: datetime
    corrected_to: datetime | None = None
    about: str = ""
    """Tells apart what would else be one: the notice that it is."""
    about_id: UUID | None = None
    """What its facts are asked by: the notice, the thread, the post."""
    path: str = ""
    """The page that it leads to."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a guardian is to be told, in their language."""

    occasion: Occasion
    contact: Contact
    text: Text


@dataclass(frozen=True, slots=True)
class StaffTelling:
    """What a member of staff is to be told, in their language."""

    occasion: Occasion
    user_id: UUID
    text: Text


def tell(session: Session, tellings: Sequence[Telling], channels: Collection[Channel], now: datetime) -> None:
    """Queue what each guardian's wishes make of it. The same occasion again changes nothing."""
    users = {user_id for one in tellings if (user_id := one.contact.user_id)}
    preferences, browsers = preferences_of(session, users), queries.browsers_of(session, users, now)
    messages: list[NewMessage] = []
    for one in tellings:
        contact = one.contact
        may = {
            Channel.WEB_PUSH: bool(browsers[contact.user_id]), Channel.EMAIL: contact.email is not None,
            Channel.ZALO: contact.phone is not None, Channel.SMS: contact.phone is not None,
        }  # fmt: skip
        reachable = [channel for channel in sorted(channels) if may[channel]]
        planned = plan(preferences[contact.user_id], one.occasion.urgency, reachable, now)
        if planned is not None:
            messages += (_message(one.occasion, contact.guardian_id, by, one.text, planned) for by in planned.by)
    queries.queue(session, messages, now=now)


def tell_staff(
    session: Session, tellings: Sequence[StaffTelling], channels: Collection[Channel], now: datetime
) -> None:
    """The same for members of staff, whose phone takes Web Push or whom nobody wakes: in their quiet hours what is
    urgent alone, and nothing of what they have switched off."""
    if Channel.WEB_PUSH not in channels or not tellings:
        return
    users = {one.user_id for one in tellings}
    browsers, muted = queries.browsers_of(session, users, now), muted_by(session, users)
    preferences = preferences_of(session, users)
    messages: list[NewMessage] = []
    for one in tellings:
        if not browsers[one.user_id] or (one.user_id, one.occasion.kind) in muted:
            continue
        wished = replace(preferences.get(one.user_id, FOR_STAFF), digest_at=None)
        planned = plan(wished, one.occasion.urgency, [Channel.WEB_PUSH], now)
        if planned is not None:
            message = _message(one.occasion, one.user_id, Channel.WEB_PUSH, one.text, planned)
            messages.append(replace(message, guardian_id=None, user_id=one.user_id))
    queries.queue(session, messages, now=now)


def _message(occasion: Occasion, reader_id: UUID, channel: Channel, text: Text, planned: Plan) -> NewMessage:
    key = dedupe_key(
        occasion.kind + occasion.about, occasion.student_id, occasion.day, reader_id, channel, occasion.corrected_to
    )
    return NewMessage(
        school_id=occasion.school_id,
        guardian_id=reader_id,
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
        about_id=occasion.about_id,
        path=occasion.path,
        due=planned.due,
    )
