"""A file handed in, looked at, and taken in just as it was shown."""

import io
import re
from pathlib import Path

import httpx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant
from cloud.kit.outbox import OutboxEvent
from cloud.people.exchange.formats import Field
from cloud.people.exchange.tables import ImportDraft
from cloud.people.oneroster.queries import roster
from cloud.people.oneroster.writing import write_oneroster
from cloud.people.pupils import queries
from cloud.people.tables import Guardian, StaffMember, Student
from cloud.school.calendar import setup_queries
from cloud.school.calendar.events import PLAN_CHANGED
from cloud.school.calendar.setup import ring_bells
from cloud.school.timetable import setup_queries as timetables
from cloud.school.timetable.queries import add_subject, appoint_homeroom_teacher, assign
from tests.cloud.pages.people import House
from tests.cloud.people.exchange.test_importing import cells, write_file
from tests.cloud.schoolhouse import MONDAY, bells, open_school

FORM = "/schools/a/imports"


@pytest.fixture
def file(tmp_path: Path) -> bytes:
    """A new pupil, and one whose number is wrong."""
    rows = {5: cells(5), 6: {**cells(6), Field.PERSONAL_ID: "123"}}
    return write_file(tmp_path / "in.xlsx", rows).read_bytes()


def hand_in(client: httpx.Client, content: bytes, name: str = "hoc-sinh.xlsx") -> httpx.Response:
    return client.post(FORM, files={"file": (name, content)})


def yes(client: httpx.Client, path: str) -> httpx.Response:
    [shown] = re.findall(r'name="shown" value="([0-9a-f]{64})"', client.get(path).text)
    return client.post(path, data={"shown": shown})


def names(house: House) -> set[str]:
    with house.database.reading() as session:
        return set(session.scalars(select(Student.full_name).where(Student.school_id == house.school.id)))


def test_what_was_shown_is_taken_in_and_the_rejected_row_comes_back_to_be_mended(
    house: House, file: bytes, tmp_path: Path
) -> None:
    with house.visit("alice") as client:
        path = hand_in(client, file).headers["location"]
        shown = client.get(path).text
        assert "3 ký tự" in shown
        assert "Nhân sự" in shown
        assert "Ai dạy môn gì" not in shown, "what only a roster brings is not counted for an Excel"
        assert "Nguyễn Văn 5" in client.get(path, params={"part": "new"}).text
        assert "Nguyễn Văn 5" not in names(house)
        with house.database.reading() as session:
            sealed = session.scalars(select(ImportDraft.sealed)).one()
        assert b"PK" not in sealed[:50]
        assert file[200:260] not in sealed
        assert yes(client, path).headers["location"] == path
        assert "Nguyễn Văn 5" in names(house)
        assert "1 dòng" in client.get(path).text
        again = client.post(path, data={"shown": "0" * 64})
        assert again.status_code == 409

        report = client.get(f"{path}/rejected.xlsx").content
        back = hand_in(client, report).headers["location"]
        page = client.get(back).text
        assert "3 ký tự" in page, "what was wrong still is, in the same format"
        assert "Nguyễn Văn 5" not in page
        log = client.get("/schools/a/audit").text
        assert "pupils.imported" in log
        assert "Nguyễn Văn" not in log
        assert client.post(f"{back}/dropped").status_code == 303
        assert client.get(back).status_code == 404
    with house.visit("dave") as dave:
        assert dave.get(path).status_code == dave.post(path, data={"shown": "x"}).status_code == 404
        assert dave.get(path.replace("/a/", "/b/")).status_code == 404


def test_what_has_changed_meanwhile_is_shown_again_before_anything_is_taken(house: House, file: bytes) -> None:
    with house.visit("alice") as client:
        path = hand_in(client, file).headers["location"]
        [shown] = re.findall(r'name="shown" value="([0-9a-f]{64})"', client.get(path).text)
        with house.database.writing() as session:
            session.add(Guardian(school_id=house.school.id, full_name="x", phone=f"849{2:08d}"))
        assert client.post(path, data={"shown": shown}).status_code == 303
        assert "đã thay đổi" in client.get(path).text
        assert "Nguyễn Văn 5" not in names(house)
        yes(client, path)
        assert "Nguyễn Văn 5" in names(house)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [(b"", 422, "Chọn tệp"), (b"not Excel", 422, "không đọc được"), (b"PK\x03\x04 broken", 422, "không đọc được")],
)
def test_a_file_that_is_none_is_refused_in_words(house: House, content: bytes, status: int, said: str) -> None:
    with house.visit("alice") as client:
        answer = hand_in(client, content)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_a_class_alone_is_exported_and_nobody_elses(house: House, file: bytes, tmp_path: Path) -> None:
    from cloud.people.exchange.reading import read_file
    from tests.cloud.people.exchange.test_importing import TODAY

    with house.visit("alice") as client:
        yes(client, hand_in(client, file).headers["location"])
        with house.database.reading() as session:
            known = {name: class_id for class_id, name, _ in queries.classes(session, house.school.id)}
        new_class = str(cells(5)[Field.CLASS])
        for wanted in ("class-export", "c1-hocsinh"):
            query = {"format": wanted, "class_id": str(known[new_class])}
            (tmp_path / "out.xlsx").write_bytes(client.get("/schools/a/export.xlsx", params=query).content)
            contents = read_file(tmp_path / "out.xlsx", TODAY)
            assert contents.format.name == wanted
            assert [one.full_name for one in contents.pupils] == ["Nguyễn Văn 5"]
        other = {"class_id": "01990000-0000-7000-8000-000000000001"}
        assert client.get("/schools/a/export.xlsx", params=other).status_code == 404


def test_years_subjects_and_teaching_of_a_roster_are_for_whoever_sets_up_the_calendar_and_people_for_the_office(
    house: House,
) -> None:
    with house.database.writing() as session:
        there = open_school(session)
        subject_id = add_subject(session, there.school_id, "TV", "Tiếng Việt")
        [year] = setup_queries.years(session, there.school_id)
        for term in year.terms:
            assign(session, term_id=term.id, class_id=there.class_id, subject_id=subject_id, staff_id=there.staff_id)
        appoint_homeroom_teacher(session, there.class_id, there.staff_id, MONDAY)
        content = write_oneroster(roster(session, there.school_id, MONDAY))
        ring_bells(session, house.school.id, "Cả ngày", bells())
    with house.visit("alice") as client:
        path = hand_in(client, content, "r.zip").headers["location"]
        page = client.get(path, params={"part": "years"}).text
        assert "Năm học (1)" in page
        assert "07/09/2026 – 15/01/2027" in page
        assert "đã bắt đầu" in page
        assert "Tiếng Việt" in client.get(path, params={"part": "subjects"}).text
        assert "Giáo viên chủ nhiệm (1)" in page
        assert "Từ 16/11/2026" in client.get(path, params={"part": "homerooms"}).text
        taught = client.get(path, params={"part": "teaching"}).text
        assert "Ai dạy môn gì (2)" in taught
        assert "Học kỳ 2, 2026-2027" in taught
        [shown] = re.findall(r'name="shown" value="([0-9a-f]{64})"', page)

        become(house, Role.CLERK)
        client.post(path, data={"shown": shown})
        assert "đã thay đổi" in client.get(path).text, "what the administrator was shown is not what a clerk may do"
        rejected = client.get(path, params={"part": "rejected"}).text
        assert re.search("academicSessions.csv</span> <span[^>]*>2<", rejected)
        assert "chỉ người được thiết lập lịch năm học mới được đưa năm học vào" in rejected
        assert "chỉ người được thiết lập lịch năm học mới được đưa giáo viên chủ nhiệm" in rejected
        assert "Năm học (1)" not in rejected
        assert "Giáo viên chủ nhiệm (1)" not in rejected
        yes(client, path)
        assert "Cô Mai" in client.get("/schools/a/staff").text
        assert calendar(house) == ([], [], 0)
        assert teaching(house) == ({}, [])

        become(house, Role.ADMINISTRATOR)
        path = hand_in(client, content, "r.zip").headers["location"]
        yes(client, path)
        page = client.get(path).text
        assert "1 năm học mới" in page
        assert "1 môn học mới" in page
        assert "1 lớp có giáo viên chủ nhiệm mới" in page
        assert "2 phân công giảng dạy mới" in page
        log = client.get("/schools/a/audit").text
        assert "class.homeroom" in log
        assert "teaching.assigned" in log
        path = hand_in(client, content, "r.zip").headers["location"]
        page = client.get(path).text
        assert "Giáo viên chủ nhiệm (" not in page
        assert "Ai dạy môn gì (" not in page
    years, subjects, told = calendar(house)
    assert (years, subjects) == (["2026-2027"], ["TV"])
    assert told == 51, "each school day from 7 September on is planned anew"
    assert teaching(house) == ({"1A": ["Cô Mai"]}, [("1A", 1, "Cô Mai"), ("1A", 2, "Cô Mai")])


def become(house: House, role: Role) -> None:
    with house.database.writing() as session:
        mine = RoleGrant.user_id == house.school.alice.user_id
        session.scalars(select(RoleGrant).where(mine)).one().role = role


def calendar(house: House) -> tuple[list[str], list[str], int]:
    """Names of years, codes of subjects, and how many days others were told of."""
    with house.database.reading() as session:
        years = setup_queries.years(session, house.school.id)
        subjects = timetables.subjects(session, house.school.id)
        told = session.scalars(select(OutboxEvent).where(OutboxEvent.topic == PLAN_CHANGED)).all()
    return [one.name for one in years], [one.code for one in subjects], len(told)


def teaching(house: House) -> tuple[dict[str, list[str]], list[tuple[str, int, str]]]:
    """Homeroom teachers by class; class, number of the term, and who teaches something in it."""
    with house.database.reading() as session:
        classes = {class_id: name for class_id, name, _ in queries.classes(session, house.school.id)}
        staff = dict(session.execute(select(StaffMember.id, StaffMember.full_name)).all())
        homerooms = timetables.homerooms(session, house.school.id)
        assigned = [
            (classes[one.class_id], term.number, staff[one.staff_id])
            for year in setup_queries.years(session, house.school.id)
            for term in year.terms
            for one in timetables.assignments(session, house.school.id, term.id)
        ]
    return {classes[one]: [staff[who] for _, who in known] for one, known in homerooms.items()}, sorted(assigned)


def test_the_staff_come_in_by_their_sheet_which_is_downloaded_here(house: House) -> None:
    with house.visit("alice") as client:
        assert 'href="/schools/a/staff.xlsx"' in client.get("/schools/a/exchange").text
        empty = client.get("/schools/a/staff.xlsx").content
        rows = [("1", "GV01", "Trần Thị Mai", "Giáo viên"), ("2", "GV02", "", "")]
        path = hand_in(client, filled(empty, rows), "can-bo.xlsx").headers["location"]
        assert "thiếu họ tên" in client.get(path, params={"part": "rejected"}).text
        shown = client.get(path, params={"part": "staff"}).text
        assert "Trần Thị Mai" in shown
        assert "Mới: Giáo viên bộ môn" in shown
        yes(client, path)
        assert "1 người được thêm" in client.get(path).text
        assert "Trần Thị Mai" in client.get("/schools/a/staff").text
        back = hand_in(client, client.get("/schools/a/staff.xlsx").content, "can-bo.xlsx").headers["location"]
        assert "không có gì để nhập" in client.get(back).text
        assert "đã được tải về" in client.get("/schools/a/audit").text
    for outsider in ("bob", "charlie", "dave"):
        with house.visit(outsider) as client:
            assert client.get("/schools/a/staff.xlsx").status_code == 404


def filled(sheet: bytes, rows: list[tuple[str, ...]]) -> bytes:
    """As somebody fills a downloaded sheet in."""
    [header] = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        into = workbook.add_worksheet()
        for number, cells in enumerate((header, *rows)):
            into.write_row(number, 0, cells)
    return file.getvalue()
