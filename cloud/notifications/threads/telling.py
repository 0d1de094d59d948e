"""The other side hears that something was written about the child; what it is, they read in the thread."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from cloud.accounts import queries as accounts
from cloud.kit.clock import Clock, school_day
from cloud.kit.outbox import Handler, each
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.telling import Occasion, StaffTelling, Telling, tell, tell_staff
from cloud.notifications.texts import THREAD, THREAD_TO_TEACHER, thread_text
from cloud.notifications.threads import queries
from cloud.notifications.threads.events import ThreadWritten
from cloud.notifications.threads.rules import Side
from cloud.notifications.threads.talking import may_write_to
from cloud.notifications.transport import Channel
from cloud.people.queries import contacts_of, names_and_classes


def on_written(channels: Collection[Channel], clock: Clock) -> Handler:
    @each
    def announce(session: Session, payload: str) -> None:
        message, now = queries.message(session, ThreadWritten.model_validate_json(payload).message_id), clock()
        thread = queries.thread(session, message.thread_id) if message else None
        if message is None or thread is None or message.taken_back_at is not None or not is_news(message.at, now):
            return
        name, class_name = names_and_classes(session, [thread.student_id])[thread.student_id]
        to_family = message.side == Side.TEACHER
        occasion = Occasion(
            THREAD if to_family else THREAD_TO_TEACHER, Urgency.ROUTINE, thread.school_id, thread.student_id,
            school_day(message.at), message.at, about=message.id.hex, about_id=thread.id, path=f"/talks/{thread.id}",
        )  # fmt: skip
        if to_family:
            writer = queries.name_of(session, thread.teacher_id, thread.school_id)
            tellings = [
                Telling(
                    occasion,
                    contact,
                    thread_text(contact.locale, THREAD, name=name, class_name=class_name, writer=writer),
                )
                for contact in contacts_of(session, [thread.student_id])[thread.student_id]
            ]
            tell(session, tellings, channels, now)
        elif may_write_to(session, thread.teacher_id, thread.student_id, now):
            locale = accounts.user(session, thread.teacher_id).locale
            text = thread_text(locale, THREAD_TO_TEACHER, name=name, class_name=class_name, writer="")
            tell_staff(session, [StaffTelling(occasion, thread.teacher_id, text)], channels, now)

    return announce
