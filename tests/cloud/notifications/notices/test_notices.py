"""A notice reaches the guardians of its audience and nobody else; read and acknowledged are facts of their own."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant, User
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications import queries as notifications
from cloud.notifications.announce import handlers
from cloud.notifications.mail import Mail
from cloud.notifications.notices import queries
from cloud.notifications.notices.tables import NoticeReceipt
from cloud.notifications.sending import send_due
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel, PushAddress
from cloud.notifications.vapid import new_private_key
from cloud.notifications.web_push import WebPush
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass
from tests.cloud.pages.people import EVERYBODY, House, open_house
from tests.services.push import PushService
from tests.services.smtp import Mail as MailServer

WRITTEN = {"audience": "school", "subject": "Nghỉ học vì bão", "body": "Ngày mai các cháu nghỉ học.\nXin giữ an toàn."}


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database) as house:
        yield house


def write(house: House, who: str = "alice", **changed: object) -> str:
    """The page of the notice that was sent."""
    with house.visit(who) as client:
        answer = client.post("/schools/a/notices", data={**WRITTEN, **changed})
        if answer.status_code == 409:
            [sure_of] = re.findall(r'name="sure_of" value="(\d+)"', answer.text)
            answer = client.post("/schools/a/notices", data={**WRITTEN, **changed, "sure_of": sure_of})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def told(house: House) -> list[tuple[str, str, str]]:
    """Twice, as after a worker's death."""
    for _ in range(2):
        outbox.dispatch(house.database, handlers(frozenset(Channel), house.clock), house.clock)
    with house.database.reading() as session:
        rows = session.execute(select(Guardian.full_name, Message.channel, Message.subject).join(Message))
        return sorted((name, channel, subject) for name, channel, subject in rows)


def inbox(page: str) -> str:
    return page.replace("/notices/", "/messages/")


def test_an_emergency_is_told_by_every_way_acknowledged_by_each_and_seen_by_the_writer(house: House) -> None:
    with house.database.writing() as session:
        session.execute(update(Guardian).where(Guardian.full_name == "bob").values(phone="84987654321"))
    page = write(house, emergency="true")
    assert told(house) == [(("bob"), way, "KHẨN CẤP: Nghỉ học vì bão") for way in ("email", "sms", "zalo")]
    with house.visit("alice") as alice, house.visit("bob") as bob, house.visit("erin") as erin:
        shown = alice.get(page).text
        assert ("Chưa xác nhận: 2 trong số 2" in shown, "bob" in shown, "erin" in shown) == (True, True, True)
        assert "mới" in bob.get("/messages").text
        assert "Xin giữ an toàn." in bob.get(inbox(page)).text
        shown = alice.get(page).text
        assert ("đã đọc" in shown, "chưa đọc" in shown) == (True, True)
        for _ in range(2):
            assert bob.post(f"{inbox(page)}/acknowledged").status_code == 303
        assert "Anh/chị đã xác nhận lúc 07:08." in bob.get(inbox(page)).text
        shown = alice.get(page).text
        assert ("Chưa xác nhận: 1 trong số 2" in shown, "bob" in shown, "erin" in shown) == (True, False, True)
        erin.post(f"{inbox(page)}/acknowledged")
        assert "Mọi người đã xác nhận." in alice.get(page).text
    with house.database.reading() as session:
        facts = {
            name: (read is not None, acknowledged is not None)
            for name, read, acknowledged in session.execute(
                select(Guardian.full_name, NoticeReceipt.read_at, NoticeReceipt.acknowledged_at).join(NoticeReceipt)
            )
        }
    assert facts == {"bob": (True, True), "erin": (False, True)}


def test_nobody_else_reads_corrects_or_acknowledges(house: House) -> None:
    page = write(house)
    seen = {}
    for name in EVERYBODY:
        with house.visit(name) as client:
            seen[name] = (
                client.get(inbox(page)).status_code,
                client.post(f"{inbox(page)}/acknowledged").status_code,
                client.get(page).status_code,
                client.post(f"{page}/correction", data={"subject": "", "body": ""}).status_code,
            )
    outsider = (404, 404, 404, 404)
    assert seen == {
        "nobody": (303, 303, 303, 303), "alice": (404, 404, 200, 422), "bob": (200, 303, 404, 404),
        "erin": (200, 303, 404, 404), "charlie": outsider, "dave": outsider,
    }  # fmt: skip


def test_a_teacher_writes_to_the_own_class_alone(house: House) -> None:
    with house.database.writing() as session:
        erin = session.scalars(select(User.id).where(User.login == "erin")).one()
        other = SchoolClass(school_id=house.school.id, name="2B", grade=2)
        session.add(other)
        session.flush()
        session.execute(update(Student).where(Student.id == house.school.minh).values(class_id=other.id))
        session.add(
            RoleGrant(
                user_id=erin,
                role=Role.HOMEROOM_TEACHER,
                school_id=house.school.id,
                scope_kind="class",
                scope_id=other.id,
            )
        )
        other_id = other.id
    by_alice = write(house, audience=f"class:{other_id}")
    with house.visit("erin") as teacher:
        page = teacher.get("/schools/a/notices").text
        assert ("2B" in page, "1A" in page, "Toàn trường" in page) == (True, False, False)
        for audience in ("school", "grade:1", "grade:2", f"class:{house.school.class_id}", "", "class:x"):
            assert teacher.post("/schools/a/notices", data={**WRITTEN, "audience": audience}).status_code == 404
        assert teacher.get(by_alice).status_code == 404
    own = write(house, "erin", audience=f"class:{other_id}")
    by_grade = write(house, audience="grade:1")
    with house.visit("alice") as alice, house.visit("bob") as bob:
        assert alice.get(own).status_code == 200
        assert bob.get(inbox(by_grade)).status_code == 200
        assert bob.get(inbox(own)).status_code == 404


def test_a_correction_is_visible_as_such_to_the_same_guardians_and_the_first_stays(house: House) -> None:
    first = write(house, subject_en="No school: storm", body_en="No school tomorrow.")
    told(house)
    with house.visit("alice") as alice, house.visit("bob") as bob:
        refused = alice.post(f"{first}/correction", data={"subject": "", "body": "Nghỉ từ ngày kia."})
        assert (refused.status_code, "Nghỉ từ ngày kia.</textarea>" in refused.text) == (422, True)
        corrected = alice.post(
            f"{first}/correction", data={"subject": "Nghỉ học vì bão", "body": "Nghỉ từ ngày kia."}
        ).headers["location"]
        assert told(house)[0] == ("bob", "email", "Nghỉ học vì bão")
        assert told(house)[1] == ("bob", "email", "Đính chính: Nghỉ học vì bão")
        earlier, later = bob.get(inbox(first)).text, bob.get(inbox(corrected)).text
        assert "Thông báo này đã được đính chính" in earlier
        assert "Ngày mai các cháu nghỉ học." in earlier
        assert f'href="{inbox(first)}"' in later
        bob.cookies.set("language", "en")
        assert "No school tomorrow." in bob.get(inbox(first)).text


@pytest.mark.parametrize("changed", [{"subject": " "}, {"body": ""}, {"subject_en": "x"}, {"subject": "x" * 121}])
def test_what_cannot_be_a_notice_comes_back_as_it_was_written(house: House, changed: dict[str, str]) -> None:
    with house.visit("alice") as alice:
        answer = alice.post("/schools/a/notices", data={**WRITTEN, **changed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "body" in changed or "Xin giữ an toàn." in answer.text
    assert told(house) == []


def test_nobody_is_woken_before_the_writer_has_read_how_many_and_said_so(house: House) -> None:
    with house.visit("alice") as client:
        for sure_of in ({}, {"sure_of": "1"}):
            answer = client.post("/schools/a/notices", data={**WRITTEN, "emergency": "true", **sure_of})
            assert answer.status_code == 409
            assert "Tin này đánh thức 2 phụ huynh" in answer.text
            assert "Xin giữ an toàn." in answer.text
        assert "Chưa gửi thông báo nào." in client.get("/schools/a/notices").text
    assert told(house) == []


def test_each_fact_stands_for_itself_and_who_has_not_acknowledged_is_reminded(
    house: House, mail: MailServer, push: PushService
) -> None:
    subscription = push.subscribe()
    address = PushAddress(subscription.endpoint, subscription.p256dh, subscription.auth)
    with house.database.writing() as session:
        notifications.add_browser(session, house.school.bob.user_id, address, now=house.clock.now)
    page = write(house, emergency="true")
    transports = (
        Mail(mail.url, "Trường A <no-reply@school.example>", "https://x"),
        WebPush(new_private_key(), "mailto:it@school.example"),
    )

    def deliver() -> None:
        told(house)
        for transport in transports:
            send_due(house.database, transport, house.clock)

    with house.visit("alice") as alice:
        shown = alice.get(page).text
        assert (shown.count("sắp vào hàng gửi"), "Chưa có cách nào gửi tới" in shown) == (2, False)
    deliver()
    with house.visit("alice") as alice, house.visit("bob") as bob:
        shown = alice.get(page).text
        assert ("Thư điện tử: chờ gửi 07:08 · đã gửi 07:08" in shown, "đã tới máy 07:" in shown) == (True, False)
        assert "Chưa có cách nào gửi tới" in shown, "erin has neither address nor browser"
        assert bob.post(json.loads(push.deliveries[0].text)["receipt"]).status_code == 204
        house.clock.now += timedelta(minutes=1)
        assert "đã tới máy 07:08" in alice.get(page).text
        bob.get(inbox(page))
        assert "đã đọc 07:09" in alice.get(page).text
        assert "bob" not in alice.get(page, params={"which": "unread"}).text
        assert "erin" in alice.get(page, params={"which": "unreached"}).text
        assert alice.post(f"{page}/reminder").status_code == 303
        assert alice.post(f"{page}/reminder").status_code == 409, "a second tap"
        deliver()
        assert sorted(mail_subjects(mail)) == ["KHẨN CẤP: Nghỉ học vì bão", "Nhắc lại: KHẨN CẤP: Nghỉ học vì bão"]
        bob.post(f"{inbox(page)}/acknowledged")
        house.clock.now += timedelta(minutes=30)
        assert alice.post(f"{page}/reminder").status_code == 303
        deliver()
        assert len(mail.messages) == 2, "who has acknowledged is left in peace"
        assert "đã xác nhận 07:09" in alice.get(page, params={"which": "all"}).text


def mail_subjects(mail: MailServer) -> list[str]:
    return [str(one["Subject"]) for one in mail.messages]


def may_see(house: House, child: UUID, may: bool) -> None:
    """Of bob, as a guardian of that child."""
    bob = select(Guardian.id).where(Guardian.full_name == "bob").scalar_subquery()
    with house.database.writing() as session:
        link = update(Guardianship).where(Guardianship.guardian_id == bob, Guardianship.student_id == child)
        session.execute(link.values(may_see=may).execution_options(synchronize_session=False))


def unread(house: House) -> int:
    """Of bob's."""
    with house.database.reading() as session:
        return queries.unread(session, house.school.bob.user_id)


@pytest.mark.parametrize("audience", ["school", "grade:1", "class"])
def test_who_may_not_see_the_child_any_more_reads_no_earlier_notice_either(house: House, audience: str) -> None:
    """Neither in the list nor at its address; nothing is counted as new, and nothing can be acknowledged."""
    key = f"class:{house.school.class_id}" if audience == "class" else audience
    page = inbox(write(house, audience=key))
    with house.visit("bob") as bob, house.visit("erin") as erin:
        assert ("Nghỉ học vì bão" in bob.get("/messages").text, unread(house)) == (True, 1)
        may_see(house, house.school.lan, False)
        assert ("Nghỉ học vì bão" in bob.get("/messages").text, unread(house)) == (False, 0)
        assert [bob.get(page).status_code, bob.post(f"{page}/acknowledged").status_code] == [404, 404]
        assert erin.get(page).status_code == 200
        may_see(house, house.school.lan, True)
        assert bob.get(page).status_code == 200


def test_a_notice_that_went_to_another_child_of_theirs_too_stays(house: House) -> None:
    with house.database.writing() as session:
        bob = session.scalars(select(Guardian.id).where(Guardian.full_name == "bob")).one()
        session.add(Guardianship(guardian_id=bob, student_id=house.school.minh))
    page = inbox(write(house))
    with house.visit("bob") as client:
        for child in (house.school.lan, house.school.minh):
            may_see(house, child, False)
            assert client.get(page).status_code == 200, "the other one's school it is, too"
            may_see(house, child, True)
        may_see(house, house.school.lan, False)
        may_see(house, house.school.minh, False)
        assert client.get(page).status_code == 404
