"""A member of staff's days of a month. Pure; the same for any order or repetition of what was seen."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cloud.kit.clock import school_day


class DayKind(StrEnum):
    NOTHING = "nothing"
    NOT_YET = "not_yet"
    """Before they came to the school: no workday, whatever a unit saw."""
    WORKED = "worked"
    INCOMPLETE = "incomplete"
    """Seen once: came or left, nobody knows which."""
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Correction:
    """An approved one; the latest of a day holds."""

    id: UUID
    day: date
    came_at: datetime
    left_at: datetime
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class WorkDay:
    day: date
    kind: DayKind
    came_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def minutes(self) -> int:
        if self.came_at is None or self.left_at is None or self.kind is DayKind.INCOMPLETE:
            return 0
        return (self.left_at - self.came_at) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Month:
    days: tuple[WorkDay, ...]
    """Every day of the month, in order."""

    @property
    def days_worked(self) -> int:
        return sum(one.kind in (DayKind.WORKED, DayKind.CORRECTED) for one in self.days)

    @property
    def days_incomplete(self) -> int:
        return sum(one.kind is DayKind.INCOMPLETE for one in self.days)

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.days)


def month_of(
    first: date,
    seen: Iterable[datetime],
    corrections: Iterable[Correction],
    passage_window: timedelta,
    joined_on: date | None = None,
) -> Month:
    """The month that begins on `first`, of somebody whose first day at work is known, or not."""
    by_day: dict[date, list[datetime]] = {}
    for moment in sorted(set(seen)):
        by_day.setdefault(school_day(moment), []).append(moment)
    latest = {one.day: one for one in sorted(corrections, key=lambda one: (one.decided_at, one.id))}

    def what(day: date) -> WorkDay:
        if joined_on is not None and day < joined_on and day not in latest:
            return WorkDay(day, DayKind.NOT_YET)
        return day_of(day, by_day.get(day, []), latest.get(day), passage_window)

    return Month(
        tuple(
            what(day)
            for day in (first + timedelta(days=number) for number in range(monthrange(first.year, first.month)[1]))
        )
    )


def day_of(day: date, moments: Sequence[datetime], correction: Correction | None, passage_window: timedelta) -> WorkDay:
    """`moments` of that day in order."""
    if correction:
        return WorkDay(day, DayKind.CORRECTED, correction.came_at, correction.left_at)
    if not moments:
        return WorkDay(day, DayKind.NOTHING)
    if moments[-1] - moments[0] <= passage_window:
        return WorkDay(day, DayKind.INCOMPLETE, moments[0])
    return WorkDay(day, DayKind.WORKED, moments[0], moments[-1])
