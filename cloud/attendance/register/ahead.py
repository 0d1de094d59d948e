"""What has not begun is ahead. Leave that was approved for it is kept in the register at once, since meals are planned
by it; whoever reads it is told of leave to come, and no absence is counted before the half-day has begun."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.register.facts import Permission, Presence, Reason, Rule, Status
from cloud.people.history_queries import classes_on
from cloud.school.calendar.day_plans import plans_on
from cloud.school.calendar.facts import HalfDay, PlannedHalf
from cloud.school.calendar.queries import class_ref

OF_SEEING = frozenset({Rule.NOT_SEEN, Rule.NOT_DUE_YET})
"""Nobody can have been missed at what has not begun."""


def halves_on(
    session: Session, school_id: UUID, day: date, student_ids: Collection[UUID]
) -> dict[UUID, tuple[PlannedHalf, ...]]:
    """The half-days that are taught to these pupils, in order."""
    classes = classes_on(session, school_id, day, student_ids)
    plans = plans_on(session, school_id, day, set(classes.values()))
    return {student_id: plans[own.id].half_days for student_id, own in classes.items()}


def halves_ahead(
    session: Session, school_id: UUID, day: date, class_ids: Collection[UUID], now: datetime
) -> frozenset[tuple[UUID, HalfDay]]:
    """Those of these classes that have not begun."""
    plans = plans_on(session, school_id, day, [class_ref(session, one) for one in class_ids])
    return frozenset(
        (class_id, one.half) for class_id, plan in plans.items() for one in plan.half_days if one.starts_at > now
    )


def unseen_of(status: Status) -> Status:
    """An absence that is ahead, without what the units could not have seen yet."""
    return replace(status, reasons=tuple(one for one in status.reasons if one.rule not in OF_SEEING) or status.reasons)


def is_leave(status: Status) -> bool:
    """Absent because somebody let the pupil be, not because somebody looked."""
    return status.presence is Presence.ABSENT and status.permission is Permission.PERMITTED and not status.by_person


def period_on_leave(period: Status, whole: Status) -> Status:
    """A period of which nothing is known yet, of a half-day with leave, reads as its half-day does."""
    if period.presence is not Presence.NOT_YET or not is_leave(whole):
        return period
    return replace(period, presence=whole.presence, permission=whole.permission, reasons=_of_leave(whole))


def _of_leave(whole: Status) -> tuple[Reason, ...]:
    return tuple(one for one in whole.reasons if one.rule is Rule.LEAVE_APPROVED) or whole.reasons


def begins(halves: Collection[PlannedHalf]) -> Mapping[HalfDay, datetime]:
    return {one.half: one.starts_at for one in halves}
