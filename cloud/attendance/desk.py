"""What people do to attendance: ask for leave, decide on it, overrule a status. Each changes the register at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.attendance.asking import check_alone, check_days
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.events import LEAVE_ASKED, LEAVE_DECIDED, LeaveAsked, LeaveDecided
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.queries import Request
from cloud.attendance.leave.rules import Side, check_request, step
from cloud.attendance.meals import counting as meals
from cloud.attendance.register import keeping
from cloud.attendance.register import queries as register
from cloud.attendance.register.facts import Mark, Permission, Presence
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.people.access import child_of, children_of, student_for, students_for
from cloud.school.calendar.facts import HalfDay


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says of one pupil's half-day, or of one of its periods."""

    student_id: UUID
    presence: Presence | None
    late_minutes: int = 0
    left_early_minutes: int = 0
    permission: Permission | None = None


def ask_for_leave(
    session: Session, actor: Actor, student_id: UUID, stretch: Stretch, reason: str, now: datetime
) -> Request:
    """A guardian's request. Raises NotFound for a pupil who is not the actor's child, Refused with what is wrong beside
    its field."""
    child = child_of(session, actor, student_id)
    check_request(stretch, reason, school_day(now))
    check_days(session, child, stretch)
    check_alone(session, child, stretch)
    request = leave.add(
        session,
        school_id=child.school_id,
        student_id=child.id,
        stretch=stretch,
        reason=reason,
        by=actor.user_id,
        now=now,
    )
    outbox.put(session, LEAVE_ASKED, LeaveAsked(request_id=request.id), now=now)
    recompute_days(session, request, actor, now)
    return request


def decide_on_leave(
    session: Session, actor: Actor, request_id: UUID, after: ClaimState, *, note: str = "", now: datetime
) -> Request:
    """Approve, reject or withdraw. Raises NotFound for whoever may not see it, Forbidden, Invalid or Conflict.

    A late approval turns K into P and leaves the presence, and so the count, as it was.
    """
    request = leave.request(session, request_id)
    side = _side(session, actor, request)
    step(request.claim.state, after, side, is_note=request.is_note, note=note)
    if not leave.take_step(session, request, after, by=actor.user_id, note=note, now=now):
        raise Conflict(marked("Somebody else has just decided on this request: read it again."))
    if side is Side.STAFF:
        tell_decision(session, request, request.claim.state, after, note, now)
    recompute_days(session, request, actor, now)
    return leave.request(session, request_id)


def overrule(
    session: Session,
    actor: Actor,
    day: date,
    half: HalfDay,
    words: Sequence[Word],
    *,
    reason: str,
    period: int | None = None,
    now: datetime,
) -> None:
    """A person's word on one pupil or on a whole class, kept with its reason. Raises NotFound, Forbidden or Invalid."""
    if not reason.strip():
        raise Invalid(marked("A correction needs its reason."))
    if day > school_day(now):
        raise Invalid(marked("What has not happened yet cannot be corrected."))
    by_school: dict[UUID, list[UUID]] = {}
    pupils = students_for(session, actor, [word.student_id for word in words], Right.KEEP_ATTENDANCE)
    for word, pupil in zip(words, pupils, strict=True):
        _check(word)
        mark = Mark(
            id=new_id(),
            half=half,
            at=now,
            presence=word.presence,
            period=period,
            late_minutes=word.late_minutes,
            left_early_minutes=word.left_early_minutes,
            permission=word.permission,
        )
        register.add_mark(
            session, school_id=pupil.school_id, student_id=pupil.id, day=day, mark=mark, reason=reason, by=actor.user_id
        )
        by_school.setdefault(pupil.school_id, []).append(pupil.id)
    for school_id, student_ids in by_school.items():
        keeping.recompute(session, school_id, day, student_ids, now=now, by=actor.user_id)
        meals.settle(session, school_id, day, now)


def _check(word: Word) -> None:
    if word.presence not in (None, Presence.PRESENT, Presence.ABSENT):
        raise Invalid(marked("A person says present or absent, or leaves it to the rules."))
    if word.late_minutes < 0 or word.left_early_minutes < 0:
        raise Invalid(marked("Minutes are counted from 0."))
    if word.presence is not Presence.PRESENT and (word.late_minutes or word.left_early_minutes):
        raise Invalid(marked("Only somebody who was present was late or left early."))


def _side(session: Session, actor: Actor, request: Request) -> Side:
    """In which capacity the actor meets a pupil; a teacher whose own child it is decides as staff elsewhere."""
    if any(child.id == request.student_id for child in children_of(session, actor)):
        return Side.GUARDIAN
    student_for(session, actor, request.student_id, right_over(request))
    return Side.STAFF


def right_over(request: Request) -> Right:
    """What staff need to change it: whoever may write leave down takes a note back, also somebody else's."""
    return Right.NOTE_LEAVE if request.is_note else Right.DECIDE_LEAVE


def tell_decision(
    session: Session, request: Request, before: ClaimState, after: ClaimState, note: str, now: datetime
) -> None:
    """The family hears of it."""
    event = LeaveDecided(
        school_id=request.school_id,
        student_id=request.student_id,
        request_id=request.id,
        first_day=request.claim.stretch.first_day,
        last_day=request.claim.stretch.last_day,
        before=before,
        after=after,
        is_note=request.is_note,
        note=note.strip(),
        decided_at=now,
    )
    outbox.put(session, LEAVE_DECIDED, event, now=now)


def recompute_days(session: Session, request: Request, actor: Actor, now: datetime) -> None:
    """The days of a request that are in the register already."""
    for day in _days(request.claim.stretch, until=school_day(now)):
        keeping.recompute(session, request.school_id, day, [request.student_id], now=now, by=actor.user_id)
        meals.settle(session, request.school_id, day, now)


def _days(stretch: Stretch, *, until: date) -> Iterator[date]:
    day = stretch.first_day
    while day <= min(stretch.last_day, until):
        yield day
        day += timedelta(days=1)
