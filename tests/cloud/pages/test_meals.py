"""Meals from a family's wish to the kitchen's confirmation: counted live, locked once, handed on, liked or not."""

import io
import re
from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import AuditEntry, RoleGrant
from cloud.attendance import schedule
from cloud.attendance.meals import queries, sheet_queries
from cloud.attendance.meals.queries import Policy, Registered
from cloud.attendance.meals.sheet import as_text, read_sheet, token_of
from cloud.attendance.meals.supplement_queries import MoreLine, Supplement
from cloud.kit.i18n import Language
from cloud.notifications.kitchen import CONFIRM, send_sheets
from cloud.notifications.mail import Mail
from cloud.settings import CloudSettings
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, YEAR, at, give_calendar
from tests.cloud.small_school import sighting
from tests.services.smtp import Mail as MailServer

TUESDAY = MONDAY + timedelta(days=1)
WEEK = {"weekday": ["0", "1", "2", "3", "4"]}
SECRET = "a secret of the tests' own, long enough"


@pytest.fixture
def kitchen(house: House) -> House:
    """Monday, 07:10: Lan eats at school and needs it vegetarian, Minh does not eat here; the cut-off is 08:00."""
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        queries.set_policy(session, house.school.id, Policy(time(8), "bep@example.vn"))
        queries.register(session, Registered(house.school.lan, YEAR.first, None, diet="ăn chay"))
    house.clock.now = at("07:10")
    return house


def lock(house: House) -> None:
    house.report(sighting(1, house.school.lan, at=at("07:05")))
    house.clock.now = at("08:01")
    schedule.keep_up(house.database, house.school.id, house.clock)


def registered(house: House, student_id: UUID) -> list[Registered]:
    with house.database.reading() as session:
        return queries.registrations_of(session, [student_id]).get(student_id, [])


def link(house: House, day: object = MONDAY) -> str:
    token = token_of(CloudSettings.model_validate({"secret_key": SECRET}).secret_key, house.school.id, MONDAY)
    return f"/kitchen/a/{day}/{token}"


def test_the_count_follows_the_gate_until_the_cut_off_and_not_after(kitchen: House) -> None:
    with kitchen.visit("alice") as alice:
        assert "Đang đếm đến 08:00" in (before := alice.get("/schools/a/meals").text)
        assert re.findall(r'num"><strong>(\d+)', before) == ["0"]
        kitchen.report(sighting(1, kitchen.school.lan, at=at("07:05")))
        assert re.findall(r'num"><strong>(\d+)', alice.get("/schools/a/meals").text) == ["1"]
        kitchen.clock.now = at("08:01")
        schedule.keep_up(kitchen.database, kitchen.school.id, kitchen.clock)
        assert "Đã chốt lúc 08:01" in (after := alice.get("/schools/a/meals").text)
        assert "Đang gửi đến bep@example.vn" in after
        assert "1 × ăn chay" in alice.get("/schools/a/meals/sheet").text
        assert alice.get("/schools/a/meals/sheet.pdf").content.startswith(b"%PDF-")
        book = CalamineWorkbook.from_filelike(io.BytesIO(alice.get("/schools/a/meals/sheet.xlsx").content))
    assert book.get_sheet_by_index(0).to_python()[4] == ["1A", 1.0, 0.0, "1 × ăn chay"]


def test_the_sheet_reaches_the_kitchen_once_and_they_say_that_they_have_it(kitchen: House, mail: MailServer) -> None:
    settings = CloudSettings.model_validate({"secret_key": SECRET, "public_url": kitchen.url})
    sender = Mail(mail.url, "Trường A <no-reply@school.example>", kitchen.url)
    lock(kitchen)
    assert [send_sheets(kitchen.database, sender, settings, kitchen.clock) for _ in range(2)] == [1, 0]
    [letter] = mail.messages
    text = letter.get_content()
    assert (letter["To"], letter["Subject"]) == ("bep@example.vn", "A: Suất ăn ngày 16/11/2026: 1 suất")
    assert "1A: 1 (1 × ăn chay)" in text
    assert "Lan" not in text
    [path] = re.findall(rf"{re.escape(kitchen.url)}(/kitchen/\S+)", text)
    with kitchen.visit() as cook:
        assert "Chúng tôi đã nhận" in cook.get(path).text
        assert cook.post(path).status_code == 303
        assert "Bếp đã nhận lúc 08:01" in cook.get(path).text
        assert cook.get(link(kitchen, TUESDAY)).status_code == 404
        assert cook.get(path[:-1] + "é").status_code == 404
    with kitchen.database.reading() as session:
        assert "meals.received" in session.scalars(select(AuditEntry.action)).all()


def test_the_kitchens_email_has_no_english_in_it(kitchen: House, mail: MailServer) -> None:
    settings = CloudSettings.model_validate({"secret_key": SECRET, "public_url": kitchen.url})
    lock(kitchen)
    with kitchen.database.reading() as session:
        sheet = read_sheet(session, kitchen.school.id, MONDAY)
    assert sheet
    send_sheets(kitchen.database, Mail(mail.url, "a@a.example", ""), settings, kitchen.clock)
    [letter] = mail.messages
    more = Supplement(1, 2, at("09:00"), None, (MoreLine(kitchen.school.class_id, "1A", 1, "", 2),))
    warned = replace(
        sheet, unplaced={kitchen.school.class_id: 1}, classes=tuple(replace(one, registered=9) for one in sheet.classes)
    )
    added = replace(warned, supplements=(more,))
    sent = "\n".join(
        [str(letter["subject"]), letter.get_content(), *as_text(warned, Language.VI), *as_text(added, Language.VI)]
    )
    english = " ".join([*as_text(warned, Language.EN), *as_text(added, Language.EN), CONFIRM])
    ours = {"A", "ăn", "chay"}
    assert "Cộng: 1" in sent
    assert words(sent) & words(english) - ours == set()


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_][\w']*", re.sub(r"http\S+|%\(\w+\)s", "", text)))


def test_a_mail_server_that_is_away_gets_it_later(kitchen: House, mail: MailServer) -> None:
    settings = CloudSettings.model_validate({"secret_key": SECRET})
    lock(kitchen)
    send_sheets(kitchen.database, Mail("smtp://127.0.0.1:9", "a@a.example", ""), settings, kitchen.clock)
    with kitchen.database.reading() as session:
        state = sheet_queries.sheet_state(session, kitchen.school.id, MONDAY)
    assert state
    assert (state.sent_at, bool(state.failure)) == (None, True)
    with kitchen.visit("alice") as alice:
        assert "Email chưa gửi được" in alice.get("/schools/a/meals").text
    kitchen.clock.now += timedelta(minutes=2)
    send_sheets(kitchen.database, Mail(mail.url, "a@a.example", ""), settings, kitchen.clock)
    assert len(mail.messages) == 1


def test_a_family_asks_the_school_agrees_and_the_family_ends(kitchen: House) -> None:
    with kitchen.visit("erin") as erin, kitchen.visit("alice") as alice:
        wish = {"first_day": str(TUESDAY), "diet": "không ăn tôm", **WEEK}
        page, path = f"/students/{kitchen.school.minh}/meals", f"/children/{kitchen.school.minh}/meals"
        assert erin.post(f"{path}/wishes", data=wish).status_code == 303
        assert erin.post(f"{path}/wishes", data=wish).status_code == 409
        assert registered(kitchen, kitchen.school.minh) == []
        [decision] = re.findall(r'action="(/schools/a/meals/wishes/\S+)"', alice.get("/schools/a/meals/pupils").text)
        assert alice.post(decision, data={"answer": "true"}).status_code == 303
        assert alice.post(decision, data={"answer": "true"}).status_code == 409
        [one] = registered(kitchen, kitchen.school.minh)
        assert (one.first_day, one.weekdays, one.diet) == (TUESDAY, 127, "không ăn tôm")
        assert "không ăn tôm" in erin.get(page).text
        kitchen.clock.now = at("09:00", TUESDAY)
        yesterday, friday = {"last_day": str(MONDAY)}, {"last_day": str(TUESDAY + timedelta(days=3))}
        assert erin.post(f"{path}/end", data=yesterday).status_code == 422
        assert erin.post(f"{path}/end", data=friday).status_code == 303
    [one] = registered(kitchen, kitchen.school.minh)
    assert one.last_day == TUESDAY + timedelta(days=3)


def test_where_the_school_does_not_let_them_families_neither_ask_nor_end(kitchen: House) -> None:
    with kitchen.visit("alice") as alice, kitchen.visit("bob") as bob:
        alice.post("/schools/a/meals/settings", data={"cut_off": "08:30"})
        path = f"/children/{kitchen.school.lan}/meals"
        assert bob.post(f"{path}/end", data={"last_day": str(MONDAY)}).status_code == 403
        assert bob.post(f"{path}/wishes", data={"first_day": str(MONDAY), **WEEK}).status_code == 403
        assert "Thôi ăn ở trường" not in bob.get(f"/students/{kitchen.school.lan}/meals").text
        wrong = alice.post("/schools/a/meals/settings", data={"cut_off": "08:30", "kitchen_email": "bep"})
        assert ('value="08:30"' in wrong.text, 'value="bep"' in wrong.text) == (True, True)
    assert (wrong.status_code, "không phải là địa chỉ" in wrong.text) == (422, True)


def test_what_cannot_be_used_is_named_beside_its_field_and_the_rest_stays(kitchen: House) -> None:
    lan, minh = kitchen.school.lan, kitchen.school.minh
    pupils, some = "/schools/a/meals/pupils", {"weekday": ["1", "5"], "diet": "không tôm"}
    with kitchen.visit("alice") as alice, kitchen.visit("erin") as erin, kitchen.visit("bob") as bob:
        started = alice.post(pupils, data=some | {"first_day": "mai", "pupil": [str(minh)]})
        ended = alice.post(f"{pupils}/{lan}/end", data={"last_day": ""})
        settings = {"cut_off": "", "kitchen_email": "bếp", "families_may_end": "true"}
        set_up = alice.post("/schools/a/meals/settings", data=settings)
        asked = erin.post(f"/children/{minh}/meals/wishes", data=some | {"first_day": ""})
        stopped = bob.post(f"/children/{lan}/meals/end", data={"last_day": "30/2"})
        assert bob.post(f"/children/{minh}/meals/end", data={"last_day": "30/2"}).status_code == 404
    assert {one.status_code for one in (started, ended, set_up, asked, stopped)} == {422}
    for page, field in ((started, "first_day"), (ended, "last_day"), (asked, "first_day"), (stopped, "last_day")):
        assert re.findall(r'id="(\w+)-wrong"', page.text) == [field]
        assert "hãy chọn ngày" in page.text
    assert f'value="{minh}" form="start" checked' in started.text
    for page in (started, asked):
        assert re.findall(r'name="weekday" value="(\d)" checked', page.text) == ["1", "5"]
        assert 'value="không tôm"' in page.text
    assert re.findall(r'id="(\w+)-wrong"', set_up.text) == ["cut_off", "kitchen_email"]
    assert re.findall(r'name="(families\w+)" value="true" checked', set_up.text) == ["families_may_end"]


def test_a_class_is_registered_at_once_and_a_later_start_replaces_what_held(kitchen: House) -> None:
    form = {"first_day": str(TUESDAY), "class_id": str(kitchen.school.class_id), "weekday": ["0", "2"],
            "pupil": [str(kitchen.school.lan), str(kitchen.school.minh)]}  # fmt: skip
    with kitchen.visit("alice") as alice, kitchen.visit("dave") as dave:
        assert dave.post("/schools/a/meals/pupils", data=form).status_code == 404
        assert dave.post("/schools/b/meals/pupils", data=form).status_code == 404
        assert alice.post("/schools/a/meals/pupils", data=form).status_code == 303
    before, after = registered(kitchen, kitchen.school.lan)
    assert (before.last_day, before.diet, after.weekdays, after.diet) == (MONDAY, "ăn chay", 0b101, "")
    kitchen.clock.now = at("08:01", TUESDAY)
    kitchen.report(sighting(9, kitchen.school.lan, at=at("07:20", TUESDAY)))
    schedule.keep_up(kitchen.database, kitchen.school.id, kitchen.clock)
    with kitchen.database.reading() as session:
        assert sheet_queries.counts(session, kitchen.school.id, TUESDAY) == ()


def test_dishes_are_written_seen_and_answered_once_a_child_and_day(kitchen: House) -> None:
    path, say = f"/students/{kitchen.school.lan}/meals", {"day": str(MONDAY), "stars": "2", "comment": "Mặn quá"}
    with kitchen.visit("alice") as alice, kitchen.visit("bob") as bob:
        assert bob.post(f"{path}/feedback", data=say).status_code == 422
        menu = {f"dishes-{MONDAY}": "Cơm gà\n\n Canh bí \n"}
        assert alice.post("/schools/a/meals/menu", data=menu).status_code == 303
        assert "Cơm gà, Canh bí" in bob.get(path).text
        assert bob.post(f"{path}/feedback", data=say).status_code == 303
        assert bob.post(f"{path}/feedback", data={**say, "stars": "4", "dish": "Canh bí"}).status_code == 303
        unsaid = bob.post(f"{path}/feedback", data={**say, "stars": "", "comment": "Ngon lắm"})
        assert (unsaid.status_code, 'id="stars-wrong"' in unsaid.text) == (422, True)
        assert "Ngon lắm</textarea>" in unsaid.text
        assert bob.post(f"{path}/feedback", data={**say, "stars": "6"}).status_code == 422
        assert alice.post(f"{path}/feedback", data=say).status_code == 404
        page = alice.get("/schools/a/meals/menu").text
        too_many = alice.post("/schools/a/meals/menu", data={f"dishes-{MONDAY}": "Cơm\n" * 11})
    assert ("<strong>4,0</strong>" in page, "Mặn quá" in page, "Lan" in page) == (True, True, False)
    assert (too_many.status_code, f'id="dishes-{MONDAY}-wrong"' in too_many.text) == (422, True)
    assert too_many.text.count("Cơm\n") == 11


def test_a_month_says_who_ate_and_who_was_excused_in_time(kitchen: House) -> None:
    lock(kitchen)
    kitchen.clock.now = at("07:30", TUESDAY)
    leave = {"first_day": str(TUESDAY), "last_day": str(TUESDAY), "reason": "Sốt"}
    with kitchen.visit("bob") as bob, kitchen.visit("alice") as alice:
        bob.post(f"/children/{kitchen.school.lan}/leave", data=leave)
        [decision] = re.findall(r'action="(/leave/\S+/decision)"', alice.get("/schools/a/leave").text)
        alice.post(decision, data={"state": "approved"})
    kitchen.clock.now = at("02:00", TUESDAY + timedelta(days=1))
    with kitchen.database.writing() as session:
        schedule.close(session, kitchen.school.id, TUESDAY, kitchen.clock())
    with kitchen.visit("bob") as bob, kitchen.visit("alice") as alice:
        book = CalamineWorkbook.from_filelike(io.BytesIO(alice.get("/schools/a/meals/month.xlsx").content))
        assert alice.get("/schools/a/meals/month.pdf").content.startswith(b"%PDF-")
        own = bob.get(f"/students/{kitchen.school.lan}/meals").text
    assert book.get_sheet_by_index(0).to_python()[4] == ["1A", "Nguyễn Thị Lan", 1.0, 1.0, 0.0]
    assert "đã ăn 1 bữa, nghỉ báo kịp 1 bữa" in own


def test_a_homeroom_teacher_sees_their_class_and_no_sheet(kitchen: House) -> None:
    with kitchen.database.writing() as session:
        grant = RoleGrant(
            user_id=kitchen.school.charlie.user_id, role=Role.HOMEROOM_TEACHER, school_id=kitchen.school.id,
            scope_kind="class", scope_id=kitchen.school.class_id,
        )  # fmt: skip
        session.add(grant)
    lock(kitchen)
    with kitchen.visit("charlie") as teacher:
        assert "1A" in (page := teacher.get("/schools/a/meals").text)
        assert "/meals/sheet" not in page
        assert teacher.get("/schools/a/meals/sheet").status_code == 404
        assert teacher.post("/schools/a/meals/settings", data={"cut_off": "09:00"}).status_code == 404


def test_a_count_that_is_hard_to_believe_says_so_first_wherever_it_is_read(kitchen: House, mail: MailServer) -> None:
    """No unit is known to have watched, and one of two who eat was seen."""
    with kitchen.database.writing() as session:
        queries.register(session, Registered(kitchen.school.minh, YEAR.first, None))
    settings = CloudSettings.model_validate({"secret_key": SECRET, "public_url": kitchen.url})
    lock(kitchen)
    send_sheets(kitchen.database, Mail(mail.url, "a@a.example", ""), settings, kitchen.clock)
    unplaced = "Số em chưa rõ có mặt hay không: 1. Xin hỏi nhà trường trước khi nấu ít đi."
    few = "Chỉ có 1 suất trong khi 2 em đăng ký ăn"
    with kitchen.visit("alice") as alice:
        for page in ("/schools/a/meals", "/schools/a/meals/sheet", link(kitchen)):
            text = alice.get(page).text
            assert (unplaced in text, few in text) == (True, True), page
    [letter] = mail.messages
    assert "Xin kiểm tra!" in str(letter["subject"])
    assert letter.get_content().startswith(unplaced)
