"""Timesheets for those who may read them; corrections asked for and decided on. Nobody approves their own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.attendance.timesheets import queries
from cloud.attendance.timesheets.events import CORRECTION_ASKED, CORRECTION_DECIDED, CorrectionAsked, CorrectionDecided
from cloud.attendance.timesheets.queries import Asked, Staff, State
from cloud.attendance.timesheets.rules import Month, WorkDay, day_of, month_of
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, Invalid, NotFound
from cloud.kit.i18n import marked
from cloud.school.calendar.months import month_span


@dataclass(frozen=True, slots=True)
class Timesheet:
    staff: Staff
    month: Month


def timesheets(
    session: Session, actor: Actor, school_id: UUID, first: date, *, passage_window: timedelta
) -> list[Timesheet]:
    """A school's month that begins on `first`: of all who worked there then for whoever may see them, else one's own.

    Raises NotFound for whoever may see nobody's and has none of their own."""
    everybody = school_id in actor.schools_where(Right.SEE_TIMESHEETS)
    if not everybody and queries.own_id(session, school_id, actor.user_id) is None:
        raise NotFound("There is no timesheet there that is yours to see.")
    staff = queries.staff_of(session, school_id, first, month_span(first).last)
    own = [one for one in staff if everybody or one.user_id == actor.user_id]
    return _sheets(session, school_id, own, first, passage_window)


def timesheet_of(
    session: Session, actor: Actor, school_id: UUID, staff_id: UUID, first: date, *, passage_window: timedelta
) -> Timesheet:
    """One person's month. Raises NotFound alike for one who is not there and for one who is not the actor's to see."""
    staff = queries.staff_member(session, staff_id)
    everybody = school_id in actor.schools_where(Right.SEE_TIMESHEETS)
    if staff is None or staff.school_id != school_id or not (everybody or staff.user_id == actor.user_id):
        raise NotFound("There is no timesheet there that is yours to see.")
    return _sheets(session, school_id, [staff], first, passage_window)[0]


def _sheets(
    session: Session, school_id: UUID, staff: list[Staff], first: date, passage_window: timedelta
) -> list[Timesheet]:
    last = month_span(first).last
    ids = [one.id for one in staff]
    seen = queries.seen(session, school_id, ids, first, last)
    approved = queries.approved(session, ids, first, last)
    return [
        Timesheet(one, month_of(first, seen.get(one.id, ()), approved.get(one.id, ()), passage_window, one.joined_on))
        for one in staff
    ]


def days_in_question(
    session: Session, school_id: UUID, waiting: Collection[Asked], passage_window: timedelta
) -> dict[UUID, WorkDay]:
    """By correction: how units saw the day that it is about, for whoever has to judge it."""
    if not waiting:
        return {}
    days = [one.day for one in waiting]
    seen = queries.seen(session, school_id, {one.staff.id for one in waiting}, min(days), max(days))
    found = {}
    for one in waiting:
        moments = sorted(moment for moment in seen.get(one.staff.id, ()) if school_day(moment) == one.day)
        found[one.id] = day_of(one.day, moments, None, passage_window)
    return found


def ask_for_correction(
    session: Session, actor: Actor, staff_id: UUID, span: tuple[datetime, datetime], reason: str, now: datetime
) -> UUID:
    """For oneself, or by whoever keeps the school's sheets. Raises NotFound for anybody else's, or Invalid."""
    staff = queries.staff_member(session, staff_id)
    if staff is None or (staff.user_id != actor.user_id and not _keeps(actor, staff)):
        raise NotFound("There is no such member of staff, or not one whose sheet you may correct.")
    came_at, left_at = span
    day = school_day(came_at)
    if left_at <= came_at or day != school_day(left_at):
        raise Invalid(marked("Came and left are two moments of one day, in that order."))
    if left_at > now:
        raise Invalid(marked("What has not happened yet cannot be corrected."))
    if staff.left_on is not None and day >= staff.left_on:
        raise Invalid(marked("They had left the school by then."))
    if not reason.strip():
        raise Invalid(marked("A correction needs its reason."))
    correction_id = queries.add_correction(session, staff_id, day, span, reason, actor.user_id, now)
    outbox.put(session, CORRECTION_ASKED, CorrectionAsked(correction_id=correction_id), now=now)
    return correction_id


def decide(session: Session, actor: Actor, correction_id: UUID, state: State, note: str, now: datetime) -> Asked:
    """Raises NotFound for an outsider, Forbidden for whoever asked or whose sheet it is, Conflict if done before, and
    Invalid for a rejection that does not say why."""
    found = queries.asked(session, correction_id)
    if found is None or not _keeps(actor, found.staff):
        raise NotFound("There is no such correction, or it is not yours to decide.")
    if not may_decide(actor, found):
        raise Forbidden(marked("Somebody else has to decide on a correction that you asked for."))
    if state is State.REQUESTED:
        raise Invalid(marked("A correction is approved or rejected."))
    if state is State.REJECTED and not note.strip():
        raise Invalid(marked("Whoever asked reads why: write the reason beside it."))
    if not queries.settle(session, correction_id, state, note, actor.user_id, now):
        raise Conflict(marked("It has been decided already: read it again."))
    outbox.put(session, CORRECTION_DECIDED, CorrectionDecided(correction_id=correction_id), now=now)
    return found


def may_decide(actor: Actor, asked: Asked) -> bool:
    """By somebody else than who asked and whose sheet it is."""
    return _keeps(actor, asked.staff) and actor.user_id not in (asked.asked_by, asked.staff.user_id)


def _keeps(actor: Actor, staff: Staff) -> bool:
    return staff.school_id in actor.schools_where(Right.KEEP_TIMESHEETS)
