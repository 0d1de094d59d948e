"""A count that was locked too low, as it is read and mended: the page, the sheet, the files, the kitchen's e-mail."""

import io
import re

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import AuditEntry, RoleGrant
from cloud.attendance import schedule
from cloud.attendance.desk import Word, overrule
from cloud.attendance.meals import queries
from cloud.attendance.meals.queries import Registered
from cloud.attendance.register.facts import Presence
from cloud.notifications.kitchen import send_sheets
from cloud.notifications.mail import Mail
from cloud.school.calendar.facts import HalfDay
from cloud.settings import CloudSettings
from tests.cloud.pages.people import House
from tests.cloud.pages.test_meals import SECRET, kitchen, link
from tests.cloud.schoolhouse import MONDAY, YEAR, at
from tests.services.smtp import Mail as MailServer

__all__ = ["kitchen"]

ADD, PAGE = "/schools/a/meals/supplements", "/schools/a/meals"
TODAY = {"day": str(MONDAY)}


@pytest.fixture
def too_low(kitchen: House) -> House:
    """Lan and Minh eat here and nobody was seen by 08:00; at 08:20 the teacher has called the roll: both are here."""
    with kitchen.database.writing() as session:
        queries.register(session, Registered(kitchen.school.minh, YEAR.first, None))
    kitchen.clock.now = at("08:01")
    schedule.keep_up(kitchen.database, kitchen.school.id, kitchen.clock)
    call_the_roll(kitchen)
    return kitchen


def call_the_roll(house: House) -> None:
    words = [Word(one, Presence.PRESENT) for one in (house.school.lan, house.school.minh)]
    house.clock.now = at("08:20")
    with house.database.writing() as session:
        overrule(session, house.school.alice, MONDAY, HalfDay.MORNING, words, reason="Điểm danh", now=at("08:20"))


def send(house: House, mail: MailServer) -> int:
    settings = CloudSettings.model_validate({"secret_key": SECRET, "public_url": house.url})
    return send_sheets(house.database, Mail(mail.url, "a@a.example", ""), settings, house.clock)


def test_the_page_says_who_is_missing_and_one_tap_tells_the_kitchen(too_low: House, mail: MailServer) -> None:
    send(too_low, mail)
    too_low.clock.now = at("08:25")
    with too_low.visit("alice") as alice, too_low.visit() as cook:
        before = alice.get(PAGE).text
        assert "2 em đăng ký ăn được xác nhận có mặt sau khi chốt" in before
        assert "Báo bếp thêm 2 suất" in before
        assert "Trần Văn Minh (1A)" not in before, "nobody has to ask about them any more"
        cook.post(link(too_low))
        assert alice.post(ADD, data=TODAY).headers["location"] == PAGE
        again = alice.post(ADD, data=TODAY)
        assert (again.status_code, "đều đã được tính" in again.text) == (409, True)
        after = alice.get(PAGE).text
        assert "Bổ sung lần 1 lúc 08:25: thêm 2 suất (1A: 2)." in after
        assert ("Báo bếp thêm" in after, "đang gửi" in after) == (False, True)
        assert [send(too_low, mail), send(too_low, mail)] == [1, 0]
        assert '<span class="pill">đã gửi</span>' in alice.get(PAGE).text
        for path in ("/schools/a/meals/sheet", link(too_low)):
            sheet = alice.get(path).text
            assert "Bổ sung lần 1 lúc 08:25: thêm 2 suất (1A: 2)." in sheet
            assert re.findall(r"Suất ăn ngày 16/11/2026: (\d+) suất", sheet) == ["2"]
            assert "1 × ăn chay" in sheet
        assert alice.get("/schools/a/meals/sheet.pdf").content.startswith(b"%PDF-")
        book = CalamineWorkbook.from_filelike(io.BytesIO(alice.get("/schools/a/meals/sheet.xlsx").content))
        month = CalamineWorkbook.from_filelike(io.BytesIO(alice.get("/schools/a/meals/month.xlsx").content))
        assert "Chúng tôi đã nhận phần bổ sung" in cook.get(link(too_low)).text
        cook.post(link(too_low), data={"supplements": "1"})
        assert "Chúng tôi đã nhận phần bổ sung" not in cook.get(link(too_low)).text
        assert "Bếp đã nhận lúc 08:25." in alice.get(PAGE).text
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[3] == ["Lớp", "Đã chốt", "Bổ sung", "Tất cả", "Chưa rõ", "Chế độ ăn riêng"]
    assert rows[4] == ["1A", 0.0, 2.0, 2.0, 0.0, "1 × ăn chay"]
    assert any("Bổ sung lần 1 lúc 08:25" in str(cell) for row in rows for cell in row)
    assert [row[2] for row in month.get_sheet_by_index(0).to_python()[4:6]] == [1.0, 1.0]
    first, second = mail.messages
    assert first["Message-ID"] != second["Message-ID"]
    assert second["Subject"] == "A: Bổ sung lần 1: thêm 2 suất, tất cả 2 suất ngày 16/11/2026"
    assert second.get_content().startswith(
        "Bổ sung lần 1 lúc 08:25: thêm 2 suất (1A: 2).\n\n1A: 2 (1 × ăn chay)\nCộng: 2"
    )
    with too_low.database.reading() as session:
        assert session.scalars(select(AuditEntry.action)).all().count("meals.supplemented") == 1


def test_who_only_sees_meals_reads_how_many_and_cannot_add_them(too_low: House) -> None:
    with too_low.database.writing() as session:
        grant = RoleGrant(
            user_id=too_low.school.charlie.user_id, role=Role.HOMEROOM_TEACHER, school_id=too_low.school.id,
            scope_kind="class", scope_id=too_low.school.class_id,
        )  # fmt: skip
        session.add(grant)
    with too_low.visit("charlie") as teacher, too_low.visit("dave") as dave, too_low.visit("bob") as bob:
        page = teacher.get(PAGE).text
        assert ("2 em đăng ký ăn được xác nhận" in page, "Báo bếp thêm" in page) == (True, False)
        assert [one.post(ADD, data=TODAY).status_code for one in (teacher, dave, bob)] == [404, 404, 404]
