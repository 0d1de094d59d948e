"""Portions and excuses."""

from uuid import UUID

import pytest

from cloud.attendance.meals.rules import Diner, Portions, excuses_of, portions_of
from cloud.attendance.register.facts import Permission, Presence
from tests.cloud.schoolhouse import at

CLASS_1A, CLASS_1B = UUID(int=1), UUID(int=2)
LAN = UUID(int=11)
CUT_OFF = at("08:00")


def diner(number: int, presence: Presence, class_id: UUID = CLASS_1A) -> Diner:
    return Diner(UUID(int=number), class_id, presence)


def test_portions_are_for_the_present_and_doubt_is_counted_apart() -> None:
    counted = portions_of(
        [
            diner(1, Presence.PRESENT),
            diner(2, Presence.ABSENT),
            diner(3, Presence.ASK),
            diner(4, Presence.PRESENT, CLASS_1B),
        ]
    )
    assert counted == (Portions(CLASS_1A, 1, 1), Portions(CLASS_1B, 1, 0))


@pytest.mark.parametrize(("noticed", "before"), [("07:59", True), ("08:00", True), ("08:05", False)])
def test_notice_at_0805_after_an_0800_cut_off_is_excused_but_too_late_for_the_meal(noticed: str, before: bool) -> None:
    absent = Diner(LAN, CLASS_1A, Presence.ABSENT, Permission.PERMITTED, at(noticed))
    [excuse] = excuses_of([absent], CUT_OFF, at("20:00")).values()
    assert excuse.before_cut_off is before


def test_without_permission_or_when_present_nothing_is_excused() -> None:
    diners = [
        Diner(LAN, CLASS_1A, Presence.ABSENT, Permission.NOT_PERMITTED),
        Diner(LAN, CLASS_1A, Presence.PRESENT, Permission.PERMITTED),
    ]
    assert excuses_of(diners, CUT_OFF, at("20:00")) == {}


def test_a_permission_without_a_request_counts_from_when_it_is_settled() -> None:
    absent = Diner(LAN, CLASS_1A, Presence.ABSENT, Permission.PERMITTED)
    assert not excuses_of([absent], CUT_OFF, at("09:00"))[LAN].before_cut_off
