"""From what attendance says of a pupil to the messages that it is worth: one for each guardian and channel."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance import events as attendance
from cloud.attendance.events import Arrived
from cloud.attendance.register import events as register
from cloud.attendance.register.events import AbsenceCorrected, AbsentWithoutNotice
from cloud.attendance.register.facts import Presence
from cloud.kit.clock import Clock
from cloud.kit.outbox import Handler
from cloud.notifications import queries
from cloud.notifications.rules import dedupe_key, is_news
from cloud.notifications.texts import (
    ABSENT,
    ARRIVED,
    CORRECTED,
    EXCUSED_AFTER_ALL,
    PRESENT_AFTER_ALL,
    Text,
    absence_text,
    arrival_text,
)
from cloud.notifications.transport import Channel
from cloud.people.queries import Contact, contacts_of, name_and_class


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to tell of one pupil, once."""

    kind: str
    school_id: UUID
    student_id: UUID
    day: date
    happened_at: datetime
    corrected_to: datetime | None
    text_for: Callable[[str | None, str, str], Text]
    """By the reader's locale, the pupil's name and class."""


def handlers(channels: Collection[Channel], clock: Clock) -> Mapping[str, Handler]:
    """By topic. `channels` are those that this installation can send by."""

    def handler(read: Callable[[str], Occasion]) -> Handler:
        return lambda session, payload: _announce(session, read(payload), channels, clock())

    return {
        attendance.ARRIVED: handler(_arrival),
        register.ABSENT_WITHOUT_NOTICE: handler(_absence),
        register.ABSENCE_CORRECTED: handler(_absence_corrected),
    }


def _arrival(payload: str) -> Occasion:
    event = Arrived.model_validate_json(payload)

    def text_for(locale: str | None, name: str, class_name: str) -> Text:
        return arrival_text(
            locale, name=name, class_name=class_name, first_in_at=event.first_in_at, corrects=event.corrects
        )

    kind, corrected_to = (CORRECTED, event.first_in_at) if event.corrects else (ARRIVED, None)
    return Occasion(kind, event.school_id, event.student_id, event.day, event.first_in_at, corrected_to, text_for)


def _absence(payload: str) -> Occasion:
    event = AbsentWithoutNotice.model_validate_json(payload)

    def text_for(locale: str | None, name: str, class_name: str) -> Text:
        return absence_text(locale, ABSENT, name=name, class_name=class_name, at=event.noticed_at, day=event.day)

    return Occasion(ABSENT, event.school_id, event.student_id, event.day, event.noticed_at, None, text_for)


def _absence_corrected(payload: str) -> Occasion:
    event = AbsenceCorrected.model_validate_json(payload)
    kind = EXCUSED_AFTER_ALL if event.presence is Presence.ABSENT else PRESENT_AFTER_ALL

    def text_for(locale: str | None, name: str, class_name: str) -> Text:
        return absence_text(locale, kind, name=name, class_name=class_name, at=event.corrected_at, day=event.day)

    return Occasion(
        kind, event.school_id, event.student_id, event.day, event.corrected_at, event.corrected_at, text_for
    )


def _announce(session: Session, occasion: Occasion, channels: Collection[Channel], now: datetime) -> None:
    if not is_news(occasion.happened_at, now):
        return
    name, class_name = name_and_class(session, occasion.student_id)
    for contact in contacts_of(session, occasion.student_id):
        text = occasion.text_for(contact.locale, name, class_name)
        for channel in sorted(channels):
            if not _reaches(session, contact, channel):
                continue
            key = dedupe_key(
                occasion.kind, occasion.student_id, occasion.day, contact.guardian_id, channel, occasion.corrected_to
            )
            queries.queue(
                session,
                queries.NewMessage(
                    school_id=occasion.school_id,
                    guardian_id=contact.guardian_id,
                    student_id=occasion.student_id,
                    channel=channel,
                    kind=occasion.kind,
                    subject=text.subject,
                    body=text.body,
                    dedupe_key=key,
                    happened_at=occasion.happened_at,
                ),
                now=now,
            )


def _reaches(session: Session, contact: Contact, channel: Channel) -> bool:
    if channel is Channel.EMAIL:
        return contact.email is not None
    if channel in (Channel.ZALO, Channel.SMS):
        return contact.phone is not None
    return contact.user_id is not None and bool(queries.browsers_of(session, contact.user_id))
