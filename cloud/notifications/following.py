"""What comes of messages later: the next channel where one did not get over in time, and the digest of the day."""

from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.clock import Clock, school_day
from cloud.kit.db import Database
from cloud.notifications import digest_queries, queries
from cloud.notifications.digest_queries import Held
from cloud.notifications.preferences import FALL_BACK_AFTER
from cloud.notifications.queries import NewMessage
from cloud.notifications.rules import dedupe_key
from cloud.notifications.texts import DIGEST, digest_text
from cloud.notifications.transport import Channel
from cloud.people.queries import contacts_of, names_and_classes


def follow_up(database: Database, clock: Clock) -> int:
    """Returns how many messages were moved on."""
    with database.writing() as session:
        late = queries.not_delivered_in_time(session, now=clock())
        for message_id in late:
            queries.try_next(session, message_id, now=clock())
    with database.writing() as session:
        due = digest_queries.due(session, now=clock())
        for guardian_id, student_id in due:
            _compose(session, guardian_id, student_id, clock)
    return len(late) + len(due)


def _compose(session: Session, guardian_id: UUID, student_id: UUID, clock: Clock) -> None:
    """One message about one child, by the channel that the latest of them would have gone by."""
    now = clock()
    held = digest_queries.take(session, guardian_id, student_id, now=now)
    contact = next(
        (one for one in contacts_of(session, [student_id])[student_id] if one.guardian_id == guardian_id), None
    )
    if not held or contact is None:
        return
    latest: Held = held[-1]
    name, class_name = names_and_classes(session, [student_id])[student_id]
    text = digest_text(contact.locale, name, class_name, [(one.happened_at, one.body) for one in held])
    channel = Channel(latest.channel)
    message = NewMessage(
        school_id=latest.school_id,
        guardian_id=guardian_id,
        student_id=student_id,
        channel=channel,
        kind=DIGEST,
        subject=text.subject,
        body=text.body,
        dedupe_key=dedupe_key(DIGEST, student_id, school_day(now), guardian_id, channel, now),
        happened_at=now,
        then=latest.then,
        fall_back_at=now + FALL_BACK_AFTER if latest.then else None,
    )
    queries.queue(session, [message], now=now)
