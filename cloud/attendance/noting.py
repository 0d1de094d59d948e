"""Staff write down leave that a family told them, by telephone or at the door. It is approved as it is written, and
counts from the moment when the family told the school."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.attendance.asking import check_day, standing_over
from cloud.attendance.desk import recompute_days, tell_decision
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.events import LEAVE_NOTED, LeaveNoted
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.queries import Request
from cloud.attendance.leave.rules import check_note
from cloud.kit import outbox
from cloud.kit.errors import Conflict, Forbidden
from cloud.kit.i18n import marked, phrase
from cloud.people.access import children_of, student_for

ABSENT = marked("The pupil is not with the school on %(day)s.")
TAKEN: dict[ClaimState, str] = {
    ClaimState.REQUESTED: marked(
        "The family has asked for leave for %(span)s already: that request waits for a decision."
    ),
    ClaimState.APPROVED: marked("There is leave for %(span)s already: choose other days, or have it taken back first."),
}


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
        check_day(session, pupil, stretch, day, ABSENT)
    if found := standing_over(session, pupil, stretch):
        state, span = found
        taken = TAKEN[state]
        raise Conflict(phrase(taken, span=span))
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
