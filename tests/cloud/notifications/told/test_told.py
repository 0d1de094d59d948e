"""What was told is read by whom it was told; the office sees that it got over, and which families no way reaches."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications.announce import handlers
from cloud.notifications.following import follow_up
from cloud.notifications.preferences import FALL_BACK_AFTER
from cloud.notifications.queries import NewMessage, claim, mark_failed, queue, try_next
from cloud.notifications.sending import send_due
from cloud.notifications.tables import Message
from cloud.notifications.told.pages import TOO_LONG
from cloud.notifications.transport import Channel
from cloud.people.tables import Guardian
from tests.cloud.notifications.test_following import Provider
from tests.cloud.pages.people import EVERYBODY, House, open_house
from tests.cloud.small_school import MORNING, sighting

BODY = "đã đến trường lúc 07:07, ngày 16/11/2026"


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database, smtp_url="smtp://127.0.0.1:1") as house:
        house.report(sighting(1, house.school.lan), sighting(2, house.school.minh))
        outbox.dispatch(database, handlers({Channel.EMAIL}, house.clock), house.clock)
        yield house


def asked(house: House, path: str) -> dict[str, tuple[int, str]]:
    found = {}
    for who in EVERYBODY:
        with house.visit(who) as client:
            answer = client.get(path)
            found[who] = answer.status_code, " ".join(re.sub("<[^>]*>", " ", answer.text).split())
    return found


def test_a_guardian_alone_reads_what_they_were_told_and_how_far_it_got(house: House) -> None:
    page = f"/children/{house.school.lan}/told"
    before = asked(house, page)
    assert {who: status for who, (status, _) in before.items()} == {
        "nobody": 303, "alice": 404, "bob": 200, "erin": 404, "charlie": 404, "dave": 404
    }  # fmt: skip
    assert BODY in before["bob"][1]
    assert "Thư điện tử: chờ gửi 07:08" in before["bob"][1]
    send_due(house.database, Provider(Channel.EMAIL), house.clock)
    with house.visit("bob") as bob:
        assert "đã gửi 07:08" in bob.get(page).text
        assert page in bob.get("/messages").text


def test_the_office_sees_to_whom_and_how_far_and_never_what_it_said(house: House) -> None:
    page = f"/students/{house.school.lan}/told"
    found = asked(house, page)
    assert {who: status for who, (status, _) in found.items()} == {
        "nobody": 303, "alice": 200, "bob": 403, "erin": 404, "charlie": 404, "dave": 404
    }  # fmt: skip
    said = found["alice"][1]
    assert ("bob" in said, "Nguyễn Thị Lan đã đến trường lúc 07:07" in said, BODY in said) == (True, True, False)
    with house.visit("alice") as alice:
        assert page in alice.get(f"/schools/a/pupils/{house.school.lan}").text


def test_who_has_read_the_page_is_told_by_no_further_way_and_the_office_sees_when(house: House) -> None:
    send_due(house.database, Provider(Channel.EMAIL), house.clock)
    with house.database.writing() as session:
        session.execute(update(Message).values(then="sms", fall_back_at=house.clock() + FALL_BACK_AFTER))
    office = f"/students/{house.school.lan}/told"
    assert "đã đọc" not in asked(house, office)["alice"][1]
    with house.visit("bob") as bob:
        bob.get(f"/children/{house.school.lan}/told")
        house.clock.now += timedelta(minutes=2)
        bob.get(f"/children/{house.school.lan}/told")
    assert "đã đọc 07:08" in asked(house, office)["alice"][1]
    assert "Thư điện tử 1 1 không báo lại 1 0" in asked(house, "/schools/a/ways")["alice"][1]
    house.clock.now += FALL_BACK_AFTER
    assert follow_up(house.database, house.clock) == 0
    with house.database.writing() as session:
        [read] = session.scalars(select(Message))
        try_next(session, read.id, now=house.clock())
    with house.database.reading() as session:
        assert list(session.scalars(select(Message.channel))) == [Channel.EMAIL], "given up on it after it was read"


def test_one_occasion_by_several_ways_is_one_line(house: House) -> None:
    with house.database.writing() as session:
        bob = session.scalars(select(Guardian.id).where(Guardian.full_name == "bob")).one()
        for channel in (Channel.EMAIL, Channel.SMS):
            said = "notice", "Nghỉ vì bão", "Ở nhà."
            queue(session, [NewMessage(house.school.id, bob, house.school.lan, channel, *said, channel, MORNING)],
                  now=house.clock())  # fmt: skip
    said = asked(house, f"/children/{house.school.lan}/told")["bob"][1]
    assert said.count("Nghỉ vì bão") == 1
    assert ("Thư điện tử: chờ gửi" in said, "SMS: chờ gửi" in said) == (True, True)


def test_the_school_sees_its_ways_what_failed_what_is_stuck_and_whom_none_reaches(house: House) -> None:
    found = asked(house, "/schools/a/ways")
    assert {who: status for who, (status, _) in found.items()} == {
        "nobody": 303, "alice": 200, "bob": 404, "erin": 404, "charlie": 404, "dave": 404
    }  # fmt: skip
    said = found["alice"][1]
    assert "Thư điện tử 1 0 không báo lại 0 0" in said
    assert "SMS chưa cài đặt" in said
    assert "Tắc từ" not in said
    unreached = said.partition("không có đường liên lạc nào tới gia đình")[2]
    assert ("Trần Văn Minh" in unreached, "Nguyễn Thị Lan" in unreached) == (True, False), "erin has no address"
    house.clock.now += TOO_LONG + timedelta(seconds=1)
    assert "Tắc từ 07:08 ngày 16/11/2026" in asked(house, "/schools/a/ways")["alice"][1]
    with house.database.writing() as session:
        [claimed] = claim(session, Channel.EMAIL, now=house.clock())
        mark_failed(session, claimed, failure="mailbox full", now=house.clock())
    said = asked(house, "/schools/a/ways")["alice"][1]
    assert "Thư điện tử 1 0 không báo lại 0 1" in said
    assert "Thư điện tử mailbox full 1" in said
    house.clock.now += timedelta(days=1)
    assert "mailbox full" not in asked(house, "/schools/a/ways")["alice"][1]


def test_a_service_without_any_way_says_so_and_setting_up_leads_there(database: Database) -> None:
    with open_house(database) as house, house.visit("alice") as alice:
        assert "Chưa cài đặt đường liên lạc nào" in alice.get("/schools/a/ways").text
        assert "/schools/a/ways" in alice.get("/schools/a/setup").text
