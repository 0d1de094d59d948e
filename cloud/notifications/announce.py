"""From an arrival to the messages that it is worth: one for each guardian and channel."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from cloud.attendance.events import Arrived
from cloud.kit.clock import Clock
from cloud.kit.outbox import Handler
from cloud.notifications import queries
from cloud.notifications.rules import dedupe_key, is_news
from cloud.notifications.texts import ARRIVED, CORRECTED, arrival_text
from cloud.notifications.transport import Channel
from cloud.people.queries import Contact, contacts_of, name_and_class


def arrival_handler(channels: Collection[Channel], clock: Clock) -> Handler:
    """`channels` are those that this installation can send by."""

    def announce(session: Session, payload: str) -> None:
        event = Arrived.model_validate_json(payload)
        now = clock()
        if not is_news(event.first_in_at, now):
            return
        name, class_name = name_and_class(session, event.student_id)
        kind, corrected_to = (CORRECTED, event.first_in_at) if event.corrects else (ARRIVED, None)
        for contact in contacts_of(session, event.student_id):
            text = arrival_text(
                contact.locale, name=name, class_name=class_name, first_in_at=event.first_in_at, corrects=event.corrects
            )
            for channel in sorted(channels):
                if not _reaches(session, contact, channel):
                    continue
                queries.queue(
                    session,
                    queries.NewMessage(
                        school_id=event.school_id,
                        guardian_id=contact.guardian_id,
                        student_id=event.student_id,
                        channel=channel,
                        kind=kind,
                        subject=text.subject,
                        body=text.body,
                        dedupe_key=dedupe_key(
                            kind, event.student_id, event.day, contact.guardian_id, channel, corrected_to
                        ),
                        happened_at=event.first_in_at,
                    ),
                    now=now,
                )

    return announce


def _reaches(session: Session, contact: Contact, channel: Channel) -> bool:
    if channel is Channel.EMAIL:
        return contact.email is not None
    return contact.user_id is not None and bool(queries.browsers_of(session, contact.user_id))
