"""Leave that a parent phones in, as the homeroom teacher writes it down and the family then reads it."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant
from cloud.attendance.desk import ask_for_leave
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.facts import Stretch
from cloud.kit.clock import school_time
from cloud.people.tables import StaffMember, Student
from cloud.school.calendar.facts import HalfDay
from cloud.school.tables import SchoolClass
from cloud.school.timetable.tables import Homeroom
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, SATURDAY, YEAR, at, give_calendar

FORM = {
    "first_day": str(MONDAY), "first_half": "morning", "last_day": str(MONDAY), "last_half": "afternoon",
    "reason": "Sốt <39>", "told_by": "bob", "teller": "", "told_day": str(MONDAY), "told_time": "6h30",
}  # fmt: skip


@pytest.fixture
def lessons(house: House) -> House:
    """Monday, 06:40; charlie is the homeroom teacher of 1A. There is another class, with one pupil."""
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        teacher = StaffMember(
            school_id=house.school.id, user_id=house.school.charlie.user_id, code="GV1", full_name="Cô Mai",
            search_name="co mai", position="teacher",
        )  # fmt: skip
        other = SchoolClass(school_id=house.school.id, name="2B", grade=2)
        session.add_all([teacher, other])
        session.flush()
        session.add_all(
            [
                Homeroom(class_id=house.school.class_id, staff_id=teacher.id, from_day=YEAR.first),
                RoleGrant(
                    user_id=house.school.charlie.user_id, role="homeroom_teacher", school_id=house.school.id,
                    scope_kind="class",
                ),
                Student(
                    school_id=house.school.id, class_id=other.id, code="21", full_name="Phạm Gia Bảo",
                    search_name="pham gia bao",
                ),
            ]
        )  # fmt: skip
    house.clock.now = at("06:40")
    return house


def write(client: httpx.Client, house: House, **other: str) -> httpx.Response:
    return client.post(f"/students/{house.school.lan}/leave", data={**FORM, **other})


def become(house: House, role: Role) -> None:
    """What alice is at the school."""
    with house.database.writing() as session:
        own = RoleGrant.user_id == house.school.alice.user_id
        session.execute(update(RoleGrant).where(own).values(role=role))


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_teacher_writes_leave_down_and_the_family_reads_who_told_and_who_wrote_it(lessons: House) -> None:
    path = f"/students/{lessons.school.lan}/leave"
    with lessons.visit("charlie") as teacher, lessons.visit("bob") as parent:
        start = teacher.get("/schools/a/leave").text
        assert f'href="{path}"' in start
        assert "Phạm Gia Bảo" not in start, "of another class"
        assert "06:40" in teacher.get(path).text
        assert "class_id=" in teacher.get(f"/classes/{lessons.school.class_id}/overview").text
        answer = write(teacher, lessons)
        assert (answer.status_code, answer.headers["location"]) == (303, "/schools/a/leave")
        decided = words(teacher.get("/schools/a/leave").text.split('id="decided-title"')[1])
        read = words(parent.get(f"/children/{lessons.school.lan}/leave").text)
        for page in (decided, read):
            assert "Sốt &lt;39&gt;" in page
            assert "bob báo nhà trường lúc 06:30 ngày 16/11/2026; charlie ghi lại." in page
            assert "đã duyệt" in page
        with lessons.database.reading() as session:
            [one] = leave.requests_of(session, lessons.school.lan)
        assert f"{school_time(one.claim.asked_at):%H:%M}" == "06:30"
        decision = f"/leave/{one.id}/decision"
        refused = teacher.post(decision, data={"state": "withdrawn", "note": " "})
        assert (refused.status_code, "Xin ghi lý do" in refused.text) == (422, True)
        assert teacher.post(decision, data={"state": "withdrawn", "note": "Nhầm em"}).status_code == 303
        assert "Nhầm em" in parent.get(f"/children/{lessons.school.lan}/leave").text


def test_whoever_runs_the_school_chooses_the_class_first_and_the_pupil_page_leads_there(lessons: House) -> None:
    with lessons.visit("alice") as principal:
        assert "Nguyễn Thị Lan" not in principal.get("/schools/a/leave").text
        chosen = principal.get("/schools/a/leave", params={"class_id": str(lessons.school.class_id)}).text
        assert "Nguyễn Thị Lan" in chosen
        assert "Phạm Gia Bảo" not in chosen
        pupil = principal.get(f"/schools/a/pupils/{lessons.school.lan}").text
    assert f'href="/students/{lessons.school.lan}/leave"' in pupil


def test_the_office_writes_down_what_it_was_told_and_sees_no_request(lessons: House) -> None:
    become(lessons, Role.CLERK)
    path = f"/students/{lessons.school.lan}/leave"
    with lessons.database.writing() as session:
        friday = Stretch(MONDAY + timedelta(days=4), HalfDay.MORNING, MONDAY + timedelta(days=4), HalfDay.AFTERNOON)
        asked = ask_for_leave(session, lessons.school.bob, lessons.school.lan, friday, "Cưới dì Hai", lessons.clock.now)
    with lessons.visit("alice") as clerk, lessons.visit("charlie") as teacher:
        pupil = clerk.get(f"/schools/a/pupils/{lessons.school.lan}").text
        assert f'href="{path}"' in pupil
        assert 'href="/schools/a/leave"' in pupil, "the navigation leads there"
        overview = clerk.get(f"/classes/{lessons.school.class_id}/overview").text
        assert "class_id=" in overview
        assert "đơn xin nghỉ" not in overview.split("<h1>")[1], "neither that one waits nor that none does"
        assert "1 đơn xin nghỉ" in teacher.get(f"/classes/{lessons.school.class_id}/overview").text
        chosen = clerk.get("/schools/a/leave", params={"class_id": str(lessons.school.class_id)}).text
        assert f'href="{path}"' in chosen
        assert write(clerk, lessons).status_code == 303
        start = clerk.get("/schools/a/leave").text
        assert "Sốt &lt;39&gt;" in start
        for hidden in ("Cưới dì Hai", "waiting-title", 'value="approved"', 'value="rejected"'):
            assert hidden not in start
            assert hidden in teacher.get("/schools/a/leave").text
        assert clerk.post(f"/leave/{asked.id}/decision", data={"state": "approved"}).status_code == 403
        with lessons.database.reading() as session:
            [one] = [one for one in leave.requests_of(session, lessons.school.lan) if one.is_note]
        decision = f"/leave/{one.id}/decision"
        refused = clerk.post(decision, data={"state": "withdrawn", "note": ""})
        assert (refused.status_code, "Cưới dì Hai" in refused.text) == (422, False)
        assert clerk.post(decision, data={"state": "withdrawn", "note": "Nhầm em"}).status_code == 303
        assert "Nhầm em" in clerk.get("/schools/a/leave").text


REFUSED: list[tuple[dict[str, str], str, str]] = [
    ({"first_day": "32/13"}, "first_day", "hãy chọn ngày"),
    ({"told_by": "else"}, "teller", "hãy điền"),
    ({"told_by": "", "teller": ""}, "teller", "hãy điền"),
    ({"told_time": "25:00"}, "told_time", "07:30"),
    ({"last_day": str(SATURDAY)}, "", "21/11/2026 rơi vào thứ không học"),
    ({"told_time": "06:41"}, "", "không thể muộn hơn bây giờ"),
    ({"reason": " "}, "", "Xin ghi lý do"),
    ({"first_half": "afternoon", "last_half": "morning"}, "", "Ngày kết thúc trước ngày bắt đầu"),
]


def test_what_cannot_be_written_down_says_so_and_stays_typed(lessons: House) -> None:
    with lessons.visit("charlie") as teacher:
        for change, field, said in REFUSED:
            answer = write(teacher, lessons, **change)
            assert answer.status_code == 422, change
            assert (f'id="{field}-wrong"' in answer.text) == bool(field), change
            assert said in answer.text
            assert 'value="6h30"' in answer.text or "told_time" in change
    with lessons.database.reading() as session:
        assert leave.requests_of(session, lessons.school.lan) == []


def test_nobody_else_writes_it_down_or_reads_the_form(lessons: House) -> None:
    for outsider, status in (("erin", 404), ("dave", 404), ("bob", 403)):
        with lessons.visit(outsider) as client:
            assert client.get(f"/students/{lessons.school.lan}/leave").status_code == status
            assert write(client, lessons).status_code == status
    with lessons.database.reading() as session:
        assert leave.requests_of(session, lessons.school.lan) == []
