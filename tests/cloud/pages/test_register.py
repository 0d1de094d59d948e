"""The roll of a class, as a teacher without scripts calls it."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from cloud.accounts import audit_queries as audit
from cloud.attendance import schedule
from cloud.attendance.register import entry_queries
from cloud.attendance.register.entries import Entry
from cloud.attendance.register.facts import Fact, FactKind, Permission, Presence, Reason, Rule, Status
from cloud.devices.tables import UnitWatch
from tests.cloud.pages.people import House
from tests.cloud.pages.roll import MORNING, call, register, shown, status
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import add_pupils, sighting


def test_it_shows_what_the_machine_saw_and_why(lessons: House) -> None:
    with lessons.visit("charlie") as teacher:
        teacher.cookies.set("language", "en")
        page = teacher.get(register(lessons)).text
    assert "Late by 12 min: seen at 07:42 at gate-1, the bell rang at 07:30." in page
    assert "No unit saw the pupil for this half-day, which began at 07:30." in page
    assert re.findall(r"<dd>(\d+)</dd>", page) == ["1", "1", "0", "1", "0"]


def test_only_what_is_not_as_usual_has_a_line_of_its_own_on_a_phone(taught: House) -> None:
    lan = taught.school.lan
    taught.clock.now = at("07:20")
    taught.report(sighting(1, lan, at=at("07:12")))
    with taught.visit("alice") as principal:
        usual = re.findall(r'<li id="p-(\S+)" class="[^"]*as-usual', principal.get(register(taught)).text)
        assert usual == [str(lan)]
        call(principal, taught, **{f"say_{lan}": "late", f"minutes_{lan}": "3"})
        assert "as-usual" not in principal.get(register(taught)).text


def test_one_tap_a_pupil_and_everybody_else_by_one_button(lessons: House) -> None:
    lessons.clock.now = at("07:35")
    lan, minh = lessons.school.lan, lessons.school.minh
    with lessons.visit("charlie") as teacher:
        assert call(teacher, lessons, rest="present", **{f"say_{lan}": "permitted"}).status_code == 303
    said = status(lessons, lan)
    assert (said.presence, said.permission, said.by_person) == (Presence.ABSENT, Permission.PERMITTED, True)
    assert status(lessons, minh).presence is Presence.PRESENT
    with lessons.database.reading() as session:
        [noted] = audit.entries(session, lessons.school.id)
    assert (noted.action, noted.details["pupils"]) == ("register.called", "2")


def test_late_minutes_are_what_the_teacher_says(lessons: House) -> None:
    minh = lessons.school.minh
    with lessons.visit("charlie") as teacher:
        call(teacher, lessons, **{f"say_{minh}": "late", f"minutes_{minh}": "18"})
        assert status(lessons, minh).late_minutes == 18
        refused = call(teacher, lessons, **{f"say_{minh}": "late", f"minutes_{minh}": "900"})
    assert refused.status_code == 422
    assert status(lessons, minh).late_minutes == 18


def test_what_was_tapped_stays_when_it_is_refused_and_nothing_else(lessons: House) -> None:
    lan, minh = lessons.school.lan, lessons.school.minh
    with lessons.visit("charlie") as teacher:
        said = {f"say_{minh}": "late", f"minutes_{minh}": "", f"say_{lan}": "absent", "reason": "Xe hỏng"}
        refused = call(teacher, lessons, rest="present", **said)
        untouched = call(teacher, lessons, **{f"say_{minh}": "late", f"minutes_{minh}": "nhiều"})
    assert (refused.status_code, untouched.status_code) == (422, 422)
    tapped = dict(re.findall(r'name="say-([^"]+)" value="([^"]*)" checked', refused.text))
    assert tapped == {str(minh): "late", str(lan): "absent"}
    assert re.findall(r'id="minutes-([^"]+)-wrong"', refused.text) == [str(minh)]
    assert "một số nguyên từ 1 đến 300" in refused.text
    assert 'value="Xe hỏng"' in refused.text
    assert re.search(rf'name="minutes-{minh}"[^>]* value="nhiều"', untouched.text)
    assert dict(re.findall(r'name="say-([^"]+)" value="([^"]*)" checked', untouched.text))[str(lan)] == "late"


def test_who_comes_after_they_were_called_absent_is_pointed_out_until_somebody_looks(lessons: House) -> None:
    minh, said = lessons.school.minh, "gate-1 thấy lúc 07:55, sau khi đã ghi vắng: xin kiểm tra."
    lessons.clock.now = at("07:40")
    with lessons.visit("charlie") as teacher:
        call(teacher, lessons, **{f"say_{minh}": "absent"})
        assert said not in teacher.get(register(lessons)).text
        lessons.clock.now = at("07:56")
        lessons.report(sighting(2, minh, at=at("07:55")))
        schedule.refresh(lessons.database, lessons.school.id, lessons.clock())
        assert said in teacher.get(register(lessons)).text
        assert status(lessons, minh).presence is Presence.ABSENT, "a machine overwrites nobody"
        assert f"#p-{minh}" in teacher.get("/schools/a/desk").text
        with lessons.visit("bob") as parent, lessons.visit("dave") as elsewhere:
            assert {one.get("/schools/a/desk").status_code for one in (parent, elsewhere)} == {404}
        call(teacher, lessons, **{f"say_{minh}": "late", f"minutes_{minh}": "25"})
        assert said not in teacher.get(register(lessons)).text
        assert f"#p-{minh}" not in teacher.get("/schools/a/desk").text


def test_what_was_not_tapped_is_left_to_what_the_units_see(lessons: House) -> None:
    with lessons.visit("charlie") as teacher:
        before = shown(teacher.get(register(lessons)).text)
        lessons.clock.now = at("07:52")
        lessons.report(sighting(2, lessons.school.minh, at=at("07:51")))
        teacher.post(
            f"/classes/{lessons.school.class_id}/register",
            data=before | {"day": str(MONDAY), "half": "morning", "rest": "present"},
        )
        page = teacher.get(register(lessons)).text
    assert 'value="late:21"' in page
    with lessons.database.reading() as session:
        assert audit.entries(session, lessons.school.id) == []


def test_an_earlier_day_is_corrected_with_a_reason_that_stays(lessons: House) -> None:
    friday, lan = MONDAY - timedelta(days=3), lessons.school.lan
    with lessons.visit("charlie") as teacher:
        refused = call(teacher, lessons, friday, **{f"say_{lan}": "present"})
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
        assert (
            call(teacher, lessons, friday, reason="Có mặt ở phòng y tế", **{f"say_{lan}": "present"}).status_code == 303
        )
        assert "Có mặt ở phòng y tế" in teacher.get(register(lessons, day=str(friday), half="morning")).text
    assert status(lessons, lan, friday).presence is Presence.PRESENT


def test_the_last_change_is_taken_back_once_and_only_while_it_is_the_last(lessons: House) -> None:
    minh = lessons.school.minh
    path = f"/classes/{lessons.school.class_id}/register/taken-back"
    form = {"day": str(MONDAY), "half": "morning"}
    with lessons.visit("charlie") as teacher:
        call(teacher, lessons, **{f"say_{minh}": "present"})
        first = re.search(r'name="at" value="([^"]+)"', teacher.get(register(lessons)).text)
        assert first
        lessons.clock.now = at("07:53")
        call(teacher, lessons, **{f"say_{minh}": "permitted"})
        assert teacher.post(path, data=form | {"at": first[1]}).status_code == 409
        second = re.search(r'name="at" value="([^"]+)"', teacher.get(register(lessons)).text)
        assert second
        lessons.clock.now = at("07:54")
        assert teacher.post(path, data=form | {"at": second[1]}).status_code == 303
        assert status(lessons, minh).presence is Presence.PRESENT
        lessons.clock.now = at("07:55")
        call(teacher, lessons, **{f"say_{minh}": "rules"})
    assert (status(lessons, minh).presence, status(lessons, minh).by_person) == (Presence.ABSENT, False)


def test_who_was_absent_too_often_is_marked(lessons: House) -> None:
    absent = Status(
        Presence.ABSENT, (Reason(Rule.NOT_SEEN, (Fact(FactKind.BELL, "07:30"),)),), permission=Permission.PERMITTED
    )
    entry = Entry(lessons.school.lan, lessons.school.class_id, MORNING, absent)
    with lessons.database.writing() as session:
        for ago in range(1, 37):
            entry_queries.write(
                session, lessons.school.id, MONDAY - timedelta(days=ago), [entry], by=None, now=at("07:00")
            )
    with lessons.visit("charlie") as teacher:
        assert "vắng 36 trên tối đa 45" in teacher.get(register(lessons)).text


def test_a_day_without_lessons_says_why(lessons: House) -> None:
    with lessons.visit("charlie") as teacher:
        page = teacher.get(register(lessons, day=str(MONDAY - timedelta(days=1)))).text
    assert "Ngày này trong tuần không học." in page
    assert "say-" not in page


@pytest.mark.parametrize("outsider", ["bob", "erin", "dave"])
def test_parents_and_other_schools_neither_read_nor_write_it(lessons: House, outsider: str) -> None:
    with lessons.visit(outsider) as client:
        assert client.get(register(lessons)).status_code == 404
        form = {
            "day": str(MONDAY),
            "half": "morning",
            f"was-{lessons.school.lan}": "",
            f"say-{lessons.school.lan}": "absent",
        }
        assert client.post(f"/classes/{lessons.school.class_id}/register", data=form).status_code == 404


def test_a_pupil_of_another_school_is_not_marked_and_nobody_else_with_it(lessons: House) -> None:
    minh, stranger = lessons.school.minh, lessons.school.stranger
    with lessons.visit("charlie") as teacher:
        answer = call(
            teacher, lessons, **{f"say_{minh}": "present", f"was_{stranger}": "", f"say_{stranger}": "absent"}
        )
    assert answer.status_code in (403, 404)
    with lessons.database.reading() as session:
        assert entry_queries.entries_of(session, [minh, stranger], MONDAY) == {}


def test_where_no_unit_watched_the_class_is_asked_and_the_roll_answers(lessons: House) -> None:
    """On the roll, on the class at a glance and on the teacher's desk."""
    class_id = lessons.school.class_id
    with lessons.database.writing() as session:
        session.delete(session.scalars(select(UnitWatch)).one())
    schedule.refresh(lessons.database, lessons.school.id, at("07:50"))
    asked = "1 học sinh đang được kiểm tra"
    pages = (register(lessons, half="morning"), f"/classes/{class_id}/overview", "/schools/a/desk")
    with lessons.visit("charlie") as client:
        assert all(asked in client.get(page).text for page in pages)
        page = client.get(pages[0]).text
        assert "Không rõ có máy nào theo dõi từ 06:30 đến 07:45" in html.unescape(page)
        call(client, lessons, rest="present")
        assert not any(asked in client.get(page).text for page in pages)


def test_so_many_unseen_at_once_have_to_be_called_and_are_no_answer_before(lessons: House) -> None:
    with lessons.database.writing() as session:
        add_pupils(session, lessons.school, 5)
    schedule.refresh(lessons.database, lessons.school.id, at("07:50"))
    with lessons.visit("charlie") as client:
        page = client.get(register(lessons, half="morning")).text
        assert "Máy không thấy 6 học sinh" in page
        assert f'name="was-{lessons.school.minh}" value=""' in page
        assert "Máy không thấy 6 học sinh" in client.get("/schools/a/desk").text
        call(client, lessons, rest="present", **{f"say_{lessons.school.minh}": "absent"})
        assert "Máy không thấy" not in client.get(register(lessons, half="morning")).text
    with lessons.database.reading() as session:
        entries = entry_queries.entries_of_school(session, lessons.school.id, MONDAY)
    said = {entry.student_id: entry.status for (_, half), entry in entries.items() if half is MORNING}
    assert [one for one, status in said.items() if status.presence is Presence.ABSENT] == [lessons.school.minh]
