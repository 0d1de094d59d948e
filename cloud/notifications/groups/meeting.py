"""Who sits in a class's group, and what they do there. Asked anew each time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.kit import outbox
from cloud.kit.errors import CloudError, Conflict, NotFound
from cloud.kit.i18n import marked
from cloud.notifications.groups import queries
from cloud.notifications.groups.events import GROUP_TO_LOOK_AT, GROUP_WRITTEN, GroupToLookAt, GroupWritten
from cloud.notifications.groups.rules import Mode, State, check_step, checked, checked_days, checked_reason
from cloud.notifications.groups.tables import GroupMessage
from cloud.people.access import Pupil, child_of, class_for

OFF = marked("This class has no group. Its homeroom teacher can switch one on.")


@dataclass(frozen=True, slots=True)
class Seat:
    """An actor's place in the group of a class."""

    class_id: UUID
    class_name: str
    school_id: UUID
    user_id: UUID
    child: Pupil | None
    """For whose sake a guardian sits there; None for staff."""
    moderates: bool
    mode: Mode


def family_seat(session: Session, actor: Actor, student_id: UUID) -> Seat:
    """Raises NotFound, also for a child who has left."""
    child = child_of(session, actor, student_id)
    found = queries.class_of(session, child.id, actor.today)
    if found is None:
        raise NotFound("No such group, or not one of yours.")
    school_id, class_id, name = found
    return Seat(class_id, name, school_id, actor.user_id, child, False, queries.mode_of(session, class_id))


def staff_seat(session: Session, actor: Actor, class_id: UUID, right: Right = Right.WRITE_MESSAGES) -> Seat:
    """Raises NotFound or Forbidden."""
    own = class_for(session, actor, class_id, right)
    try:
        moderates = class_for(session, actor, class_id, Right.MODERATE_GROUPS) is not None
    except CloudError:
        moderates = False
    mode = queries.mode_of(session, class_id)
    return Seat(own.id, own.name, own.school_id, actor.user_id, None, moderates, mode)


def write(session: Session, seat: Seat, body: str, now: datetime) -> None:
    """Raises Invalid, or Conflict where the group is off or the writer muted."""
    if seat.mode is Mode.OFF:
        raise Conflict(OFF)
    if any(one.user_id == seat.user_id for one in queries.muted(session, seat.class_id, now)):
        raise Conflict(marked("You cannot write here for some days; the reason stands above."))
    by_staff = seat.child is None
    state = State.SHOWN if by_staff or seat.mode is Mode.OPEN else State.WAITING
    message = queries.add(session, seat.class_id, seat.user_id, checked(body), state, by_staff=by_staff, now=now)
    if by_staff:
        outbox.put(session, GROUP_WRITTEN, GroupWritten(message_id=message.id), now=now)
    elif state is State.WAITING:
        _ask_to_look(session, seat, message, reported=False, now=now)


def report(session: Session, seat: Seat, message_id: UUID, reason: str, now: datetime) -> None:
    """Once by each reader. Raises Invalid or NotFound."""
    message = _readable(session, seat, message_id)
    if queries.report(session, message.id, seat.user_id, checked_reason(reason), now=now):
        _ask_to_look(session, seat, message, reported=True, now=now)


def take_back(session: Session, seat: Seat, message_id: UUID, now: datetime) -> None:
    """Raises NotFound, or Conflict for another's."""
    message = _readable(session, seat, message_id)
    if message.author_id != seat.user_id:
        raise Conflict(marked("Only who has written a message can take it back."))
    queries.empty(session, message.id, now=now)


def switch(session: Session, seat: Seat, mode: Mode, now: datetime) -> None:
    """`seat` moderates, as for all that follows."""
    queries.set_mode(session, seat.class_id, mode, now=now)
    _note(session, seat, "group.switched", seat.class_id, {"mode": mode}, now)


def decide(session: Session, seat: Seat, message_id: UUID, state: State, reason: str, now: datetime) -> None:
    """Let in, or hide with a reason. Raises NotFound, Invalid or Conflict."""
    message = _message(session, seat, message_id)
    check_step(State(message.state), state)
    reason = checked_reason(reason) if state is State.HIDDEN else ""
    queries.decide(session, message.id, state, seat.user_id, reason, now=now)
    _note(session, seat, f"group.{state}", message.id, {}, now)


def mute(session: Session, seat: Seat, message_id: UUID, days: int, reason: str, now: datetime) -> None:
    """The author of a message. Raises NotFound, Invalid, or Conflict for staff."""
    message = _message(session, seat, message_id)
    until = now + checked_days(days)
    if message.by_staff:
        raise Conflict(marked("Staff are not muted here: please talk to them."))
    queries.mute(session, seat.class_id, message.author_id, until, checked_reason(reason), seat.user_id)
    _note(session, seat, "group.muted", message.author_id, {"days": str(days)}, now)


def end_mute(session: Session, seat: Seat, user_id: UUID, now: datetime) -> None:
    queries.end_mute(session, seat.class_id, user_id)
    _note(session, seat, "group.unmuted", user_id, {}, now)


def _note(session: Session, seat: Seat, action: str, subject: UUID, details: dict[str, str], now: datetime) -> None:
    audit.note(session, seat.school_id, seat.user_id, action, subject, details, now=now)


def _message(session: Session, seat: Seat, message_id: UUID) -> GroupMessage:
    message = queries.message(session, seat.class_id, message_id)
    if message is None:
        raise NotFound("No such message, or not one of this group.")
    return message


def _readable(session: Session, seat: Seat, message_id: UUID) -> GroupMessage:
    """One that the reader is shown."""
    message = _message(session, seat, message_id)
    if message.author_id != seat.user_id and (seat.mode is Mode.OFF or message.state != State.SHOWN):
        raise NotFound("No such message, or not one of this group.")
    return message


def _ask_to_look(session: Session, seat: Seat, message: GroupMessage, *, reported: bool, now: datetime) -> None:
    if seat.child is not None:
        event = GroupToLookAt(message_id=message.id, child_id=seat.child.id, reported=reported)
        outbox.put(session, GROUP_TO_LOOK_AT, event, now=now)
