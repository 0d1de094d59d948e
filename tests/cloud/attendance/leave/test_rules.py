"""What a request may become, and who may make it so."""

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.rules import (
    MAY_BECOME,
    NOTE_MAY_BECOME,
    Side,
    check_edge,
    check_note,
    check_request,
    step,
)
from cloud.kit.errors import Conflict, Forbidden, Invalid
from cloud.school.calendar.facts import Calendar, ClassRef, DayRule, HalfDay, RuleKind
from cloud.school.calendar.rules import plan_for
from tests.cloud.schoolhouse import MONDAY, SATURDAY, TERMS, YEAR, at, bells

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


@pytest.mark.parametrize("is_note", [False, True])
@pytest.mark.parametrize(("before", "after", "side"), list(product(ClaimState, ClaimState, Side)))
def test_only_the_steps_of_the_table_are_taken(
    before: ClaimState, after: ClaimState, side: Side, is_note: bool
) -> None:
    allowed = (NOTE_MAY_BECOME if is_note else MAY_BECOME).get((before, after))
    if allowed and side in allowed:
        step(before, after, side, is_note=is_note, note="Nhầm em")
    else:
        with pytest.raises(Forbidden if allowed else Conflict):
            step(before, after, side, is_note=is_note, note="Nhầm em")


def test_nobody_approves_what_they_ask_for() -> None:
    with pytest.raises(Forbidden, match="school decides"):
        step(ClaimState.REQUESTED, ClaimState.APPROVED, Side.GUARDIAN)


def test_a_withdrawn_request_stays_withdrawn() -> None:
    assert not [pair for pair in (*MAY_BECOME, *NOTE_MAY_BECOME) if pair[0] is ClaimState.WITHDRAWN]


def test_staff_who_take_a_note_back_say_why_and_a_family_need_not() -> None:
    with pytest.raises(Invalid, match="say why"):
        step(ClaimState.APPROVED, ClaimState.WITHDRAWN, Side.STAFF, is_note=True, note=" ")
    step(ClaimState.APPROVED, ClaimState.WITHDRAWN, Side.GUARDIAN, is_note=True)


@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [
        ((0, MORNING), (0, MORNING), False),
        ((0, MORNING), (0, AFTERNOON), True),
        ((1, MORNING), (1, MORNING), True),
        ((2, MORNING), (4, AFTERNOON), True),
        ((2, AFTERNOON), (4, AFTERNOON), False),
        ((0, MORNING), (4, AFTERNOON), True),
    ],
)
def test_two_stretches_overlap_where_a_half_day_is_in_both(first, last, overlaps: bool) -> None:
    one = Stretch(MONDAY, AFTERNOON, MONDAY + timedelta(days=2), MORNING)
    other = Stretch(MONDAY + timedelta(days=first[0]), first[1], MONDAY + timedelta(days=last[0]), last[1])
    assert (one.overlaps(other), other.overlaps(one)) == (overlaps, overlaps)


def test_a_stretch_holds_its_first_and_last_half_day_and_what_is_between() -> None:
    stretch = Stretch(MONDAY, AFTERNOON, MONDAY + timedelta(days=2), MORNING)
    assert [(day, half) in stretch for day in (MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
            for half in HalfDay] == [False, True, True, True, True, False]  # fmt: skip


@pytest.mark.parametrize(
    ("stretch", "reason", "said"),
    [
        (Stretch(MONDAY, AFTERNOON, MONDAY, MORNING), "Sốt", "ends before it begins"),
        (Stretch(MONDAY, MORNING, MONDAY + timedelta(days=90), MORNING), "Sốt", "too long"),
        (Stretch(MONDAY - timedelta(days=40), MORNING, MONDAY, MORNING), "Sốt", "too long ago"),
        (Stretch(MONDAY, MORNING, MONDAY, AFTERNOON), "  ", "say why"),
    ],
)
def test_a_request_that_cannot_be_says_why(stretch: Stretch, reason: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        check_request(stretch, reason, SATURDAY)


def test_an_ordinary_request_is_fine() -> None:
    check_request(Stretch(MONDAY, MORNING, MONDAY, AFTERNOON), "Sốt", SATURDAY)


NOW = at("08:10")
TODAY = Stretch(MONDAY, MORNING, MONDAY, AFTERNOON)


def test_a_note_of_yesterdays_call_about_days_to_come_is_fine() -> None:
    days = Stretch(MONDAY + timedelta(days=1), MORNING, MONDAY + timedelta(days=3), MORNING)
    check_note(days, "Sốt", "Mẹ em Lan", at("20:00", MONDAY - timedelta(days=1)), NOW)
    check_note(TODAY, "Sốt", "Mẹ em Lan", NOW, NOW)


@pytest.mark.parametrize(
    ("stretch", "reason", "told_by", "told_at", "said"),
    [
        (Stretch(MONDAY, AFTERNOON, MONDAY, MORNING), "Sốt", "Mẹ", NOW, "ends before it begins"),
        (Stretch(MONDAY, MORNING, MONDAY + timedelta(days=61), MORNING), "Sốt", "Mẹ", NOW, "More than 60 days"),
        (Stretch(MONDAY - timedelta(days=31), MORNING, MONDAY, MORNING), "Sốt", "Mẹ", NOW, "30 days ago: correct"),
        (Stretch(*(MONDAY + timedelta(days=400), MORNING) * 2), "Sốt", "Mẹ", NOW, "more than a year ahead"),
        (TODAY, " ", "Mẹ", NOW, "say why"),
        (TODAY, "Sốt", " ", NOW, "say who told you"),
        (TODAY, "Sốt", "Mẹ", at("08:11"), "later than now"),
        (TODAY, "Sốt", "Mẹ", NOW - timedelta(days=31), "30 days ago: look"),
    ],
)
def test_a_note_that_cannot_be_says_why(stretch: Stretch, reason: str, told_by: str, told_at, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        check_note(stretch, reason, told_by, told_at, NOW)


@pytest.mark.parametrize(
    ("day", "half", "said"),
    [
        (SATURDAY, MORNING, "21/11/2026 is a day of the week without lessons"),
        (YEAR.last, MORNING, "31/05/2027 is in no term"),
        (MONDAY + timedelta(days=4), MORNING, r"20/11/2026 is a day off \(Ngày Nhà giáo\)"),
        (MONDAY, AFTERNOON, "no lessons in that half-day of 16/11/2026"),
    ],
)
def test_a_leave_begins_and_ends_where_there_are_lessons(day, half: HalfDay, said: str) -> None:
    off = DayRule(MONDAY + timedelta(days=4), RuleKind.OFF, "Ngày Nhà giáo")
    calendar = Calendar(TERMS, (bells(afternoon=None),), (off,))
    class_1a = ClassRef(UUID(int=1), 1)
    with pytest.raises(Invalid, match=said):
        check_edge(Stretch(day, half, day, half), plan_for(calendar, day, class_1a))
    check_edge(Stretch(MONDAY, MORNING, MONDAY, AFTERNOON), plan_for(calendar, MONDAY, class_1a))
