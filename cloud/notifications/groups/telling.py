"""Families hear of what staff wrote to the class; the homeroom teacher of what waits, or was reported."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from cloud.accounts import queries as accounts
from cloud.kit.clock import Clock, school_day
from cloud.kit.outbox import Handler, each
from cloud.notifications.groups import queries
from cloud.notifications.groups.events import GroupToLookAt, GroupWritten
from cloud.notifications.groups.rules import State
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.telling import Occasion, StaffTelling, Telling, tell, tell_staff
from cloud.notifications.texts import GROUP, GROUP_TO_LOOK_AT, group_text
from cloud.notifications.threads.queries import teachers_of
from cloud.notifications.transport import Channel
from cloud.people.queries import contacts_among, names_and_classes


def on_written(channels: Collection[Channel], clock: Clock) -> Handler:
    @each
    def announce(session: Session, payload: str) -> None:
        message, now = queries.find(session, GroupWritten.model_validate_json(payload).message_id), clock()
        if message is None or message.state != State.SHOWN or not is_news(message.at, now):
            return
        school_id, _ = queries.school_of(session, message.class_id)
        to = queries.children_in(session, message.class_id, school_day(now))
        known = names_and_classes(session, {child_id for _, child_id in to})
        tellings = []
        for child_id, contact in contacts_among(session, to):
            name, class_name = known[child_id]
            occasion = Occasion(
                GROUP, Urgency.ROUTINE, school_id, child_id, school_day(message.at), message.at,
                about=message.id.hex, about_id=message.id, path=f"/children/{child_id}/group",
            )  # fmt: skip
            text = group_text(contact.locale, GROUP, name=name, class_name=class_name)
            tellings.append(Telling(occasion, contact, text))
        tell(session, tellings, channels, now)

    return announce


def on_to_look_at(channels: Collection[Channel], clock: Clock) -> Handler:
    @each
    def announce(session: Session, payload: str) -> None:
        event, now = GroupToLookAt.model_validate_json(payload), clock()
        message = queries.find(session, event.message_id)
        if message is None or message.state not in (State.WAITING, State.SHOWN):
            return
        school_id, class_name = queries.school_of(session, message.class_id)
        occasion = Occasion(
            GROUP_TO_LOOK_AT, Urgency.ROUTINE, school_id, event.child_id, school_day(now), now,
            about=f"{message.id.hex}{event.reported:d}", about_id=message.id, path=f"/classes/{message.class_id}/group",
        )  # fmt: skip
        for teacher in teachers_of(session, event.child_id, school_day(now)):
            if teacher.is_homeroom:
                locale = accounts.user(session, teacher.user_id).locale
                text = group_text(locale, GROUP_TO_LOOK_AT, name="", class_name=class_name)
                tell_staff(session, [StaffTelling(occasion, teacher.user_id, text)], channels, now)

    return announce
