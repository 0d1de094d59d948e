"""At every hour a parent reads of the half-day that is on: leave to come is to come, and who has gone home has gone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from cloud.attendance import schedule
from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.register import queries as register
from cloud.attendance.register.facts import Policy, Presence
from cloud.attendance.release import handing
from cloud.people.tables import Guardian
from cloud.school.calendar.facts import HalfDay
from edge.contract import Direction
from tests.cloud.pages.people import House
from tests.cloud.pages.test_family_today import said
from tests.cloud.pages.test_live import listening, live_url
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import sighting

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
AHEAD = "sẽ nghỉ có phép (P)"
UNSEEN = "Hôm nay chưa thấy qua cổng"


@pytest.fixture
def monday(taught: House) -> House:
    """Monday, 07:00: Lan, who goes home at midday, has leave for the afternoon."""
    with taught.database.writing() as session:
        register.set_policy(session, taught.school.id, Policy(stays_over_midday=False))
    give_leave(taught, AFTERNOON, at("07:00"))
    return taught


@pytest.fixture
def bob(monday: House) -> Iterator[httpx.Client]:
    with monday.visit("bob") as client:
        yield client


def give_leave(house: House, half: HalfDay, now: datetime) -> None:
    house.clock.now = now
    with house.database.writing() as session:
        stretch = Stretch(MONDAY, half, MONDAY, half)
        request = ask_for_leave(session, house.school.bob, house.school.lan, stretch, "Khám răng", now)
        decide_on_leave(session, house.school.alice, request.id, ClaimState.APPROVED, now=now)


def call_present(house: House, clock: str) -> None:
    house.clock.now = at(clock)
    with house.database.writing() as session:
        words = [Word(house.school.lan, Presence.PRESENT)]
        overrule(session, house.school.alice, MONDAY, MORNING, words, reason="Điểm danh", now=at(clock))


def keep_up(house: House, clock: str) -> None:
    house.clock.now = at(clock)
    schedule.keep_up(house.database, house.school.id, house.clock)


def seen(house: House, seq: int, clock: str, direction: Direction | None = None) -> None:
    house.clock.now = at(clock)
    house.report(sighting(seq, house.school.lan, at=at(clock), direction=direction))


def hand_over(house: House, clock: str) -> None:
    house.clock.now = at(clock)
    with house.database.writing() as session:
        bob = session.scalars(select(Guardian.id).where(Guardian.user_id == house.school.bob.user_id)).one()
        handing.to_guardian(session, house.school.alice, house.school.lan, bob, now=at(clock))


def headline(text: str) -> str:
    return text.split("Lớp 1A ")[1].split(" Buổi", maxsplit=1)[0]


def test_leave_for_the_afternoon_is_ahead_in_the_morning(monday: House, bob: httpx.Client) -> None:
    """Before the bell, while the child sits in class, and when the afternoon has begun."""
    text = said(bob)
    assert UNSEEN in text
    assert f"Buổi chiều: {AHEAD}" in text
    call_present(monday, "09:28")
    text = said(bob)
    assert headline(text).startswith("Giáo viên đã điểm danh có mặt lúc 09:28")
    assert (f"Buổi chiều: {AHEAD}" in text, "Con nghỉ có phép" in text) == (True, False)
    keep_up(monday, "14:10")
    text = said(bob)
    assert headline(text).startswith("Con nghỉ có phép")
    assert AHEAD not in text


def test_a_child_whom_the_gate_saw_is_on_leave_once_that_begins(monday: House, bob: httpx.Client) -> None:
    seen(monday, 1, "07:05")
    keep_up(monday, "09:00")
    assert headline(said(bob)).startswith("Đã đến trường lúc 07:05")
    keep_up(monday, "13:31")
    assert headline(said(bob)).startswith("Con nghỉ có phép")


def test_leave_for_the_morning_is_said_before_the_first_bell(taught: House) -> None:
    give_leave(taught, MORNING, at("06:50"))
    with taught.visit("bob") as bob:
        assert headline(said(bob)).startswith("Con sẽ nghỉ sáng nay, có phép")


def test_the_day_says_nothing_of_units_before_the_bell(monday: House, bob: httpx.Client) -> None:
    """Nor does the half-day say P while its periods are not known."""
    monday.clock.now = at("09:35")
    page = f"/students/{monday.school.lan}/days/{MONDAY}"
    with monday.visit("alice") as alice:
        for reader in (bob, alice):
            afternoon = said(reader, page).split("Buổi chiều")[1]
            assert afternoon.count(AHEAD) == 4, "the half-day and its three periods"
            assert "Có đơn xin nghỉ" in afternoon or "Có phép" in afternoon
            assert "Không máy nào" not in afternoon
            assert "13:30" not in afternoon
        monday.clock.now = at("13:31")
        afternoon = said(bob, page).split("Buổi chiều")[1]
        assert afternoon.count(AHEAD) == 2, "the second and third period"
        assert afternoon.count("vắng (P)") == 2


def test_a_year_and_a_class_count_no_half_day_before_it_begins(monday: House, bob: httpx.Client) -> None:
    call_present(monday, "09:35")
    roll = f"/classes/{monday.school.class_id}/register?half=afternoon"
    with monday.visit("alice") as alice:
        calendar = said(bob, f"/students/{monday.school.lan}/calendar")
        assert ("đã vắng" in calendar, AHEAD in calendar, "Vắng P 0" in calendar) == (False, True, True)
        text = said(alice, roll)
        assert ("Vắng P 0" in text, AHEAD in text, "đã vắng" in text) == (True, True, False)
        keep_up(monday, "13:50")
        assert "đã vắng 1 ngày (1 buổi)" in said(bob, f"/students/{monday.school.lan}/calendar")
        text = said(alice, roll)
        assert ("Vắng P 1" in text, AHEAD in text, "đã vắng 1 ngày" in text) == (True, False, True)


def test_whoever_was_handed_over_has_gone_home_and_the_open_page_hears_of_it(monday: House, bob: httpx.Client) -> None:
    call_present(monday, "09:28")
    with listening(bob, live_url(bob, "/children")) as events:
        hand_over(monday, "09:32")
        assert "Con đã về lúc" in events.next()["data"]
    assert headline(said(bob)).startswith("Con đã về lúc 09:32 cùng bob")
    with monday.visit("alice") as alice:
        assert "cùng bob" not in said(alice, f"/students/{monday.school.lan}")


def test_a_hand_over_is_said_although_the_gate_saw_the_child_come_and_go(monday: House, bob: httpx.Client) -> None:
    seen(monday, 1, "07:05")
    hand_over(monday, "09:32")
    seen(monday, 2, "09:36", Direction.OUT)
    keep_up(monday, "09:40")
    assert headline(said(bob)).startswith("Con đã về lúc 09:32 cùng bob · đến trường lúc 07:05")


def test_whom_a_unit_saw_leaving_has_left_until_they_come_back(monday: House, bob: httpx.Client) -> None:
    seen(monday, 1, "07:05")
    seen(monday, 2, "09:10", Direction.OUT)
    keep_up(monday, "09:15")
    assert headline(said(bob)).startswith("Con đã ra khỏi trường lúc 09:10")
    seen(monday, 3, "09:20", Direction.IN)
    keep_up(monday, "09:22")
    assert headline(said(bob)).startswith("Đã đến trường lúc 07:05")


def test_yesterdays_departure_is_nothing_of_today(monday: House, bob: httpx.Client) -> None:
    hand_over(monday, "09:32")
    monday.clock.now += timedelta(days=1)
    assert UNSEEN in said(bob)
