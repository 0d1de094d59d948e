"""When which figures are due. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from cloud.kit.clock import SCHOOL_TIME
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import HalfDay, Plan

DEFAULT_AT = time(7, 30)
EARLIEST, LATEST = time(6), time(12)
SPAN = timedelta(minutes=15)
"""At least so long after the first bell: before that nobody is called absent."""
WAITS = timedelta(minutes=30)
"""A school's figures wait so long at most for classes that begin later than its first ones."""


@dataclass(frozen=True, slots=True)
class Due:
    """A class's figures of the first half-day that it has on that day."""

    class_id: UUID
    half: HalfDay
    at: datetime
    until: datetime
    """Later they are no news: the half-day is over."""


def dues(plans: Iterable[Plan], at: time, span: timedelta) -> list[Due]:
    """Of the classes that have school; `span` is the longest that the school waits after a bell."""
    found = []
    for plan in plans:
        if plan.half_days:
            first = plan.half_days[0]
            wished = datetime.combine(plan.day, at, tzinfo=SCHOOL_TIME)
            due = max(wished, first.starts_at + max(span, SPAN))
            found.append(Due(plan.class_id, first.half, due, first.ends_at))
    return found


def holding(found: Iterable[Due], now: datetime) -> list[Due]:
    return [one for one in found if one.at <= now < one.until]


def school_due(found: Iterable[Due], half: HalfDay) -> tuple[datetime, datetime] | None:
    """From when until when the school's figures of a half-day are told; None where no class has it as its first."""
    ours = [one for one in found if one.half is half]
    if not ours:
        return None
    last = min(max(one.at for one in ours), min(one.at for one in ours) + WAITS)
    return last, max(one.until for one in ours)


def read_time(text: str) -> time:
    """Raises Invalid."""
    try:
        at = time.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(marked("Write times as 21:30.")) from error
    if at.tzinfo is not None or not EARLIEST <= at <= LATEST:
        raise Invalid(marked("The figures are told between 06:00 and 12:00."))
    return at
