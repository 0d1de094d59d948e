"""A month of the calendar as a grid: what is taught on each day, to how many classes, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from cloud.school.calendar.facts import Because, Calendar, ClassRef, HalfDay, Plan, Reason
from cloud.school.calendar.months import in_weeks, month_span
from cloud.school.calendar.rules import plan_for


@dataclass(frozen=True, slots=True)
class NamedClass:
    id: UUID
    name: str
    grade: int

    @property
    def ref(self) -> ClassRef:
        return ClassRef(self.id, self.grade)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month."""

    day: date
    taught: tuple[tuple[HalfDay, int], ...]
    """To how many of the classes shown."""
    classes: int
    names: tuple[str, ...]
    """What the calendar calls it, where it differs."""
    because: Because
    """What holds for most, where the day has no name."""

    def state(self, half: HalfDay) -> str:
        many = dict(self.taught)[half]
        return "none" if not many else "all" if many == self.classes else "some"


@dataclass(frozen=True, slots=True)
class Alike:
    """Classes that have the same day, for the same reasons."""

    classes: tuple[str, ...]
    plan: Plan

    def reason(self, half: HalfDay) -> Reason:
        return next(one for one in self.plan.reasons if one.half is half)


def weeks_of(calendar: Calendar, first: date, classes: Sequence[NamedClass]) -> tuple[tuple[Cell | None, ...], ...]:
    """Monday to Sunday; None: a day of another month."""
    span = month_span(first)
    days = [_cell(calendar, first + timedelta(days=number), classes) for number in range(span.last.day)]
    return in_weeks(first, days)


def day_of(calendar: Calendar, day: date, classes: Iterable[NamedClass]) -> tuple[Alike, ...]:
    """The classes by what they have on that day."""
    found: dict[object, tuple[list[str], Plan]] = {}
    for one in classes:
        plan = plan_for(calendar, day, one.ref)
        found.setdefault((plan.half_days, plan.reasons), ([], plan))[0].append(one.name)
    return tuple(Alike(tuple(names), plan) for names, plan in found.values())


def _cell(calendar: Calendar, day: date, classes: Sequence[NamedClass]) -> Cell:
    plans = [plan_for(calendar, day, one.ref) for one in classes]
    reasons = [reason for plan in plans for reason in plan.reasons]
    names = dict.fromkeys(reason.name for reason in reasons if reason.name)
    counts = {because: sum(one.because is because for one in reasons) for because in Because}
    return Cell(
        day=day,
        taught=tuple((half, sum(plan.half(half) is not None for plan in plans)) for half in HalfDay),
        classes=len(classes),
        names=tuple(names),
        because=max(counts, key=lambda because: counts[because]),
    )
