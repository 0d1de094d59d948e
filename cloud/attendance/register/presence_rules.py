"""Whether a pupil was there for a half-day or a period, how late, and whether they left early. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cloud.attendance.register.facts import Fact, FactKind, Policy, Presence, Reason, Rule, Status
from cloud.attendance.register.passages import Stay
from cloud.school.calendar.facts import PlannedHalf, PlannedPeriod


def presence_in(planned: PlannedHalf | PlannedPeriod, stays: Sequence[Stay], policy: Policy) -> Status | None:
    """None when nothing says that the pupil was there. `stays` in order of time."""
    there = [stay for stay in stays if stay.touches(planned.starts_at, planned.ends_at)]
    if not there:
        return None
    arrival, late_minutes = _arrival(there[0], planned, policy)
    left = departure(until, planned, policy) if (until := there[-1].until) else None
    reasons, early_minutes = ((arrival, left), left.minutes or 0) if left else ((arrival,), 0)
    return Status(Presence.PRESENT, reasons, late_minutes=late_minutes, left_early_minutes=early_minutes)


def not_seen(planned: PlannedHalf | PlannedPeriod, policy: Policy, now: datetime) -> Status:
    """Not yet, or absent: only after the bell and some minutes more."""
    begins = (bell(planned.starts_at),)
    due_at = planned.starts_at + timedelta(minutes=policy.absent_after_minutes)
    if now < due_at:
        return Status(Presence.NOT_YET, (Reason(Rule.NOT_DUE_YET, begins, policy.absent_after_minutes),))
    return Status(Presence.ABSENT, (Reason(Rule.NOT_SEEN, begins),))


def _arrival(stay: Stay, planned: PlannedHalf | PlannedPeriod, policy: Policy) -> tuple[Reason, int]:
    rang = bell(planned.starts_at)
    if stay.since is None:
        assert stay.until is not None
        handed_over = stay.until.kind is FactKind.RELEASE
        return Reason(Rule.HANDED_OVER_ONLY if handed_over else Rule.SEEN_LEAVING_ONLY, (stay.until,)), 0
    minutes = whole_minutes(stay.since.moment - planned.starts_at)
    if stay.since.kind is FactKind.MARK and stay.since.moment < planned.starts_at:
        return Reason(Rule.WAS_THERE_BEFORE, (stay.since,)), 0
    if stay.since.moment <= planned.starts_at:
        return Reason(Rule.CAME_IN_TIME, (stay.since, rang)), 0
    if minutes <= policy.grace_minutes:
        return Reason(Rule.CAME_WITHIN_GRACE, (stay.since, rang), policy.grace_minutes), 0
    return Reason(Rule.CAME_LATE, (stay.since, rang), minutes), minutes


def departure(until: Fact, planned: PlannedHalf | PlannedPeriod, policy: Policy) -> Reason | None:
    """None for whoever left with the bell, or nearly so."""
    minutes = whole_minutes(planned.ends_at - until.moment)
    if minutes <= policy.leaving_grace_minutes:
        return None
    rule = Rule.HANDED_OVER_EARLY if until.kind is FactKind.RELEASE else Rule.LEFT_EARLY
    return Reason(rule, (until, bell(planned.ends_at)), minutes)


def whole_minutes(time: timedelta) -> int:
    return time // timedelta(minutes=1)


def bell(at: datetime) -> Fact:
    """A moment that the bells make."""
    return Fact(FactKind.BELL, at.strftime("%H:%M"), at)
