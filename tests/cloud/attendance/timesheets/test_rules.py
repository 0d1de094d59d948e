"""A month of passages."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from cloud.attendance.timesheets.rules import Correction, DayKind, month_of
from tests.cloud.schoolhouse import MONDAY, at

NOVEMBER = date(2026, 11, 1)
WINDOW = timedelta(minutes=1)


def month(*moments, corrections=()):
    return month_of(NOVEMBER, moments, corrections, WINDOW)


def test_a_month_has_all_its_days_and_counts_from_first_to_last_passage() -> None:
    found = month(at("07:00"), at("11:30"), at("13:00"), at("16:30"))
    assert len(found.days) == 30
    assert (found.days_worked, found.minutes, found.days_incomplete) == (1, 570, 0)
    assert found.days[MONDAY.day - 1].kind is DayKind.WORKED


def test_one_passage_is_a_question_and_counts_nothing() -> None:
    found = month(at("07:00"), at("07:00:40"))
    assert (found.days_worked, found.minutes, found.days_incomplete) == (0, 0, 1)


def test_an_approved_correction_replaces_the_day_and_the_latest_one_holds() -> None:
    corrections = [
        Correction(UUID(int=number), MONDAY, at("07:00"), at(left), at(decided))
        for number, left, decided in ((1, "16:00", "17:00"), (2, "15:00", "18:00"))
    ]
    found = month(at("07:10"), corrections=reversed(corrections))
    assert (found.days[MONDAY.day - 1].kind, found.minutes) == (DayKind.CORRECTED, 480)


def test_before_dawn_in_utc_is_the_schools_own_day() -> None:
    assert month(at("00:10"), at("06:50")).days[MONDAY.day - 1].minutes == 400


@given(st.lists(st.integers(0, 30 * 24 * 60).map(lambda minutes: at("00:00", NOVEMBER) + timedelta(minutes=minutes))))
def test_order_and_repetition_do_not_matter(moments: list) -> None:
    assert month(*moments) == month(*reversed(moments), *moments)
