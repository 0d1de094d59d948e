"""What a school's calendar says, and the plan that follows for one class on one day."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID


class HalfDay(StrEnum):
    """Buổi: what a school day is counted in."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class RuleKind(StrEnum):
    OFF = "off"
    MAKE_UP = "make_up"


class Because(StrEnum):
    """Why a half-day is taught, or is not."""

    WEEKLY = "weekly"
    WEEKLY_REST = "weekly_rest"
    OUTSIDE_TERM = "outside_term"
    NO_BELLS = "no_bells"
    OFF = "off"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, order=True)
class Bell:
    """One period (tiết): `number` counts within its half-day, from 1. Times are the school's own."""

    half: HalfDay
    number: int
    starts_at: time
    ends_at: time


@dataclass(frozen=True, slots=True)
class Taught:
    """A half-day that is taught every week. Monday is 0."""

    weekday: int
    half: HalfDay


@dataclass(frozen=True, slots=True)
class BellSchedule:
    """The bells of some grades from a day on, until a later schedule for the same grade begins."""

    valid_from: date
    first_grade: int
    last_grade: int
    gate_opens_at: time
    bells: tuple[Bell, ...]
    week: tuple[Taught, ...]


@dataclass(frozen=True, slots=True)
class DayRule:
    """A day that differs, for the school, a grade or a class; for one half-day, or for both when `half` is None."""

    day: date
    kind: RuleKind
    name: str
    half: HalfDay | None = None
    grade: int | None = None
    class_id: UUID | None = None
    as_weekday: int | None = None
    """On a make-up day: whose weekday's half-days and timetable are taught."""


@dataclass(frozen=True, slots=True)
class Calendar:
    terms: tuple[Span, ...] = ()
    schedules: tuple[BellSchedule, ...] = ()
    rules: tuple[DayRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassRef:
    id: UUID
    grade: int


@dataclass(frozen=True, slots=True)
class PlannedPeriod:
    number: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedHalf:
    half: HalfDay
    periods: tuple[PlannedPeriod, ...]
    """At least one, in order. Moments are aware."""

    @property
    def starts_at(self) -> datetime:
        return self.periods[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return self.periods[-1].ends_at


@dataclass(frozen=True, slots=True)
class Reason:
    half: HalfDay
    because: Because
    name: str = ""
    """What the calendar calls the day, such as a holiday's name."""


@dataclass(frozen=True, slots=True)
class Plan:
    day: date
    class_id: UUID
    gate_opens_at: datetime | None
    half_days: tuple[PlannedHalf, ...]
    """Those that are taught, in order; empty on a holiday."""
    reasons: tuple[Reason, ...]
    """One for each half-day, taught or not."""
    weekday: int
    """Whose timetable is taught: the day's own, or another's on a make-up day."""

    def half(self, half: HalfDay) -> PlannedHalf | None:
        return next((planned for planned in self.half_days if planned.half is half), None)

    @property
    def is_school_day(self) -> bool:
        return bool(self.half_days)
