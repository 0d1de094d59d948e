"""The principal's morning says what the register says, as it happens, and reads it once for all open pages."""

import html
import re
from datetime import timedelta

import httpx
import pytest

from cloud.attendance import counting_classes, schedule
from cloud.attendance.counting_classes import Shared, Standing, read_standing
from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.register.facts import Permission, Policy, Presence
from cloud.attendance.register.queries import set_policy
from cloud.school.calendar.facts import HalfDay
from tests.cloud.pages.people import House
from tests.cloud.pages.test_live import listening, live_url
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import add_pupils, sighting

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


@pytest.fixture
def monday(taught: House) -> House:
    taught.clock.now = at("07:40")
    return taught


def say(house: House, *words: Word, half: HalfDay = MORNING) -> None:
    house.clock.now += timedelta(minutes=1)
    with house.database.writing() as session:
        overrule(session, house.school.alice, MONDAY, half, words, reason="Điểm danh", now=house.clock.now)


def standing(house: House) -> Standing:
    with house.database.reading() as session:
        return read_standing(session, house.school.id, house.clock.now)


def figures(page: str) -> dict[str, str]:
    """Of the head of the page."""
    head = html.unescape(page).split('id="summary"', 1)[-1]
    return dict(re.findall(r"<dt>([^<]+)</dt><dd class=\"num\">(\d+)</dd>", head))


def test_whom_a_person_called_present_late_or_absent_is_so_at_once(monday: House) -> None:
    lan, minh = monday.school.lan, monday.school.minh
    with monday.visit("alice") as alice:
        assert '<strong class="num">0</strong>' in alice.get("/schools/a").text
        say(monday, Word(lan, Presence.PRESENT, late_minutes=9), Word(minh, Presence.ABSENT))
        page = alice.get("/schools/a").text
        desk = alice.get("/schools/a/desk").text
    assert '<strong class="num">1</strong>' in page
    shown = figures(page)
    assert (shown["trong đó muộn"], shown["Vắng K"], shown["Vắng P"]) == ("1", "1", "0")
    assert shown["Lớp có mặt dưới 90 %"] == "1"
    assert "dưới 90 %" in page
    assert f'href="/classes/{monday.school.class_id}/register?half=morning"' in page
    assert "1/2" in desk


def test_a_class_is_not_low_while_its_pupils_are_still_coming_in(monday: House) -> None:
    """Leave is known before anybody has come."""
    say(monday, Word(monday.school.lan, Presence.ABSENT, permission=Permission.PERMITTED))
    [only] = standing(monday).classes
    assert (only.permitted, only.present, only.rate) == (1, 0, None)
    assert not standing(monday).is_low(only)


def test_a_person_stands_above_the_gate_and_the_gate_is_ahead_of_the_register(monday: House) -> None:
    lan, minh = monday.school.lan, monday.school.minh
    monday.report(sighting(1, lan, at=at("07:20")), sighting(2, minh, at=at("07:20")))
    [before] = standing(monday).classes
    assert (before.arrived, before.present) == (2, 2)
    say(monday, Word(minh, Presence.ABSENT, permission=Permission.PERMITTED))
    [after] = standing(monday).classes
    assert (after.arrived, after.present, after.permitted, after.not_permitted) == (2, 1, 1, 0)


def test_in_the_afternoon_whoever_left_is_not_here(monday: House) -> None:
    monday.report(sighting(1, monday.school.lan, at=at("07:20"), direction="in"))
    monday.clock.now = at("14:00")
    monday.report(sighting(2, monday.school.lan, at=at("10:30"), direction="out"))
    schedule.refresh(monday.database, monday.school.id, at("14:00"))
    now = standing(monday)
    assert (now.half, now.classes[0].present, now.classes[0].not_permitted) == (AFTERNOON, 0, 2)


def test_leave_is_no_absence_without_permission_and_a_school_sets_from_when_a_class_is_low(monday: House) -> None:
    today = Stretch(MONDAY, MORNING, MONDAY, AFTERNOON)
    say(monday, Word(monday.school.minh, Presence.PRESENT))
    with monday.database.writing() as session:
        request = ask_for_leave(session, monday.school.bob, monday.school.lan, today, "Sốt", monday.clock.now)
        decide_on_leave(session, monday.school.alice, request.id, ClaimState.APPROVED, now=monday.clock.now)
    one = standing(monday)
    [only] = one.classes
    assert (only.present, only.permitted, only.not_permitted, only.rate) == (1, 1, 0, 50.0)
    assert one.is_low(only)
    with monday.database.writing() as session:
        set_policy(session, monday.school.id, Policy(low_percent=50))
    assert not standing(monday).is_low(only)
    with monday.visit("alice") as alice:
        assert "dưới 50 %" not in alice.get("/schools/a/attendance").text
        rules = {"grace_minutes": "5", "absent_after_minutes": "15", "low_percent": "60"}
        assert alice.post("/schools/a/attendance-rules", data=rules).status_code == 303
        assert "dưới 60 %" in alice.get("/schools/a/attendance").text


def test_too_many_unseen_are_asked_about_and_the_class_waits_for_its_roll(monday: House) -> None:
    with monday.database.writing() as session:
        add_pupils(session, monday.school, 4)
    schedule.refresh(monday.database, monday.school.id, at("07:50"))
    monday.clock.now = at("07:50")
    with monday.visit("alice") as alice:
        page = alice.get("/schools/a").text
    shown = figures(page)
    assert (shown["Vắng K"], shown["Đang kiểm tra"]) == ("0", "6")
    assert "1A (6)</a>" in page


def test_the_open_page_hears_of_the_roll(monday: House) -> None:
    with monday.visit("alice") as alice, listening(alice, live_url(alice, "/schools/a")) as events:
        say(monday, Word(monday.school.lan, Presence.PRESENT))
        assert '<strong class="num">1</strong>' in events.next()["data"]


def test_open_pages_share_a_reading_until_something_is_told(monday: House, monkeypatch: pytest.MonkeyPatch) -> None:
    told, read = [0], list[int]()
    monkeypatch.setattr(
        counting_classes, "read_standing", lambda *given: (read.append(told[0]), read_standing(*given))[1]
    )
    shared = Shared(lambda _: told[0])
    with monday.database.reading() as session:
        for number in (0, 0, 1, 1, 1, 2):
            told[0] = number
            assert shared.read(session, monday.school.id, monday.clock.now).half is MORNING
    assert read == [0, 1, 2]


def test_nobody_else_reads_it(monday: House) -> None:
    for name in ("bob", "dave"):
        with monday.visit(name) as client:
            answer: httpx.Response = client.get("/schools/a")
            assert answer.status_code == 404
