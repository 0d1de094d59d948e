"""From what attendance says of a pupil to the messages that it is worth: one for each guardian and channel."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cloud.attendance import events as attendance
from cloud.attendance.events import Arrived
from cloud.attendance.register import events as register
from cloud.attendance.register.events import AbsenceCorrected, AbsentWithoutNotice
from cloud.attendance.register.facts import Presence
from cloud.kit.clock import Clock
from cloud.kit.outbox import Handler
from cloud.notifications import occasions
from cloud.notifications.groups import events as groups
from cloud.notifications.groups.telling import on_to_look_at
from cloud.notifications.groups.telling import on_written as on_group_written
from cloud.notifications.notices import events as notices
from cloud.notifications.notices.sending import on_sent
from cloud.notifications.occasions import Read, TextFor
from cloud.notifications.posts import events as posts
from cloud.notifications.posts.telling import on_came_out, on_to_tell
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.staff import handlers as staff
from cloud.notifications.telling import Occasion, Telling, tell
from cloud.notifications.texts import (
    ABSENT,
    ARRIVED,
    CORRECTED,
    EXCUSED_AFTER_ALL,
    OFF_AFTER_ALL,
    PRESENT_AFTER_ALL,
    Text,
    absence_text,
    arrival_text,
    off_text,
)
from cloud.notifications.threads import events as threads
from cloud.notifications.threads.telling import on_written as on_thread_written
from cloud.notifications.transport import Channel
from cloud.people.queries import contacts_of, names_and_classes


def handlers(channels: Collection[Channel], clock: Clock) -> Mapping[str, Handler]:
    """By topic. `channels` are those that this installation can send by."""

    def handler(read: Read) -> Handler:
        return lambda session, payloads: _announce(session, [read(one) for one in payloads], channels, clock())

    return {
        notices.NOTICE_SENT: on_sent(channels, clock),
        threads.THREAD_WRITTEN: on_thread_written(channels, clock),
        posts.POST_CAME_OUT: on_came_out(clock),
        posts.POST_TO_TELL: on_to_tell(channels, clock),
        groups.GROUP_WRITTEN: on_group_written(channels, clock),
        groups.GROUP_TO_LOOK_AT: on_to_look_at(channels, clock),
        attendance.ARRIVED: handler(_arrival),
        register.ABSENT_WITHOUT_NOTICE: handler(_absence),
        register.ABSENCE_CORRECTED: handler(_absence_corrected),
        **staff.handlers(channels, clock),
        **{topic: handler(read) for topic, read in occasions.readers().items()},
    }


def _arrival(payload: str) -> tuple[Occasion, TextFor]:
    event = Arrived.model_validate_json(payload)

    def text_for(locale: str | None, name: str, class_name: str) -> Text:
        return arrival_text(
            locale, name=name, class_name=class_name, first_in_at=event.first_in_at, corrects=event.corrects
        )

    kind, corrected_to = (CORRECTED, event.first_in_at) if event.corrects else (ARRIVED, None)
    ids = event.school_id, event.student_id, event.day
    return Occasion(kind, Urgency.ROUTINE, *ids, event.first_in_at, corrected_to), text_for


def _absence(payload: str) -> tuple[Occasion, TextFor]:
    event = AbsentWithoutNotice.model_validate_json(payload)

    def text_for(locale: str | None, name: str, class_name: str) -> Text:
        return absence_text(locale, ABSENT, name=name, class_name=class_name, at=event.noticed_at, day=event.day)

    ids = event.school_id, event.student_id, event.day
    # Whoever came after all and is missing again is told of again; the same event twice is the same occasion.
    about = f"{event.half}{event.noticed_at:%H%M%S}"
    # Where a family that forgot to ask for leave does so.
    path = f"/children/{event.student_id}/leave"
    return Occasion(ABSENT, Urgency.URGENT, *ids, event.noticed_at, about=about, path=path), text_for


def _absence_corrected(payload: str) -> tuple[Occasion, TextFor]:
    event = AbsenceCorrected.model_validate_json(payload)
    kinds: dict[Presence | None, str] = {Presence.ABSENT: EXCUSED_AFTER_ALL, None: OFF_AFTER_ALL}
    kind = kinds.get(event.presence, PRESENT_AFTER_ALL)

    def text_for(locale: str | None, name: str, class_name: str) -> Text:
        if kind == OFF_AFTER_ALL:
            return off_text(locale, name=name, class_name=class_name, half=event.half, day=event.day)
        return absence_text(locale, kind, name=name, class_name=class_name, at=event.corrected_at, day=event.day)

    urgency = Urgency.ROUTINE if kind == EXCUSED_AFTER_ALL else Urgency.URGENT
    ids = event.school_id, event.student_id, event.day
    return Occasion(kind, urgency, *ids, event.corrected_at, event.corrected_at), text_for


def _announce(
    session: Session, heard: Sequence[tuple[Occasion, TextFor]], channels: Collection[Channel], now: datetime
) -> None:
    """All that a claim holds of a topic at once: at seven o'clock each query of its own would be a second's wait."""
    news = [(occasion, text_for) for occasion, text_for in heard if is_news(occasion.happened_at, now)]
    pupils = {occasion.student_id for occasion, _ in news if occasion.student_id}
    known, contacts = names_and_classes(session, pupils), contacts_of(session, pupils)
    tellings = [
        Telling(occasion, contact, text_for(contact.locale, *known[occasion.student_id]))
        for occasion, text_for in news
        if occasion.student_id and occasion.student_id in known
        for contact in contacts[occasion.student_id]
    ]
    tell(session, tellings, channels, now)
