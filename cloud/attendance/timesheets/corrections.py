"""Timesheets for those who may read them; corrections asked for and decided on. Nobody approves their own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.attendance.timesheets import queries
from cloud.attendance.timesheets.queries import Staff, State
from cloud.attendance.timesheets.rules import Month, month_of
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, Invalid, NotFound
from cloud.kit.i18n import marked


@dataclass(frozen=True, slots=True)
class Timesheet:
    staff: Staff
    month: Month


def timesheets(
    session: Session, actor: Actor, school_id: UUID, first: date, *, passage_window: timedelta
) -> list[Timesheet]:
    """A school's month that begins on `first`: everybody's for whoever may see them, else one's own."""
    everybody = school_id in actor.schools_where(Right.SEE_TIMESHEETS)
    staff = [one for one in queries.staff_of(session, [school_id]) if everybody or one.user_id == actor.user_id]
    if not staff:
        raise NotFound("There is no timesheet there that is yours to see.")
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    ids = [one.id for one in staff]
    seen = queries.seen(session, school_id, ids, first, last)
    approved = queries.approved(session, ids, first, last)
    return [
        Timesheet(one, month_of(first, seen.get(one.id, ()), approved.get(one.id, ()), passage_window)) for one in staff
    ]


def ask_for_correction(
    session: Session, actor: Actor, staff_id: UUID, span: tuple[datetime, datetime], reason: str, now: datetime
) -> UUID:
    """For oneself, or by whoever runs the school. Raises NotFound for anybody else's sheet, or Invalid."""
    staff = queries.staff_member(session, staff_id)
    if staff is None or (staff.user_id != actor.user_id and not _keeps(actor, staff)):
        raise NotFound("There is no such member of staff, or not one whose sheet you may correct.")
    came_at, left_at = span
    if left_at <= came_at or school_day(came_at) != school_day(left_at):
        raise Invalid(marked("Came and left are two moments of one day, in that order."))
    if left_at > now:
        raise Invalid(marked("What has not happened yet cannot be corrected."))
    if not reason.strip():
        raise Invalid(marked("A correction needs its reason."))
    return queries.add_correction(session, staff_id, school_day(came_at), span, reason, actor.user_id, now)


def decide(session: Session, actor: Actor, correction_id: UUID, state: State, now: datetime) -> None:
    """Raises NotFound for an outsider, Forbidden for whoever asked or whose sheet it is, Conflict if done before."""
    found = queries.correction(session, correction_id)
    staff = queries.staff_member(session, found[0]) if found else None
    if found is None or staff is None or not _keeps(actor, staff):
        raise NotFound("There is no such correction, or it is not yours to decide.")
    if actor.user_id in (found[1], staff.user_id):
        raise Forbidden(marked("Somebody else has to decide on a correction that you asked for."))
    if state is State.REQUESTED:
        raise Invalid(marked("A correction is approved or rejected."))
    if not queries.settle(session, correction_id, state, actor.user_id, now):
        raise Conflict(marked("It has been decided already: read it again."))


def _keeps(actor: Actor, staff: Staff) -> bool:
    return staff.school_id in actor.schools_where(Right.KEEP_TIMESHEETS)
