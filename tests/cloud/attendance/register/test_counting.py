"""The 45 half-days, counted at one a school day."""

from datetime import date, timedelta

import pytest

from cloud.attendance.register.counting import Absence, count
from cloud.attendance.register.facts import Permission

P, K = Permission.PERMITTED, Permission.NOT_PERMITTED
FIRST = date(2026, 9, 7)


def absent(days: int, permission: Permission = K) -> list[Absence]:
    return [Absence(FIRST + timedelta(days=number), permission) for number in range(days)]


def test_absent_both_half_days_of_one_day_counts_one() -> None:
    counted = count([Absence(FIRST, K), Absence(FIRST, P)])
    assert (counted.days, counted.half_days, counted.permitted_half_days) == (1, 2, 1)


@pytest.mark.parametrize(("days", "exceeds", "left"), [(0, False, 45), (45, False, 0), (46, True, 0)])
def test_forty_five_pass_and_forty_six_do_not(days: int, exceeds: bool, left: int) -> None:
    counted = count(absent(days))
    assert (counted.exceeds_limit, counted.left) == (exceeds, left)


def test_permitted_and_not_permitted_count_alike() -> None:
    assert count(absent(46, P)).exceeds_limit


def test_a_warning_comes_before_the_limit_and_not_after_it() -> None:
    assert [count(absent(days)).nears_limit for days in (34, 35, 45, 46)] == [False, True, True, False]
