"""A parent's day at a glance says what the register says: of their own child, and kindly."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from cloud.attendance import schedule
from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.family_words import AHEAD, EXPLAINED, HEADLINES, IN_SHORT, SIGNS, Reads, reads
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.family_queries import OwnHalf
from cloud.devices.tables import UnitWatch
from cloud.kit.i18n import Language, translator
from cloud.school.calendar.facts import HalfDay
from tests.cloud.pages.people import House
from tests.cloud.pages.test_live import listening, live_url
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import add_pupils, sighting, watching

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
UNSEEN = "Hôm nay chưa thấy qua cổng"


@pytest.fixture
def monday(taught: House) -> House:
    taught.clock.now = at("07:40")
    return taught


@pytest.fixture
def bob(monday: House) -> Iterator[httpx.Client]:
    with monday.visit("bob") as client:
        yield client


def call(house: House, presence: Presence, clock: str, late: int = 0) -> None:
    house.clock.now = at(clock)
    with house.database.writing() as session:
        words = [Word(one, presence, late) for one in (house.school.lan, house.school.minh)]
        overrule(session, house.school.alice, MONDAY, MORNING, words, reason="Điểm danh", now=at(clock))


def grant_leave(house: House) -> None:
    house.clock.now += timedelta(minutes=1)
    today = Stretch(MONDAY, MORNING, MONDAY, AFTERNOON)
    with house.database.writing() as session:
        request = ask_for_leave(session, house.school.bob, house.school.lan, today, "Sốt", house.clock.now)
        decide_on_leave(session, house.school.alice, request.id, ClaimState.APPROVED, now=house.clock.now)


def keep_up(house: House, clock: str) -> None:
    house.clock.now = at(clock)
    schedule.keep_up(house.database, house.school.id, house.clock)


def said(client: httpx.Client, page: str = "/children") -> str:
    text = re.sub(r"<[^>]+>", " ", client.get(page).text.split("<main", 1)[1])
    return re.sub(r"\s+", " ", html.unescape(text))


def test_whom_the_teacher_marked_present_is_here_though_no_gate_saw_them(monday: House, bob: httpx.Client) -> None:
    assert UNSEEN in said(bob)
    call(monday, Presence.PRESENT, "07:42")
    text = said(bob)
    assert "Giáo viên đã điểm danh có mặt lúc 07:42" in text
    assert "Buổi sáng: có mặt, giáo viên điểm danh lúc 07:42" in text
    assert UNSEEN not in text
    assert "Minh" not in text
    every_day = said(bob, f"/students/{monday.school.lan}")
    assert "Buổi sáng: có mặt, giáo viên điểm danh lúc 07:42" in every_day


def test_a_child_on_leave_is_on_leave(monday: House, bob: httpx.Client) -> None:
    grant_leave(monday)
    text = said(bob)
    assert "Con nghỉ có phép" in text
    assert text.count("nghỉ có phép (P)") == 2
    assert UNSEEN not in text
    monday.clock.now += timedelta(days=1)
    assert "Buổi chiều: nghỉ có phép (P)" in said(bob, f"/students/{monday.school.lan}")
    page = bob.get("/children").text
    assert re.search(r'aria-hidden="true">P</span>', page)
    recent = page.split('<ol class="days">')[1].split("</ol>")[0]
    assert re.findall(r"\d+/11", recent)[-1] == "16/11", "as a week is read: yesterday is the last"


def test_what_is_not_certain_is_being_checked_and_never_an_absence(monday: House, bob: httpx.Client) -> None:
    """Where no unit watched; and where so many were missed that the roll has to be called first."""
    with monday.database.writing() as session:
        add_pupils(session, monday.school, 5)
        unit = session.scalars(select(UnitWatch)).one()
        session.delete(unit)
    keep_up(monday, "07:50")
    assert "Nhà trường đang kiểm tra Chưa chắc chắn Lan đã có mặt hay chưa" in said(bob)
    with monday.database.writing() as session:
        watching(session)
    keep_up(monday, "07:55")
    keep_up(monday, "07:58")
    pages = ("/children", f"/students/{monday.school.lan}/calendar", f"/students/{monday.school.lan}/days/{MONDAY}")
    for page in pages:
        text = said(bob, page)
        assert re.search("nhà trường đang kiểm tra", text, re.IGNORECASE), page
        assert "không phép" not in text.replace("vắng không phép (K) ? nhà trường", ""), page
    with monday.visit("alice") as alice:
        assert "không phép" in said(alice, f"/students/{monday.school.lan}/days/{MONDAY}")
    call(monday, Presence.ABSENT, "08:00")
    assert "Giáo viên điểm danh vắng lúc 08:00" in said(bob)


def test_an_absence_is_read_once_it_was_told(monday: House, bob: httpx.Client) -> None:
    keep_up(monday, "07:50")
    assert "Nhà trường đang kiểm tra" in said(bob)
    keep_up(monday, "07:53")
    assert "Con chưa có mặt ở trường và chưa có đơn xin nghỉ" in said(bob)
    monday.report(sighting(1, monday.school.lan, at=at("07:52")))
    keep_up(monday, "07:54")
    assert "07:52" in said(bob)


def test_a_day_on_leave_is_one_day_of_two_half_days(monday: House, bob: httpx.Client) -> None:
    """Both count together as one toward the 45; the afternoon once it has begun."""
    grant_leave(monday)
    coming = said(bob, f"/students/{monday.school.lan}/calendar")
    assert "đã vắng 1 ngày (1 buổi)" in coming
    assert "Có mặt 0 trong đó muộn 0 Vắng P 1 Vắng K 0" in coming
    monday.clock.now = at("13:30")
    text = said(bob, f"/students/{monday.school.lan}/calendar")
    assert "đã vắng 1 ngày (2 buổi); mỗi ngày tính 1 buổi, tối đa được vắng 45 buổi" in text
    assert "Có mặt 0 trong đó muộn 0 Vắng P 2 Vắng K 0 Tính theo buổi" in text


def test_the_open_page_hears_of_the_roll_and_of_leave_and_of_no_other_child(monday: House, bob: httpx.Client) -> None:
    changes: list[tuple[Callable[[], None], str]] = [
        (lambda: call(monday, Presence.PRESENT, "07:42", late=12), "muộn 12 phút"),
        (lambda: grant_leave(monday), "Buổi chiều: sẽ nghỉ có phép"),
    ]
    with listening(bob, live_url(bob, "/children")) as events:
        for change, text in changes:
            change()
            data = html.unescape(events.next()["data"])
            assert text in data
            assert "Minh" not in data


HALF = OwnHalf(MORNING, Presence.ABSENT, 0, 0, Permission.NOT_PERMITTED, False, at("07:45"), False, False, False)


def test_every_reading_has_words_in_both_languages() -> None:
    assert set(IN_SHORT) == set(HEADLINES) | {Reads.LEAVE_AHEAD} == set(SIGNS) == set(Reads)
    say = translator(Language.VI).gettext
    assert all(say(text) != text for words in (IN_SHORT, HEADLINES, AHEAD, EXPLAINED) for text in words.values())
    assert reads(HALF, told=False) is Reads.CHECKING
    assert reads(HALF, told=True) is Reads.ABSENT
