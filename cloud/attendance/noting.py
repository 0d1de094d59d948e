"""Staff write down leave that a family told them, by telephone or at the door. It is approved as it is written, and
counts from the moment when the family told the school."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.attendance.desk import recompute_days, tell_decision
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.events import LEAVE_NOTED, LeaveNoted
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.queries import Request
from cloud.attendance.leave.rules import check_edge, check_note
from cloud.kit import outbox
from cloud.kit.errors import Conflict, Forbidden, Invalid
from cloud.kit.i18n import marked, phrase
from cloud.people.access import Pupil, children_of, student_for
from cloud.people.history_queries import classes_on
from cloud.people.queries import hold_students
from cloud.school.calendar.day_plans import plan_on


def note_leave(
    session: Session,
    actor: Actor,
    student_id: UUID,
    stretch: Stretch,
    reason: str,
    *,
    told_by: str,
    told_at: datetime,
    now: datetime,
) -> Request:
    """Raises NotFound or Forbidden for a pupil whose leave the actor does not write down, Invalid, or Conflict with a
    request for some of the same time."""
    pupil = student_for(session, actor, student_id, Right.NOTE_LEAVE)
    if any(child.id == pupil.id for child in children_of(session, actor)):
        raise Forbidden(marked("This is your own child: ask for leave as a parent does."))
    check_note(stretch, reason, told_by, told_at, now)
    for day in sorted({stretch.first_day, stretch.last_day}):
        _check_day(session, pupil, stretch, day)
    hold_students(session, [pupil.id])
    _check_alone(session, pupil, stretch)
    request = leave.add_note(
        session,
        school_id=pupil.school_id,
        student_id=pupil.id,
        stretch=stretch,
        reason=reason,
        told_by=told_by,
        told_at=told_at,
        by=actor.user_id,
        now=now,
    )
    facts = {"from": stretch.first_day.isoformat(), "until": stretch.last_day.isoformat()}
    audit.note(session, pupil.school_id, actor.user_id, "leave.noted", pupil.id, facts, now=now)
    outbox.put(session, LEAVE_NOTED, LeaveNoted(request_id=request.id, noted_at=now), now=now)
    tell_decision(session, request, ClaimState.REQUESTED, ClaimState.APPROVED, "", now)
    recompute_days(session, request, actor, now)
    return request


def _check_day(session: Session, pupil: Pupil, stretch: Stretch, day: date) -> None:
    own_class = classes_on(session, pupil.school_id, day, [pupil.id]).get(pupil.id)
    if own_class is None:
        raise Invalid(phrase(marked("The pupil is not with the school on %(day)s."), day=f"{day:%d/%m/%Y}"))
    check_edge(stretch, plan_on(session, pupil.school_id, day, own_class.id))


def _check_alone(session: Session, pupil: Pupil, stretch: Stretch) -> None:
    for one in leave.requests_of(session, pupil.id):
        if not one.claim.stretch.overlaps(stretch):
            continue
        days = dict.fromkeys((one.claim.stretch.first_day, one.claim.stretch.last_day))
        span = " – ".join(f"{day:%d/%m/%Y}" for day in days)
        if one.claim.state is ClaimState.REQUESTED:
            waits = marked("The family has asked for leave for %(span)s already: that request waits for a decision.")
            raise Conflict(phrase(waits, span=span))
        if one.claim.state is ClaimState.APPROVED:
            stands = marked("There is leave for %(span)s already: choose other days, or have it taken back first.")
            raise Conflict(phrase(stands, span=span))
