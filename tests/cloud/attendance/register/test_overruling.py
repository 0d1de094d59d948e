"""A person's word above what the rules say, and what comes after it."""

from dataclasses import replace
from uuid import UUID

import pytest

from cloud.attendance.register.facts import Permission, Presence, Rule, Sighting
from tests.cloud.attendance.register.day import (
    IN,
    OUT,
    claim,
    doubt,
    mark,
    morning,
    periods,
    rules,
    scan,
    the_day,
)
from tests.cloud.schoolhouse import at

P, K = Permission.PERMITTED, Permission.NOT_PERMITTED
PRESENT, ABSENT, ASK, NOT_YET = Presence.PRESENT, Presence.ABSENT, Presence.ASK, Presence.NOT_YET


def test_a_person_overrules_and_what_the_rules_said_stays_readable() -> None:
    status = morning(mark(PRESENT))
    assert (status.presence, status.by_person, status.permission) == (PRESENT, True, None)
    assert rules(status) == [Rule.PERSON_SAID, Rule.NOT_SEEN, Rule.NO_LEAVE]


def test_the_machine_never_overwrites_a_person() -> None:
    said = mark(ABSENT, clock="08:00")
    assert morning(said, scan("07:20"), scan("08:30"), doubt("09:00")).presence is ABSENT


def test_who_leaves_after_the_roll_was_called_has_left_early_whoever_wrote_it_down() -> None:
    """The morning ends at 10:25; its periods begin at 07:30, 08:15, 09:00 and 09:45."""
    called = mark(PRESENT, clock="07:40", late=4)
    fetched = Sighting(at("09:34"), str(UUID(int=7)), 0, OUT, UUID(int=7))
    for left, rule in ((fetched, Rule.HANDED_OVER_EARLY), (scan("09:34", OUT), Rule.LEFT_EARLY)):
        for known in ((called, left), (scan("07:20", IN), called, left), (left, called)):
            status = morning(*known)
            assert (status.presence, status.late_minutes, status.left_early_minutes) == (PRESENT, 4, 51)
            assert (status.by_person, status.permission) == (True, K)
            assert rules(status)[:2] == [rule, Rule.PERSON_SAID]
            assert periods(*known) == [(PRESENT, 0), (PRESENT, 0), (PRESENT, 0), (ABSENT, 0)]
        assert morning(called, left, claim()).permission is P
        assert morning(called, left, scan("09:50", IN)).left_early_minutes == 0, "came back"
        assert morning(left, mark(PRESENT, clock="09:40")).left_early_minutes == 0, "somebody looked afterwards"
        assert morning(left, mark(PRESENT, clock="09:40", early=5)).left_early_minutes == 5
    assert morning(called, scan("10:22", OUT)).left_early_minutes == 0, "with the bell"


def test_who_comes_after_they_were_called_absent_stays_so_until_somebody_looks_and_it_is_said() -> None:
    called = mark(ABSENT, clock="07:40")
    status = morning(called, scan("07:55", device="gate-2"))
    assert (status.presence, status.permission, rules(status)[0]) == (ABSENT, K, Rule.SEEN_SINCE)
    assert rules(morning(called, scan("07:20"))) == [Rule.PERSON_SAID, Rule.CAME_IN_TIME]
    assert Rule.SEEN_SINCE not in rules(morning(called, scan("07:55", OUT)))
    assert Rule.SEEN_SINCE not in rules(morning(called, scan("07:55"), mark(ABSENT, clock="08:10")))


def test_a_period_that_a_person_spoke_of_with_the_half_day_says_so_and_what_the_machine_knew() -> None:
    [first, *_] = the_day(mark(PRESENT, clock="07:40"), scan("07:36")).halves[0].periods
    assert rules(first.status) == [Rule.PERSON_SAID, Rule.CAME_LATE, Rule.NO_LEAVE]
    [first, *_] = the_day(mark(PRESENT, clock="07:40")).halves[0].periods
    assert rules(first.status) == [Rule.PERSON_SAID, Rule.NOT_SEEN, Rule.NO_LEAVE]


def test_the_latest_word_holds_and_a_word_can_be_taken_back() -> None:
    absent, present, back = mark(ABSENT, clock="08:00"), mark(PRESENT, clock="08:10", late=9), mark(None, clock="08:20")
    assert morning(present, absent).late_minutes == 9
    assert morning(back, present, absent, scan("07:20")).by_person is False


def test_a_person_can_permit_and_a_request_can_too() -> None:
    assert morning(mark(ABSENT)).permission is K
    assert morning(mark(ABSENT, permission=P)).permission is P
    assert morning(mark(ABSENT), scan("07:20"), claim()).permission is P


def test_a_persons_word_on_the_half_day_holds_for_its_periods_and_one_on_a_period_for_that_one() -> None:
    assert [presence for presence, _ in periods(mark(ABSENT), scan("07:20"))] == [ABSENT] * 4
    assert (
        periods(mark(PRESENT, late=50))
        == [(ABSENT, 0), (PRESENT, 0), (PRESENT, 0), (PRESENT, 0)][:1] + [(PRESENT, 0)] * 3
    )
    assert [presence for presence, _ in periods(mark(ABSENT, period=3), scan("07:20"))] == [
        PRESENT, PRESENT, ABSENT, PRESENT,
    ]  # fmt: skip


def test_a_person_says_that_a_late_pupil_or_one_who_left_was_permitted() -> None:
    early = morning(mark(PRESENT, late=10, early=55, permission=P))
    assert (early.late_minutes, early.left_early_minutes, early.permission) == (10, 55, P)
    assert morning(mark(PRESENT, early=55)).permission is K
    assert morning(mark(PRESENT, early=55), claim()).permission is P
    assert periods(mark(PRESENT, early=55)) == [(PRESENT, 0), (PRESENT, 0), (PRESENT, 0), (ABSENT, 0)]


@pytest.mark.parametrize(("approved_at", "permission"), [(None, K), ("08:00", K), ("09:00", K), ("10:00", P)])
def test_a_k_that_a_person_said_is_p_once_somebody_approves_leave_afterwards(
    approved_at: str | None, permission: Permission
) -> None:
    asked = replace(claim(), approved_at=at(approved_at) if approved_at else None)
    said = mark(Presence.ABSENT, clock="09:00", permission=K)
    assert morning(said, asked).permission is permission
    assert morning(mark(Presence.ABSENT, clock="09:00", permission=P), asked).permission is P
