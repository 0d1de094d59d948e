"""Clashes, by the clock."""

from dataclasses import replace
from datetime import time
from uuid import UUID

from cloud.school.calendar.facts import Bell, ClassRef, HalfDay
from cloud.school.timetable.facts import ClashKind, Lesson
from cloud.school.timetable.rules import check
from tests.cloud.schoolhouse import MONDAY, bells

MATHS, MUSIC = UUID(int=101), UUID(int=102)
MAI, LAN = UUID(int=201), UUID(int=202)
CLASS_1A, CLASS_1B, CLASS_5A = ClassRef(UUID(int=1), 1), ClassRef(UUID(int=2), 1), ClassRef(UUID(int=3), 5)
CLASS_6A = ClassRef(UUID(int=4), 6)
SCHEDULES = (bells(last_grade=3), bells(morning="07:00", first_grade=4))


def lesson(
    number: int, school_class: ClassRef, staff_id: UUID, *, period: int = 1, room: str | None = None, day: int = 0
):
    return Lesson(UUID(int=1000 + number), school_class, MATHS, staff_id, day, HalfDay.MORNING, period, room)


def kinds(*lessons: Lesson) -> list[ClashKind]:
    return [clash.kind for clash in check(lessons, SCHEDULES, MONDAY).clashes]


def test_a_teacher_cannot_be_in_two_classes_at_once() -> None:
    assert kinds(lesson(1, CLASS_1A, MAI), lesson(2, CLASS_1B, MAI)) == [ClashKind.TEACHER]


def test_a_class_has_one_lesson_at_a_time() -> None:
    assert kinds(lesson(1, CLASS_1A, MAI), lesson(2, CLASS_1A, LAN)) == [ClashKind.CLASS]


def test_a_room_holds_one_lesson_at_a_time() -> None:
    assert kinds(lesson(1, CLASS_1A, MAI, room="Nhạc"), lesson(2, CLASS_1B, LAN, room="Nhạc")) == [ClashKind.ROOM]


def test_different_periods_days_or_teachers_do_not_clash() -> None:
    assert kinds(
        lesson(1, CLASS_1A, MAI), lesson(2, CLASS_1B, LAN), lesson(3, CLASS_1B, MAI, period=2),
        lesson(4, CLASS_1A, MAI, day=1), lesson(5, CLASS_1A, LAN, period=3),
    ) == []  # fmt: skip


def test_the_same_period_number_in_differently_rung_grades_clashes_by_the_clock() -> None:
    """Grade 5's second period is 07:45 to 08:25 and grade 1's first 07:30 to 08:10: they overlap."""
    assert kinds(lesson(1, CLASS_1A, MAI), lesson(2, CLASS_5A, MAI, period=2)) == [ClashKind.TEACHER]
    assert kinds(lesson(1, CLASS_1A, MAI, period=2), lesson(2, CLASS_5A, MAI, period=4)) == []


def test_a_primary_class_has_at_most_seven_lessons_a_day() -> None:
    more = tuple(Bell(HalfDay.MORNING, number, time(6 + number), time(6 + number, 40)) for number in range(1, 9))
    schedules = (replace(bells(), bells=more),)
    for many, school_class, found in ((7, CLASS_1A, []), (8, CLASS_1A, [8]), (8, CLASS_6A, [])):
        lessons = [lesson(number, school_class, MAI, period=number) for number in range(1, many + 1)]
        assert [one.lessons for one in check(lessons, schedules, MONDAY).overfull] == found


def test_a_lesson_in_a_period_that_never_rings_is_named() -> None:
    verdict = check([lesson(1, CLASS_1A, MAI, period=9), lesson(2, CLASS_1A, MAI, day=5)], SCHEDULES, MONDAY)
    assert [one.lesson for one in verdict.unplaced] == [UUID(int=1001), UUID(int=1002)]
    assert not verdict.is_clean
