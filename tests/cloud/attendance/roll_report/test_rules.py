"""When which figures are due: the wished time, but never before a class has been in school for a while."""

from datetime import time, timedelta

import pytest

from cloud.attendance.roll_report.rules import DEFAULT_AT, dues, holding, read_time, school_due
from cloud.kit.errors import Invalid
from cloud.kit.ids import new_id
from cloud.school.calendar.facts import Calendar, ClassRef, DayRule, HalfDay, RuleKind
from cloud.school.calendar.rules import plan_for
from tests.cloud.schoolhouse import MONDAY, SATURDAY, TERMS, at, bells

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
SPAN = timedelta(minutes=15)


def plans(*begins: str, day=MONDAY, afternoon: str | None = "13:30", off: HalfDay | None = None):
    """One class a grade, whose morning begins then."""
    schedules = tuple(
        bells(morning=one, afternoon=afternoon, first_grade=number, last_grade=number)
        for number, one in enumerate(begins, start=1)
    )
    rules = (DayRule(day, RuleKind.OFF, "Nghỉ", half=off),) if off else ()
    calendar = Calendar(terms=TERMS, schedules=schedules, rules=rules)
    return [plan_for(calendar, day, ClassRef(new_id(), number)) for number in range(1, len(begins) + 1)]


@pytest.mark.parametrize(
    ("begins", "wished", "span", "due"),
    [
        ("07:00", "07:30", 15, "07:30"),
        ("07:15", "07:30", 15, "07:30"),
        ("07:30", "07:30", 15, "07:45"),
        ("08:00", "07:30", 15, "08:15"),
        ("07:00", "08:00", 15, "08:00"),
        ("07:00", "07:10", 5, "07:15"),
        ("07:00", "07:30", 45, "07:45"),
    ],
)
def test_a_class_is_told_of_at_the_wished_time_or_a_while_after_its_bell(
    begins: str, wished: str, span: int, due: str
) -> None:
    [one] = dues(plans(begins), time.fromisoformat(wished), timedelta(minutes=span))
    assert (one.at, one.half) == (at(due), MORNING)
    assert holding([one], at(due)) == [one]
    assert holding([one], at(due) - timedelta(seconds=1)) == []
    assert holding([one], one.until) == [], "the half-day is over"


def test_whoever_has_no_school_is_told_of_by_nobody() -> None:
    assert dues(plans("07:00", day=SATURDAY), DEFAULT_AT, SPAN) == []
    [one] = dues(plans("07:00", off=MORNING), DEFAULT_AT, SPAN)
    assert (one.half, one.at) == (AFTERNOON, at("13:45"))


def test_a_school_waits_for_its_later_classes_but_not_for_one_that_begins_much_later() -> None:
    together = dues(plans("07:00", "07:30"), DEFAULT_AT, SPAN)
    assert school_due(together, MORNING) == (at("07:45"), max(one.until for one in together))
    late = dues(plans("07:00", "09:30"), DEFAULT_AT, SPAN)
    found = school_due(late, MORNING)
    assert found is not None
    assert found[0] == at("08:00")
    assert school_due(late, AFTERNOON) is None, "once a day"


@pytest.mark.parametrize("text", ["", "7", "05:59", "12:01", "25:00", "07:30+07:00"])
def test_a_time_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_time(text)
