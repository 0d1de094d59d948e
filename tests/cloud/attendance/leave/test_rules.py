"""What a request may become, and who may make it so."""

from datetime import timedelta
from itertools import product

import pytest

from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.rules import MAY_BECOME, Side, check_request, step
from cloud.kit.errors import Conflict, Forbidden, Invalid
from cloud.school.calendar.facts import HalfDay
from tests.cloud.schoolhouse import MONDAY, SATURDAY

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


@pytest.mark.parametrize(("before", "after", "side"), list(product(ClaimState, ClaimState, Side)))
def test_only_the_steps_of_the_table_are_taken(before: ClaimState, after: ClaimState, side: Side) -> None:
    allowed = MAY_BECOME.get((before, after))
    if allowed and side in allowed:
        step(before, after, side)
    else:
        with pytest.raises(Forbidden if allowed else Conflict):
            step(before, after, side)


def test_nobody_approves_what_they_ask_for() -> None:
    with pytest.raises(Forbidden, match="school decides"):
        step(ClaimState.REQUESTED, ClaimState.APPROVED, Side.GUARDIAN)


def test_a_withdrawn_request_stays_withdrawn() -> None:
    assert not [pair for pair in MAY_BECOME if pair[0] is ClaimState.WITHDRAWN]


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
