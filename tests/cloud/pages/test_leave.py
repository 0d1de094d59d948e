"""From a parent's request to P on the register, with a doctor's note; what a family sees of its months."""

import re
from datetime import timedelta

import httpx
import pytest

from cloud.accounts.tables import RoleGrant
from cloud.attendance import schedule
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.tables import LeaveAttachment
from cloud.attendance.register import entry_queries
from cloud.attendance.register.entries import Entry
from cloud.attendance.register.facts import Permission, Presence, Reason, Rule, Status
from cloud.school.calendar.facts import DayRule, HalfDay, RuleKind
from cloud.school.calendar.queries import add_rule
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, at, give_calendar

NOTE = b"%PDF-1.7 giay kham benh"
FORM = {"first_day": str(MONDAY), "last_day": str(MONDAY), "reason": "Sốt cao"}


@pytest.fixture
def lessons(house: House) -> House:
    """Monday, 06:40; charlie is the class's homeroom teacher."""
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        session.add(
            RoleGrant(
                user_id=house.school.charlie.user_id, role="homeroom_teacher", school_id=house.school.id,
                scope_kind="class", scope_id=house.school.class_id,
            )
        )  # fmt: skip
    house.clock.now = at("06:40")
    return house


def ask(client: httpx.Client, house: House, content: bytes = NOTE) -> httpx.Response:
    files = {"attachment": ("giay.pdf", content, "application/pdf")}
    return client.post(f"/children/{house.school.lan}/leave", data=FORM, files=files)


def request_id(house: House) -> str:
    with house.database.reading() as session:
        [one] = leave.requests_of(session, house.school.lan)
    return str(one.id)


def test_a_request_becomes_p_on_the_register_and_the_family_reads_the_answer(lessons: House) -> None:
    with lessons.visit("bob") as parent, lessons.visit("charlie") as teacher:
        assert ask(parent, lessons).status_code == 303
        page = teacher.get("/schools/a/leave").text
        assert "Nguyễn Thị Lan" in page
        assert "Sốt cao" in page
        path = f"/leave/{request_id(lessons)}/files/1/file"
        assert [client.get(path).content for client in (parent, teacher)] == [NOTE, NOTE]
        form = {"state": "approved", "note": "Chúc con mau khỏe"}
        assert teacher.post(f"/leave/{request_id(lessons)}/decision", data=form).status_code == 303
        answer = parent.get(f"/children/{lessons.school.lan}/leave").text
        assert "Chúc con mau khỏe" in answer
        assert "đã duyệt" in answer
        schedule.refresh(lessons.database, lessons.school.id, at("08:00"))
        lessons.clock.now = at("08:00")
        month = parent.get(f"/students/{lessons.school.lan}/calendar").text
    assert "vắng có phép (P)" in " ".join(month.split())
    with lessons.database.reading() as session:
        status = entry_queries.entries_of(session, [lessons.school.lan], MONDAY)[lessons.school.lan, HalfDay.MORNING]
        sealed = session.get_one(LeaveAttachment, (leave.requests_of(session, lessons.school.lan)[0].id, 1)).sealed
    assert status.status.permission is Permission.PERMITTED
    assert NOTE not in sealed


def test_a_day_that_is_none_is_named_beside_its_field_and_the_rest_stays(shared_house: House) -> None:
    path = f"/children/{shared_house.school.lan}/leave"
    form = {"first_day": "32/13", "last_day": "", "first_half": "afternoon", "reason": "Sốt cao"}
    with shared_house.visit("bob") as parent, shared_house.visit("erin") as outsider:
        answer = parent.post(path, data=form)
        assert outsider.post(path, data=form).status_code == 404
    assert answer.status_code == 422
    assert [answer.text.count(f'id="{one}-wrong"') for one in ("first_day", "last_day", "reason")] == [1, 1, 0]
    assert answer.text.count("hãy chọn ngày") == 2
    for kept in ('value="32/13"', 'value="afternoon" selected', ">Sốt cao</textarea>"):
        assert kept in answer.text


def test_lines_of_a_reason_count_as_they_were_typed(shared_house: House) -> None:
    path = f"/children/{shared_house.school.lan}/leave"
    with shared_house.visit("bob") as parent:
        for reason, wrong in (("a\r\n" * 250 + "!", 1), ("a\r\n" * 249 + "b", 0)):
            answer = parent.post(path, data={"first_day": "", "last_day": "", "reason": reason})
            assert answer.text.count("nhiều nhất 500 ký tự") == wrong


@pytest.mark.parametrize("outsider", ["erin", "dave"])
def test_nobody_else_reads_decides_or_withdraws(lessons: House, outsider: str) -> None:
    with lessons.visit("bob") as parent:
        ask(parent, lessons)
    one = request_id(lessons)
    with lessons.visit(outsider) as client:
        assert client.get(f"/leave/{one}/files/1/file").status_code == 404
        assert client.post(f"/leave/{one}/decision", data={"state": "approved"}).status_code == 404
        assert client.post(f"/children/{lessons.school.lan}/leave/{one}/withdrawal").status_code == 404
        assert client.post(f"/children/{lessons.school.minh}/leave/{one}/withdrawal").status_code == 404


def test_a_parent_withdraws_and_approves_nothing(lessons: House) -> None:
    with lessons.visit("bob") as parent, lessons.visit("charlie") as teacher:
        ask(parent, lessons)
        one = request_id(lessons)
        assert parent.post(f"/leave/{one}/decision", data={"state": "approved"}).status_code == 403
        assert parent.post(f"/children/{lessons.school.lan}/leave/{one}/withdrawal").status_code == 303
        assert "đã rút" in parent.get(f"/children/{lessons.school.lan}/leave").text
        late = teacher.post(f"/leave/{one}/decision", data={"state": "approved"})
        assert late.status_code == 409


@pytest.mark.parametrize(("content", "status"), [(b"MZ\x90 not a picture", 422), (b"%PDF-" + b"0" * 5 * 1024**2, 413)])
def test_a_file_that_cannot_be_kept_keeps_the_request_out_with_it(lessons: House, content: bytes, status: int) -> None:
    with lessons.visit("bob") as parent:
        answer = ask(parent, lessons, content)
        assert (answer.status_code, 'role="alert"' in answer.text) == (status, True)
    with lessons.database.reading() as session:
        assert leave.requests_of(session, lessons.school.lan) == []


def test_a_note_of_two_pages_comes_as_two_files_and_a_fourth_file_is_too_many(lessons: House) -> None:
    pages = [b"%PDF-1.7 page one", b"\xff\xd8\xff page two"]
    with lessons.visit("bob") as parent, lessons.visit("charlie") as teacher:
        where = f"/children/{lessons.school.lan}/leave"

        def send(contents: list[bytes]) -> httpx.Response:
            return parent.post(where, data=FORM, files=[("attachment", (f"{one}", one)) for one in contents])

        many = send([*pages, *pages])
        assert (many.status_code, "Mỗi đơn kèm nhiều nhất 3 tệp" in many.text) == (422, True)
        assert send(pages).status_code == 303
        of_it = f"/leave/{request_id(lessons)}/files"
        assert [teacher.get(f"{of_it}/{number}/file").content for number in (1, 2)] == pages
        assert [parent.get(f"{of_it}/{number}/file").status_code for number in (0, 3)] == [404, 404]
        assert f"{of_it}/2/file" in teacher.get("/schools/a/leave").text


def test_a_doubt_is_no_absence_to_a_family_and_a_day_off_has_its_name(lessons: House) -> None:
    doubt = Status(Presence.ASK, (Reason(Rule.LOOKED_ALIKE, ()),))
    entry = Entry(lessons.school.lan, lessons.school.class_id, HalfDay.MORNING, doubt)
    with lessons.database.writing() as session:
        add_rule(session, lessons.school.id, DayRule(MONDAY + timedelta(days=4), RuleKind.OFF, "Ngày Nhà giáo"))
        entry_queries.write(session, lessons.school.id, MONDAY, [entry], by=None, now=at("08:00"))
    with lessons.visit("bob") as parent:
        page = parent.get(f"/students/{lessons.school.lan}/calendar?month=2026-11").text
    unusual = re.sub(r"\s+", " ", page.split('id="words-title"')[1])
    assert "nhà trường đang kiểm tra" in unusual
    assert "vắng" not in unusual
    assert "Ngày Nhà giáo" in unusual


def test_what_was_typed_is_still_there_when_it_is_refused(house: House) -> None:
    form = {"first_day": "2026-11-20", "first_half": "afternoon", "last_day": "2026-11-19", "reason": "Cháu sốt <38>"}
    with house.visit("bob") as client:
        answer = client.post(f"/children/{house.school.lan}/leave", data=form)
    assert answer.status_code == 422
    assert 'name="first_day" value="2026-11-20"' in answer.text
    assert 'name="last_day" value="2026-11-19"' in answer.text
    assert answer.text.index('value="afternoon" selected') < answer.text.index('name="last_day"')
    assert ">Cháu sốt &lt;38&gt;</textarea>" in answer.text


@pytest.mark.parametrize(
    ("first", "last", "field", "says"),
    [
        ("2026-11-22", "2026-11-22", "first_day", "22/11/2026 rơi vào thứ không học trong tuần"),
        ("2026-11-20", "2026-11-22", "last_day", "22/11/2026 rơi vào thứ không học trong tuần"),
        ("2030-03-04", "2030-03-05", "first_day", "Còn hơn một năm nữa"),
        ("2027-07-05", "2027-07-05", "first_day", "không thuộc học kỳ nào"),
        ("2026-11-17", "2026-11-16", "last_day", "Ngày kết thúc trước ngày bắt đầu"),
    ],
)
def test_a_day_without_lessons_and_one_too_far_ahead_are_refused_at_their_field(
    lessons: House, first: str, last: str, field: str, says: str
) -> None:
    form = {"first_day": first, "last_day": last, "reason": "Về quê"}
    with lessons.visit("bob") as parent, lessons.visit("erin") as outsider:
        answer = parent.post(f"/children/{lessons.school.lan}/leave", data=form)
        assert outsider.post(f"/children/{lessons.school.lan}/leave", data=form).status_code == 404
    assert answer.status_code == 422
    assert says in answer.text.split(f'id="{field}-wrong"')[1].split("</p>")[0]
    assert 'id="first_day-wrong"' in answer.text or field == "last_day"
    assert (f'value="{first}"' in answer.text, ">Về quê</textarea>" in answer.text) == (True, True)
    with lessons.database.reading() as session:
        assert leave.requests_of(session, lessons.school.lan) == []


def test_leave_is_asked_for_once_for_one_time_until_it_is_withdrawn_or_refused(lessons: House) -> None:
    path = f"/children/{lessons.school.lan}/leave"
    longer = {"first_day": str(MONDAY), "last_day": "2026-11-17", "reason": "Vẫn sốt"}
    with lessons.visit("bob") as parent, lessons.visit("charlie") as teacher:
        assert ask(parent, lessons).status_code == 303
        answer = parent.post(path, data=longer)
        assert answer.status_code == 422
        assert "Đã có đơn xin nghỉ cho 16/11/2026" in answer.text
        assert ">Vẫn sốt</textarea>" in answer.text
        teacher.post(f"/leave/{request_id(lessons)}/decision", data={"state": "approved"})
        assert "Đã có phép nghỉ cho 16/11/2026" in parent.post(path, data=longer).text
        assert parent.post(path, data={**longer, "first_day": "2026-11-17"}).status_code == 303
        with lessons.database.reading() as session:
            mine = [str(one.id) for one in leave.requests_of(session, lessons.school.lan)]
        assert [parent.post(f"{path}/{one}/withdrawal").status_code for one in mine] == [303, 303]
        assert parent.post(path, data=longer).status_code == 303
