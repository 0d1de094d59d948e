"""Who takes part in a thread, and what they do in it. Asked anew each time: whoever has lost the child has lost it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.accounts import queries as accounts
from cloud.accounts.access import Actor, Right
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import CloudError, Conflict, NotFound
from cloud.kit.i18n import marked
from cloud.notifications.threads import files, queries
from cloud.notifications.threads.events import THREAD_WRITTEN, ThreadWritten
from cloud.notifications.threads.queries import Teacher
from cloud.notifications.threads.rules import Side, check_taking_back, checked
from cloud.notifications.threads.tables import Thread, ThreadMessage
from cloud.people.access import Pupil, child_of, children_of, student_for

NOT_YOURS = "No such thread, or not one of yours."


@dataclass(frozen=True, slots=True)
class Part:
    """An actor's part in a thread."""

    thread: Thread
    child: Pupil
    side: Side
    open: bool
    """The teacher still teaches the child, so that both may write."""


def part_in(session: Session, actor: Actor, thread_id: UUID, now: datetime) -> Part:
    """Raises NotFound alike for a thread that is not there and for one that is not the actor's."""
    thread = queries.thread(session, thread_id)
    if thread is None:
        raise NotFound(NOT_YOURS)
    if thread.teacher_id == actor.user_id:
        return Part(thread, _pupil(session, actor, thread.student_id), Side.TEACHER, open=True)
    child = next((one for one in children_of(session, actor) if one.id == thread.student_id), None)
    if child is None:
        raise NotFound(NOT_YOURS)
    return Part(thread, child, Side.FAMILY, may_write_to(session, thread.teacher_id, thread.student_id, now))


def teachers_for(session: Session, actor: Actor, child: Pupil, now: datetime) -> list[Teacher]:
    """To whom a guardian may write about `child`, who came from `child_of`."""
    return [
        one
        for one in queries.teachers_of(session, child.id, school_day(now))
        if one.user_id != actor.user_id and may_write_to(session, one.user_id, child.id, now)
    ]


def may_write_to(session: Session, teacher_id: UUID, student_id: UUID, now: datetime) -> bool:
    """Whether this user still holds the right to write to the pupil's family."""
    user = accounts.user(session, teacher_id)
    if user.disabled_at is not None:
        return False
    try:
        student_for(session, accounts.actor_of(session, user, now), student_id, Right.WRITE_MESSAGES)
    except CloudError:
        return False
    return True


def begin_as_guardian(session: Session, actor: Actor, student_id: UUID, teacher_id: UUID, now: datetime) -> Part:
    """Raises NotFound for a pupil who is not the actor's child and for a teacher who is not the child's."""
    child = child_of(session, actor, student_id)
    if all(one.user_id != teacher_id for one in teachers_for(session, actor, child, now)):
        raise NotFound("No such teacher, or not one of your child's.")
    thread = queries.thread_between(session, child.school_id, child.id, teacher_id, now=now)
    return Part(thread, child, Side.FAMILY, open=True)


def begin_as_teacher(session: Session, actor: Actor, student_id: UUID, now: datetime) -> Part:
    """Raises NotFound for a pupil to whose family the actor may not write; Conflict for the actor's own child."""
    pupil = _pupil(session, actor, student_id)
    if any(one.id == pupil.id for one in children_of(session, actor)):
        raise Conflict(marked("This is your own child."))
    return Part(
        queries.thread_between(session, pupil.school_id, pupil.id, actor.user_id, now=now), pupil, Side.TEACHER, True
    )


def write(
    session: Session, actor: Actor, part: Part, body: str, file: bytes, secret: SecretStr | None, now: datetime
) -> ThreadMessage:
    """Raises Invalid, TooMany, TooLarge, Unavailable, or Conflict where the teacher has the child no more."""
    if not part.open:
        raise Conflict(marked("This teacher no longer teaches your child: please write to another one."))
    this_hour = queries.written_since(session, part.thread.id, actor.user_id, now - timedelta(hours=1))
    body = checked(body, has_file=bool(file), written_this_hour=this_hour)
    kept = files.checked(file) if file else None
    message = queries.add(session, part.thread.id, actor.user_id, part.side, body, now=now)
    if kept is not None:
        files.keep(session, secret, message.id, kept)
    outbox.put(session, THREAD_WRITTEN, ThreadWritten(message_id=message.id), now=now)
    return message


def take_back(session: Session, actor: Actor, part: Part, message_id: UUID, now: datetime) -> None:
    """Raises NotFound or Conflict."""
    message = message_in(session, part, message_id)
    read = any(one.read_at >= message.at for one in queries.readers(session, part.thread, Side(message.side).other))
    check_taking_back(own=message.author_id == actor.user_id, read=read)
    queries.take_back(session, message.id, now=now)


def message_in(session: Session, part: Part, message_id: UUID) -> ThreadMessage:
    """Raises NotFound for one of another thread."""
    message = queries.message(session, message_id)
    if message is None or message.thread_id != part.thread.id:
        raise NotFound("No such message, or not one of this thread.")
    return message


def _pupil(session: Session, actor: Actor, student_id: UUID) -> Pupil:
    try:
        return student_for(session, actor, student_id, Right.WRITE_MESSAGES)
    except CloudError as error:
        raise NotFound(NOT_YOURS) from error
