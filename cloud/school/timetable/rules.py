"""Clashes in a timetable: pure, and by the clock."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from itertools import combinations

from cloud.school.calendar.facts import BellSchedule, Taught
from cloud.school.calendar.rules import LAST_PRIMARY_GRADE, MAX_PERIODS_A_DAY_IN_PRIMARY, schedule_for
from cloud.school.timetable.facts import Clash, ClashKind, Lesson, Overfull, Unplaced


@dataclass(frozen=True, slots=True)
class Verdict:
    clashes: tuple[Clash, ...]
    unplaced: tuple[Unplaced, ...]
    overfull: tuple[Overfull, ...] = ()

    @property
    def is_clean(self) -> bool:
        return not self.clashes and not self.unplaced and not self.overfull


@dataclass(frozen=True, slots=True)
class _Timed:
    lesson: Lesson
    starts_at: time
    ends_at: time


def check(lessons: Iterable[Lesson], schedules: tuple[BellSchedule, ...], valid_from: date) -> Verdict:
    """What is wrong with a timetable that begins on `valid_from`."""
    timed: list[_Timed] = []
    unplaced: list[Unplaced] = []
    for lesson in sorted(lessons, key=lambda one: (one.weekday, one.half, one.number, one.id)):
        placed = _placed(lesson, schedules, valid_from)
        if placed:
            timed.append(placed)
        else:
            unplaced.append(Unplaced(lesson.id, lesson.weekday, lesson.half, lesson.number))
    timed.sort(key=lambda one: (one.lesson.weekday, one.starts_at, one.lesson.id))
    by_weekday: dict[int, list[_Timed]] = {}
    for one in timed:
        by_weekday.setdefault(one.lesson.weekday, []).append(one)
    clashes = tuple(
        Clash(kind, weekday, second.starts_at, (first.lesson.id, second.lesson.id))
        for weekday, of_day in by_weekday.items()
        for first, second in combinations(of_day, 2)
        if second.starts_at < first.ends_at
        for kind in _shared(first.lesson, second.lesson)
    )
    return Verdict(clashes, tuple(unplaced), tuple(_overfull(timed)))


def _overfull(timed: Iterable[_Timed]) -> Iterable[Overfull]:
    """By period and not by lesson: two lessons at once are a clash already."""
    primary = [one.lesson for one in timed if one.lesson.school_class.grade <= LAST_PRIMARY_GRADE]
    taught = {(one.school_class.id, one.weekday, one.half, one.number) for one in primary}
    counts = Counter((class_id, weekday) for class_id, weekday, _, _ in taught)
    for (class_id, weekday), many in sorted(counts.items()):
        if many > MAX_PERIODS_A_DAY_IN_PRIMARY:
            yield Overfull(class_id, weekday, many)


def _placed(lesson: Lesson, schedules: tuple[BellSchedule, ...], day: date) -> _Timed | None:
    schedule = schedule_for(schedules, day, lesson.school_class.grade)
    if schedule is None or Taught(lesson.weekday, lesson.half) not in schedule.week:
        return None
    bell = next((one for one in schedule.bells if (one.half, one.number) == (lesson.half, lesson.number)), None)
    return _Timed(lesson, bell.starts_at, bell.ends_at) if bell else None


def _shared(first: Lesson, second: Lesson) -> Iterable[ClashKind]:
    if first.staff_id == second.staff_id:
        yield ClashKind.TEACHER
    if first.school_class.id == second.school_class.id:
        yield ClashKind.CLASS
    if first.room is not None and first.room == second.room:
        yield ClashKind.ROOM
