"""A class's group: off by default, kept by its homeroom teacher, and no family learns anything of another."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cloud.accounts.tables import AuditEntry
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications import queries as notifications
from cloud.notifications.announce import handlers
from cloud.notifications.groups.tables import GroupMessage
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel, PushAddress
from cloud.people.tables import Guardian, Guardianship, Student
from tests.cloud.notifications.staffroom import TEACHER, staffed
from tests.cloud.pages.people import EVERYBODY, House, open_house

WORDS = "Ai đi xe buýt sáng mai ạ?"
RUDE = "Cô giáo dạy dở quá."


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database) as house:
        yield staffed(house)


def class_page(house: House) -> str:
    return f"/classes/{house.school.class_id}/group"


def lan(house: House) -> str:
    return f"/children/{house.school.lan}/group"


def minh(house: House) -> str:
    return f"/children/{house.school.minh}/group"


def switch(house: House, mode: str) -> None:
    with house.visit(TEACHER) as mai:
        assert mai.post(f"{class_page(house)}/mode", data={"mode": mode}).status_code == 303


def post(house: House, who: str, page: str, **data: str) -> int:
    with house.visit(who) as client:
        return client.post(page, data=data).status_code


def page_of(house: House, who: str, page: str) -> str:
    with house.visit(who) as client:
        return client.get(page).text


def newest(house: House) -> str:
    with house.database.reading() as session:
        return str(
            session.scalars(select(GroupMessage.id).order_by(GroupMessage.at.desc(), GroupMessage.id.desc())).first()
        )


def told(house: House) -> list[tuple[str | None, str, str, str]]:
    for _ in range(2):
        outbox.dispatch(house.database, handlers(frozenset(Channel), house.clock), house.clock)
    with house.database.reading() as session:
        rows = session.execute(
            select(Guardian.full_name, Message.kind, Message.body, Message.path)
            .select_from(Message)
            .outerjoin(Guardian, Guardian.id == Message.guardian_id)
            .order_by(Guardian.full_name)
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def test_a_class_has_no_group_until_its_homeroom_teacher_switches_it_on(house: House) -> None:
    assert "Lớp này chưa có nhóm" in page_of(house, "bob", lan(house))
    assert post(house, "bob", lan(house), body=WORDS) == 409
    assert "Nhóm lớp 1A" not in page_of(house, "bob", "/messages")
    with house.visit(TEACHER) as mai:
        unsaid = mai.post(f"{class_page(house)}/mode")
        assert (unsaid.status_code, "Chọn một mục trong danh sách." in unsaid.text) == (422, True)
    assert "đang tắt" in page_of(house, TEACHER, "/schools/a/groups")
    switch(house, "open")
    assert "Nhóm lớp 1A" in page_of(house, "bob", "/messages")
    assert post(house, "bob", lan(house), body=WORDS) == 303
    switch(house, "off")
    assert WORDS not in page_of(house, "erin", minh(house))


def test_what_a_family_writes_waits_is_let_in_and_shows_nothing_of_them_but_name_and_words(house: House) -> None:
    with house.database.writing() as session:
        session.execute(update(Guardian).where(Guardian.full_name == "bob").values(phone="84987654321"))
    switch(house, "approve")
    post(house, "bob", lan(house), body=WORDS)
    assert WORDS not in page_of(house, "erin", minh(house))
    assert 'class="tag"' in page_of(house, "bob", lan(house))
    house.clock.now += timedelta(minutes=1)
    assert "1 tin chờ duyệt" in page_of(house, TEACHER, "/schools/a/groups")
    assert post(house, TEACHER, f"{class_page(house)}/{newest(house)}/decision", state="shown") == 303
    assert "1 tin mới" in page_of(house, "erin", "/messages")
    shown = page_of(house, "erin", minh(house))
    assert (WORDS in shown, "bob" in shown) == (True, True)
    for secret in ("84987654321", "bob@example.vn", "Nguyễn Thị Lan", str(house.school.lan)):
        assert secret not in shown
    assert "tin mới" not in page_of(house, "erin", "/messages")


def test_the_teacher_hides_with_a_reason_and_mutes_for_days(house: House) -> None:
    switch(house, "open")
    post(house, "bob", lan(house), body=RUDE)
    act = f"{class_page(house)}/{newest(house)}"
    assert post(house, TEACHER, f"{act}/decision", state="hidden") == 422, "without a reason"
    assert post(house, TEACHER, f"{act}/decision", state="hidden", reason="Xúc phạm") == 303
    shown = page_of(house, "erin", minh(house))
    assert (RUDE in shown, "Giáo viên đã ẩn: Xúc phạm" in shown) == (False, True)
    assert RUDE in page_of(house, TEACHER, class_page(house))
    assert post(house, TEACHER, f"{act}/mute", days="", reason="Lần thứ ba") == 422
    assert post(house, TEACHER, f"{act}/mute", days="7", reason="Lần thứ ba") == 303
    assert post(house, "bob", lan(house), body=WORDS) == 409
    assert "Lần thứ ba" in page_of(house, "bob", lan(house))
    assert "Lần thứ ba" not in page_of(house, "erin", minh(house))
    house.clock.now += timedelta(days=7, minutes=1)
    assert post(house, "bob", lan(house), body=WORDS) == 303
    with house.database.reading() as session:
        noted = set(session.scalars(select(AuditEntry.action)))
    assert {"group.switched", "group.hidden", "group.muted"} <= noted


def test_a_report_reaches_the_teacher_once_and_their_phone_without_a_name(house: House) -> None:
    switch(house, "open")
    with house.database.writing() as session:
        mai = session.scalars(select(AuditEntry.actor_id)).first()
        assert mai is not None
        notifications.add_browser(
            session, mai, PushAddress("https://push.example.vn/1", "BA", "BA"), now=house.clock.now
        )
    post(house, "bob", lan(house), body=RUDE)
    for _ in range(2):
        assert post(house, "erin", f"{minh(house)}/{newest(house)}/report", reason="Xúc phạm cô") == 303
    assert "1 tin bị báo cáo" in page_of(house, TEACHER, "/schools/a/groups")
    assert "Bị báo cáo: Xúc phạm cô" in page_of(house, TEACHER, class_page(house))
    assert "Xúc phạm cô" not in page_of(house, "bob", lan(house))
    [(name, kind, text, where)] = told(house)
    assert (name, kind, where, "bob" in text) == (None, "group_to_look_at", class_page(house), False)


def test_families_hear_of_what_staff_write_and_each_text_names_their_own_child(house: House) -> None:
    switch(house, "open")
    post(house, "bob", lan(house), body=WORDS)
    assert told(house) == []
    with house.database.writing() as session:
        session.execute(update(Guardian).where(Guardian.full_name == "erin").values(email="erin@example.vn"))
    post(house, TEACHER, class_page(house), body="Ngày mai lớp đi thư viện, Lan nhớ mang sách.")
    assert [(name, "Lan" in text, "Minh" in text, where) for name, _, text, where in told(house)] == [
        ("bob", True, False, lan(house)), ("carol", True, False, lan(house)), ("erin", False, True, minh(house)),
    ]  # fmt: skip


def test_an_author_takes_back_what_they_wrote_and_nobody_else_does(house: House) -> None:
    switch(house, "open")
    post(house, "bob", lan(house), body=WORDS)
    assert post(house, "erin", f"{minh(house)}/{newest(house)}/taken-back") == 409
    assert post(house, "bob", f"{lan(house)}/{newest(house)}/taken-back") == 303
    shown = page_of(house, TEACHER, class_page(house))
    assert (WORDS in shown, "Đã thu hồi" in shown) == (False, True)
    assert post(house, TEACHER, f"{class_page(house)}/{newest(house)}/decision", state="shown") == 409


def test_who_is_not_of_the_class_or_no_more_neither_reads_nor_writes(house: House) -> None:
    switch(house, "open")
    post(house, "bob", lan(house), body=WORDS)
    seen = {
        name: (post(house, name, lan(house), body=""), post(house, name, class_page(house), body=""))
        for name in EVERYBODY
    }
    assert seen == {
        "nobody": (303, 303), "alice": (404, 422), "bob": (422, 404), "erin": (404, 404), "charlie": (404, 404),
        "dave": (404, 404),
    }  # fmt: skip
    with house.database.writing() as session:
        session.execute(update(Guardianship).where(Guardianship.student_id == house.school.lan).values(may_see=False))
        session.execute(update(Student).where(Student.id == house.school.minh).values(left_on=house.clock.now.date()))
    with house.visit("bob") as bob, house.visit("erin") as erin:
        assert bob.get(lan(house)).status_code == 404
        assert erin.get(minh(house)).status_code == 404
