"""A week of lessons as people read it: by class, by teacher, by room, with what clashes. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from cloud.kit.errors import Problem
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import BellSchedule, HalfDay, Taught
from cloud.school.calendar.words import WEEKDAYS
from cloud.school.timetable.facts import Clash, ClashKind, Lesson
from cloud.school.timetable.rules import Verdict

Place = tuple[int, HalfDay, int]
"""Weekday, half-day, period."""


@dataclass(frozen=True, slots=True)
class Names:
    """How classes, subjects and teachers are called."""

    classes: Mapping[UUID, str]
    subjects: Mapping[UUID, str]
    staff: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Shown:
    lesson: Lesson
    subject: str
    teacher: str
    class_name: str
    clashes: bool


@dataclass(frozen=True, slots=True)
class Row:
    half: HalfDay
    number: int
    times: tuple[tuple[time, time], ...]
    """When it rings; several where grades ring differently."""


@dataclass(frozen=True, slots=True)
class Week:
    rows: tuple[Row, ...]
    weekdays: tuple[int, ...]
    cells: Mapping[Place, tuple[Shown, ...]]
    taught: frozenset[Taught]
    """Half-days that are taught at all."""

    def at(self, weekday: int, row: Row) -> tuple[Shown, ...]:
        return self.cells.get((weekday, row.half, row.number), ())

    def taught_rows(self, weekday: int, half: HalfDay) -> list[Row]:
        """Those with a lesson."""
        return [row for row in self.rows if row.half is half and self.at(weekday, row)]

    def is_taught(self, weekday: int, row: Row) -> bool:
        return Taught(weekday, row.half) in self.taught


@dataclass(frozen=True, slots=True)
class Named:
    """One thing that is wrong with a timetable, as a sentence to be translated."""

    weekday: str
    problem: Problem
    lessons: tuple[UUID, ...]


def week_of(
    lessons: Iterable[Lesson], schedules: Sequence[BellSchedule], names: Names, clashing: frozenset[UUID] = frozenset()
) -> Week:
    """`schedules`: the bells of those whose week it is. A lesson that no bell rings for has its row all the same."""
    cells: dict[Place, list[Shown]] = {}
    for one in lessons:
        shown = Shown(
            one,
            names.subjects.get(one.subject_id, "?"),
            names.staff.get(one.staff_id, "?"),
            names.classes.get(one.school_class.id, "?"),
            one.id in clashing,
        )
        cells.setdefault((one.weekday, one.half, one.number), []).append(shown)
    rung: dict[tuple[HalfDay, int], dict[tuple[time, time], None]] = {(half, number): {} for _, half, number in cells}
    for schedule in schedules:
        for bell in schedule.bells:
            rung.setdefault((bell.half, bell.number), {})[bell.starts_at, bell.ends_at] = None
    ordered = sorted(rung, key=lambda key: (key[0] is HalfDay.AFTERNOON, key[1]))
    rows = tuple(Row(half, number, tuple(rung[half, number])) for half, number in ordered)
    taught = frozenset(one for schedule in schedules for one in schedule.week)
    used = {one.weekday for one in taught} | {weekday for weekday, _, _ in cells}
    weekdays = tuple(day for day in range(7) if day < 5 or day in used)
    return Week(rows, weekdays, {place: tuple(shown) for place, shown in cells.items()}, taught)


def clashing(verdict: Verdict) -> frozenset[UUID]:
    return frozenset(lesson for clash in verdict.clashes for lesson in clash.lessons)


def named(
    verdict: Verdict, lessons: Iterable[Lesson], names: Names, concerning: Callable[[Lesson], bool] = lambda _: True
) -> list[Named]:
    """Everything that is wrong and has to do with the lessons that are `concerning`."""
    by_id = {one.id: one for one in lessons}
    found = []
    for clash in verdict.clashes:
        if any(concerning(by_id[one]) for one in clash.lessons):
            found.append(_clash(clash, by_id, names))
    for unplaced in verdict.unplaced:
        if concerning(one := by_id[unplaced.lesson]):
            says = marked("%(lesson)s is in period %(number)s, which this class does not have then")
            about = {"lesson": _called(one, names), "number": str(one.number)}
            found.append(_named(one.weekday, says, about, one.id))
    theirs = {one.school_class.id for one in by_id.values() if concerning(one)}
    for overfull in verdict.overfull:
        if overfull.class_id in theirs:
            says = marked("%(name)s has %(many)s lessons; a primary class has at most seven a day")
            about = {"name": names.classes.get(overfull.class_id, "?"), "many": str(overfull.lessons)}
            found.append(_named(overfull.weekday, says, about))
    return found


def _clash(clash: Clash, by_id: Mapping[UUID, Lesson], names: Names) -> Named:
    first, second = (by_id[one] for one in clash.lessons)
    about = {"time": f"{clash.starts_at:%H:%M}", "first": _called(first, names), "second": _called(second, names)}
    match clash.kind:
        case ClashKind.TEACHER:
            says = marked("at %(time)s %(who)s would teach both %(first)s and %(second)s")
            about["who"] = names.staff.get(first.staff_id, "?")
        case ClashKind.ROOM:
            says = marked("at %(time)s %(room)s would hold both %(first)s and %(second)s")
            about["room"] = first.room or "?"
        case ClashKind.CLASS:
            says = marked("at %(time)s the class would have both %(first)s and %(second)s")
    return _named(clash.weekday, says, about, first.id, second.id)


def _named(weekday: int, says: str, about: dict[str, str], *lessons: UUID) -> Named:
    return Named(WEEKDAYS[weekday], Problem("week", says, tuple(about.items())), lessons)


def _called(lesson: Lesson, names: Names) -> str:
    return f"{names.classes.get(lesson.school_class.id, '?')} ({names.subjects.get(lesson.subject_id, '?')})"
