"""A timetable is put together class by class; what clashes is named and not kept unseen; a family sees its own."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from cloud.people.tables import StaffMember
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.tables import Term
from cloud.school.queries import add_class
from cloud.school.timetable import queries as timetable
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, give_calendar


@dataclass(frozen=True)
class Setting:
    """Two first classes that cô Mai teaches mathematics, and one that only she teaches anything."""

    house: House
    alice: httpx.Client
    class_1b: UUID
    keys: dict[str, str]
    """What the form calls Mai's mathematics, by class."""
    timetable: str

    def lessons(self) -> list[tuple[str, int, HalfDay, int, str | None]]:
        names = {self.house.school.class_id: "1A", self.class_1b: "1B"}
        with self.house.database.reading() as session:
            found = timetable.lessons_of(session, UUID(self.timetable.rpartition("/")[2]))
        return sorted((names[one.school_class.id], one.weekday, one.half, one.number, one.room) for one in found)

    def save(self, class_id: UUID, **week: str) -> httpx.Response:
        return self.alice.post(f"{self.timetable}/classes/{class_id}", data=week)


@pytest.fixture
def made(house: House) -> Iterator[Setting]:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        mai = StaffMember(school_id=house.school.id, code="GV1", full_name="Cô Mai", search_name="", position="")
        session.add(mai)
        session.flush()
        class_1b = add_class(session, house.school.id, "1B", 1)
        maths = timetable.add_subject(session, house.school.id, "TOAN", "Toán")
        [term_id] = session.scalars(select(Term.id).where(Term.number == 1))
        keys = {
            name: timetable.assign(session, term_id=term_id, class_id=class_id, subject_id=maths, staff_id=mai.id).hex[
                -12:
            ]
            for name, class_id in (("1A", house.school.class_id), ("1B", class_1b))
        }
    with house.visit("alice") as alice:
        answer = alice.post("/schools/a/timetables", data={"valid_from": str(MONDAY)})
        assert answer.status_code == 303
        yield Setting(house, alice, class_1b, keys, answer.headers["location"])


def test_a_week_is_put_together_and_read_by_class_teacher_and_room(made: Setting) -> None:
    own = made.house.school.class_id
    assert made.save(own, m01=made.keys["1A"], rm01="P.1", a43=made.keys["1A"], m09=made.keys["1A"]).status_code == 303
    assert made.lessons() == [("1A", 0, HalfDay.MORNING, 1, "P.1"), ("1A", 4, HalfDay.AFTERNOON, 3, None)]
    assert made.save(made.class_1b, m02=made.keys["1A"]).status_code == 422, "that is another class's teacher"
    assert made.save(made.class_1b, m02=made.keys["1B"]).status_code == 303
    page = made.alice.get("/schools/a/timetable").text
    assert "Lớp 1A" in page
    assert "07:30–08:10" in page
    teacher = re.findall(r'value="(teacher-[\w-]+)"', page)[0]
    weeks = made.alice.get(f"/schools/a/timetable?of={teacher}").text
    assert weeks.count("<strong>1A</strong>") == 2
    assert weeks.count("<strong>1B</strong>") == 1
    assert "Cô Mai" in made.alice.get("/schools/a/timetable?of=room-P.1").text
    assert "Không có mục này" in made.alice.get("/schools/a/timetable?of=room-x").text


def test_a_clash_is_named_and_kept_only_when_that_is_wanted(made: Setting) -> None:
    made.save(made.house.school.class_id, m01=made.keys["1A"])
    asked = made.save(made.class_1b, m01=made.keys["1B"], m12=made.keys["1B"])
    assert asked.status_code == 409
    assert "Thứ Hai: lúc 07:30 Cô Mai phải dạy cả 1A (Toán) và 1B (Toán)" in asked.text
    assert asked.text.count(f'value="{made.keys["1B"]}" selected') == 2, "what was chosen stays chosen"
    assert len(made.lessons()) == 1
    assert made.save(made.class_1b, m01=made.keys["1B"], sure="yes").status_code == 303
    page = made.alice.get(made.timetable).text
    assert "1 chỗ trùng" in page
    assert 'class="clash"' in page


def test_a_change_from_a_day_on_is_a_new_timetable_and_the_past_stays(made: Setting) -> None:
    own = made.house.school.class_id
    made.save(own, m01=made.keys["1A"])
    known = made.timetable.rpartition("/")[2]
    again = made.alice.post("/schools/a/timetables", data={"valid_from": str(MONDAY)})
    assert again.status_code == 422
    assert made.alice.post("/schools/a/timetables", data={"valid_from": "2026-08-01"}).status_code == 422
    copy = made.alice.post("/schools/a/timetables", data={"valid_from": "2026-11-23", "copy_of": known})
    made.alice.post(f"{copy.headers['location']}/classes/{own}", data={"m02": made.keys["1A"]})
    assert made.lessons() == [("1A", 0, HalfDay.MORNING, 1, None)]
    # The lessons of another term are those that are assigned there too: none.
    other = made.alice.post("/schools/a/timetables", data={"valid_from": "2027-01-20", "copy_of": known})
    assert "0 tiết một tuần" in made.alice.get("/schools/a/timetables").text
    assert made.alice.post(f"{made.timetable}/removed").status_code == 422
    for path in (made.timetable, other.headers["location"]):
        assert made.alice.post(f"{path}/removed", data={"sure": "yes"}).status_code == 303
    assert made.alice.get("/schools/a/timetables").text.count("tiết một tuần") == 1


def test_a_timetable_leaves_as_excel_and_comes_back_the_good_part_of_it(made: Setting) -> None:
    made.save(made.house.school.class_id, m01=made.keys["1A"], rm01="P.1")
    file = made.alice.get("/schools/a/timetable.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert rows[2] == ["Thứ", "Buổi", "Tiết", "1A", "1B"]
    assert rows[3] == ["Thứ 2", "Sáng", 1.0, "Toán - Cô Mai [P.1]", ""]
    before = made.lessons()
    assert made.alice.post(f"{made.timetable}/import", files={"file": ("x.xlsx", file)}).status_code == 200
    assert made.lessons() == before
    changed = io.BytesIO()
    with xlsxwriter.Workbook(changed) as workbook:
        sheet = workbook.add_worksheet()
        for at, row in enumerate([
            ["Thứ", "Buổi", "Tiết", "1A", "1B", "9Q"],
            ["Thứ 3", "Sáng", 2, "TOÁN", "Nhạc", "Toán"],
            ["", "Chiều", 1, "Toán - Thầy Ba", "Toán [P.2]", ""],
            ["Thứ mười", "Chiều", 1, "Toán", "", ""],
        ]):  # fmt: skip
            sheet.write_row(at, 0, row)
    sent = {"file": ("x.xlsx", changed.getvalue())}
    asked = made.alice.post(f"{made.timetable}/import", files=sent)
    assert (asked.status_code, made.lessons()) == (422, before)
    assert "1 tiết của 1A sẽ mất" in asked.text
    answer = made.alice.post(f"{made.timetable}/import", files=sent, data={"sure": "true"})
    assert made.lessons() == [("1A", 1, HalfDay.MORNING, 2, None), ("1B", 1, HalfDay.AFTERNOON, 1, "P.2")]
    assert re.findall(r"<li>([A-Z]\d+): ", answer.text) == ["F1", "E2", "D3", "A4"]
    for wrong in (b"", b"PK no", file[:400]):
        refused = made.alice.post(f"{made.timetable}/import", files={"file": ("x.xlsx", wrong)})
        assert (refused.status_code, 'id="file-wrong"' in refused.text) == (422, True)


def test_a_family_sees_its_childs_week_and_nobody_elses(made: Setting) -> None:
    made.save(made.house.school.class_id, m01=made.keys["1A"])
    path = f"/students/{made.house.school.lan}/timetable"
    with made.house.visit("bob") as bob:
        assert f'href="{path}"' in bob.get("/children").text
        page = bob.get(path).text
        assert "Toán" in page
        assert "Cô Mai" in page
        assert bob.get(f"/students/{made.house.school.minh}/timetable").status_code == 404
    for outsider in ("erin", "charlie", "dave"):
        with made.house.visit(outsider) as client:
            assert client.get(path).status_code == 404
    with made.house.visit("dave") as dave:
        assert "Cô Mai" not in dave.get("/schools/b/timetable").text
        theirs = made.timetable.replace("/a/", "/b/")
        assert dave.get(theirs).status_code == 404
        assert dave.get(f"{theirs}/week.xlsx").status_code == 404
        assert dave.post(f"{theirs}/removed", data={"sure": "yes"}).status_code == 404
        assert dave.post(f"{theirs}/classes/{made.class_1b}").status_code == 404
        copied = {"valid_from": str(MONDAY), "copy_of": made.timetable.rpartition("/")[2]}
        assert dave.post("/schools/b/timetables", data=copied).status_code == 422, "no term, and no copy"
    assert len(made.lessons()) == 1
