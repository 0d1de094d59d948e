"""The chart of the last weeks: what is over and known, and a bad day is the most visible of all."""

from datetime import timedelta
from uuid import uuid4

from cloud.attendance.register.month_queries import Tally
from cloud.attendance.trend import HEIGHT, STUB, Trend, bars_of, over_of
from cloud.school.calendar.facts import Calendar, ClassRef, HalfDay
from cloud.school.calendar.rules import plan_for
from tests.cloud.schoolhouse import MONDAY, TERMS, at, bells


def test_a_bar_is_as_high_as_the_chart_says_and_a_storm_day_is_a_stub_with_its_figure() -> None:
    full, half_way, storm = Tally(present=10), Tally(present=9, permitted=1), Tally(present=1, not_permitted=9)
    days = {MONDAY + timedelta(days=n): tally for n, tally in enumerate((full, half_way, storm, storm, storm))}
    bars = bars_of(days)
    assert [bar.height for bar in bars] == [HEIGHT, HEIGHT / 2, STUB, STUB, STUB]
    assert [(bar.is_below_floor, bar.raised) for bar in bars[1:]] == [
        (False, False), (True, False), (True, True), (True, False),
    ]  # fmt: skip
    assert Trend(bars, 90).lines == ((80, 120), (90, 60), (100, 0))


def test_of_a_day_of_which_most_is_unknown_nothing_is_said() -> None:
    days = {MONDAY: Tally(present=30, open=796), MONDAY + timedelta(days=1): Tally(present=30)}
    unknown, known = bars_of(days)
    assert [(bar.is_known, bar.height, bar.is_below_floor) for bar in (unknown, known)] == [
        (False, 0, False), (True, HEIGHT, False),
    ]  # fmt: skip
    assert bars_of({MONDAY: Tally()}) == ()


def test_each_week_begins_with_a_label_where_it_fits() -> None:
    days = {MONDAY + timedelta(days=n): Tally(present=1) for n in (0, 1, 2, 7, 8, 9, 10, 14)}
    assert [bar.day - MONDAY for bar in bars_of(days) if bar.labelled] == [timedelta(0), timedelta(days=14)]


def test_a_half_day_is_over_once_its_last_period_has_ended() -> None:
    class_id, unknown = uuid4(), uuid4()
    plans = {class_id: plan_for(Calendar(TERMS, (bells(),)), MONDAY, ClassRef(class_id, 1))}
    morning, afternoon = (class_id, HalfDay.MORNING), (class_id, HalfDay.AFTERNOON)
    halves = {morning, afternoon, (unknown, HalfDay.MORNING)}
    moments = (at("10:24"), at("10:25"), at("15:40"))
    assert [over_of(halves, plans, now) for now in moments] == [set(), {morning}, {morning, afternoon}]
