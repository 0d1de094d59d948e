"""What consent means, and the clocks of the law."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from cloud.biometrics.rules import (
    Answer,
    Decision,
    Party,
    Request,
    Standing,
    acknowledge_by,
    breach_notice_by,
    done_by,
    impact_assessment_by,
    must_be_asked,
    standing,
)

MOTHER, FATHER = UUID(int=1), UUID(int=2)
TODAY = date(2026, 11, 16)
SMALL, GROWN = date(2020, 1, 1), date(2016, 1, 1)
YES, NO, BACK = Answer.GRANTED, Answer.REFUSED, Answer.WITHDRAWN
BOTH = frozenset({MOTHER, FATHER})


def after(
    *said: tuple[UUID | None, Answer], birth_date: date | None = SMALL, guardians: frozenset[UUID] = BOTH
) -> Standing:
    decisions = [
        Decision(number, Party.CHILD if who is None else Party.GUARDIAN, who, answer)
        for number, (who, answer) in enumerate(said, 1)
    ]
    return standing(decisions, guardians=guardians, birth_date=birth_date, today=TODAY)


def test_silence_is_not_consent() -> None:
    assert after() is Standing.NOT_ASKED


def test_a_guardians_yes_is_enough_for_a_child_under_seven() -> None:
    assert after((MOTHER, YES), birth_date=date(2019, 11, 17)) is Standing.IN_FORCE


def test_from_seven_years_on_the_childs_own_yes_is_needed_too() -> None:
    assert after((MOTHER, YES), birth_date=date(2019, 11, 16)) is Standing.CHILD_NOT_ASKED
    assert after((MOTHER, YES), (None, YES), birth_date=GROWN) is Standing.IN_FORCE


def test_a_child_whose_birthday_nobody_knows_is_asked() -> None:
    assert after((MOTHER, YES), birth_date=None) is Standing.CHILD_NOT_ASKED


def test_a_childs_yes_alone_is_nothing() -> None:
    assert after((None, YES), birth_date=GROWN) is Standing.NOT_ASKED


@pytest.mark.parametrize("no", [NO, BACK])
def test_one_no_outweighs_every_yes(no: Answer) -> None:
    assert after((MOTHER, YES), (FATHER, no)) is not Standing.IN_FORCE
    assert after((MOTHER, YES), (None, no)) is not Standing.IN_FORCE


def test_whoever_said_no_may_change_their_mind_and_nobody_else_may_for_them() -> None:
    assert after((MOTHER, NO), (MOTHER, YES)) is Standing.IN_FORCE
    assert after((MOTHER, YES), (FATHER, NO), (MOTHER, YES)) is Standing.REFUSED


def test_only_present_guardians_count() -> None:
    assert after((MOTHER, YES), guardians=frozenset({FATHER})) is Standing.NOT_ASKED
    assert after((MOTHER, YES), (FATHER, NO), guardians=frozenset({MOTHER})) is Standing.IN_FORCE


def test_the_order_is_the_number_and_not_the_place_in_the_list() -> None:
    later_first = [Decision(2, Party.GUARDIAN, MOTHER, BACK), Decision(1, Party.GUARDIAN, MOTHER, YES)]
    assert standing(later_first, guardians={MOTHER}, birth_date=SMALL, today=TODAY) is Standing.WITHDRAWN


def test_who_is_born_on_29_february_turns_seven_on_1_march() -> None:
    assert not must_be_asked(date(2020, 2, 29), date(2027, 2, 28))
    assert must_be_asked(date(2020, 2, 29), date(2027, 3, 1))


FRIDAY_EVENING = datetime(2026, 11, 20, 16, 59, tzinfo=UTC)
"""23:59 where the school stands."""


def test_two_working_days_skip_the_weekend_and_holidays() -> None:
    assert acknowledge_by(FRIDAY_EVENING) == date(2026, 11, 24)
    assert acknowledge_by(FRIDAY_EVENING, {date(2026, 11, 23)}) == date(2026, 11, 25)


def test_days_are_those_of_the_school_and_not_of_greenwich() -> None:
    assert acknowledge_by(datetime(2026, 11, 15, 17, 0, tzinfo=UTC)) == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (Request.WITHDRAWAL, date(2026, 12, 5)),
        (Request.ACCESS, date(2026, 11, 30)),
        (Request.CORRECTION, date(2026, 11, 30)),
        (Request.DELETION, date(2026, 12, 10)),
    ],
)
def test_each_kind_of_request_has_its_last_day(kind: Request, day: date) -> None:
    assert done_by(kind, FRIDAY_EVENING) == day


def test_a_breach_is_notified_within_72_hours_and_the_assessment_filed_within_60_days() -> None:
    assert breach_notice_by(FRIDAY_EVENING) == datetime(2026, 11, 23, 16, 59, tzinfo=UTC)
    assert impact_assessment_by(FRIDAY_EVENING) == date(2027, 1, 19)
