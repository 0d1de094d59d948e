"""Classes, their homeroom teachers, subjects, and who teaches what: typed into a table, all or nothing."""

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select

from cloud.people.tables import StaffMember
from cloud.school.calendar.tables import Term
from cloud.school.queries import class_by_name
from cloud.school.timetable import queries as timetable
from cloud.school.timetable import setup_queries as timetables
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, give_calendar

NAMES = {"GV1": "Trần Thị Mai", "GV2": "Lê Văn Hùng", "GV3": "Lê Văn Hùng"}


@pytest.fixture
def alice(house: House) -> Iterator[httpx.Client]:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        session.add_all(
            StaffMember(school_id=house.school.id, code=code, full_name=name, search_name="", position="")
            for code, name in NAMES.items()
        )
    with house.visit("alice") as client:
        yield client


def assigned(house: House, number: int = 1) -> list[tuple[str, str]]:
    """Subject and teacher's code in 1A, in a term."""
    with house.database.reading() as session:
        [term_id] = session.scalars(select(Term.id).where(Term.number == number))
        subjects = {one.id: one.code for one in timetables.subjects(session, house.school.id)}
        codes = dict(session.execute(select(StaffMember.id, StaffMember.code)).all())
        found = timetables.assignments(session, house.school.id, term_id)
    return sorted((subjects[one.subject_id], codes[one.staff_id]) for one in found)


def cells(page: str) -> list[str]:
    return re.findall(r'name="(t-\w+-\w+)"', page)


def term(page: str) -> str:
    [found] = re.findall(r'<input type="hidden" name="term" value="([\w-]+)"><input type="hidden" name="grade"', page)
    return str(found)


def test_classes_are_added_at_once_renamed_and_given_a_teacher(house: House, alice: httpx.Client) -> None:
    assert alice.post("/schools/a/classes", data={"names": "2A, 2B,2A", "grade": "2"}).status_code == 303
    double = alice.post("/schools/a/classes", data={"names": "1A, 3A", "grade": "3"})
    assert (double.status_code, "đã có: 1A" in double.text) == (422, True)
    with house.database.reading() as session:
        class_2b = class_by_name(session, house.school.id, "2B")
        assert class_by_name(session, house.school.id, "3A") is None
    assert alice.post(f"/schools/a/classes/{class_2b}", data={"name": "1A", "grade": "2"}).status_code == 422
    assert alice.post(f"/schools/a/classes/{class_2b}", data={"name": "2C", "grade": "2"}).status_code == 303
    chosen = {"staff": "GV1", "from_day": str(MONDAY)}
    assert alice.post(f"/schools/a/classes/{class_2b}/homeroom", data={**chosen, "staff": "x"}).status_code == 422
    assert alice.post(f"/schools/a/classes/{class_2b}/homeroom", data=chosen).status_code == 303
    page = alice.get("/schools/a/classes").text
    assert re.search(r"2C</a></th>.*\n?.*Trần Thị Mai", page)
    assert f"từ {MONDAY:%d/%m/%Y}" in alice.get(f"/schools/a/classes/{class_2b}").text


def test_another_grade_has_other_bells_and_is_asked_about(house: House, alice: httpx.Client) -> None:
    own = f"/schools/a/classes/{house.school.class_id}"
    asked = alice.post(own, data={"name": "1A", "grade": "10"})
    assert asked.status_code == 409
    assert alice.post(own, data={"name": "1A", "grade": "10", "sure": "yes"}).status_code == 303
    assert ">10</td>" in alice.get("/schools/a/classes").text


def test_a_table_says_who_teaches_what(house: House, alice: httpx.Client) -> None:
    alice.post("/schools/a/subjects", data={"code": "toan", "subject_name": "Toán"})
    alice.post("/schools/a/subjects", data={"code": "TV", "subject_name": "Tiếng Việt"})
    assert alice.post("/schools/a/subjects", data={"code": "TV", "subject_name": "toán"}).status_code == 422
    page = alice.get("/schools/a/teaching").text
    maths, vietnamese = cells(page)
    table = {"term": term(page), "grade": "1", maths: "trần thị mai", vietnamese: "Lê Văn Hùng (GV2); GV3"}
    assert alice.post("/schools/a/teaching", data=table).status_code == 303
    assert assigned(house) == [("TOAN", "GV1"), ("TV", "GV2"), ("TV", "GV3")]
    # Two have this name: it says nobody. Nothing else of the table is kept then either.
    wrong = alice.post("/schools/a/teaching", data={**table, maths: "", vietnamese: "Lê Văn Hùng"})
    assert (wrong.status_code, re.findall(r'id="(t-[\w-]+)-wrong"', wrong.text)) == (422, [vietnamese])
    assert len(assigned(house)) == 3
    alice.post("/schools/a/teaching", data={**table, maths: "GV2", vietnamese: "GV3"})
    assert assigned(house) == [("TOAN", "GV2"), ("TV", "GV3")]
    second = re.findall(r'<option value="([\w-]+)">2026-2027, Học kỳ 2', page)[0]
    copied = alice.post("/schools/a/teaching/copied", data={"term": second, "from": term(page)})
    assert copied.status_code == 303
    assert assigned(house, 2) == assigned(house, 1)


def test_what_is_in_the_timetable_is_taken_over_and_not_thrown_away(house: House, alice: httpx.Client) -> None:
    alice.post("/schools/a/subjects", data={"code": "TOAN", "subject_name": "Toán"})
    page = alice.get("/schools/a/teaching").text
    [maths] = cells(page)
    table = {"term": term(page), "grade": "1"}
    alice.post("/schools/a/teaching", data={**table, maths: "GV1"})
    with house.database.writing() as session:
        [term_id] = session.scalars(select(Term.id).where(Term.number == 1))
        [one] = timetables.assignments(session, house.school.id, term_id)
        timetable_id = timetable.add_timetable(session, term_id, MONDAY)
        timetable.add_lessons(session, timetable_id, [(one.id, 0, "morning", 1, None)])
    assert alice.post("/schools/a/teaching", data={**table, maths: ""}).status_code == 422
    assert alice.post("/schools/a/teaching", data={**table, maths: "GV2"}).status_code == 303
    with house.database.reading() as session:
        [lesson] = timetable.lessons_of(session, timetable_id)
        assert assigned(house) == [("TOAN", "GV2")]
        subject_id = lesson.subject_id
    assert alice.post(f"/schools/a/subjects/{subject_id}/removed").status_code == 409
    with house.visit("dave") as dave:
        assert dave.post("/schools/b/teaching", data={**table, maths: ""}).status_code == 404
        assert dave.post(f"/schools/b/subjects/{subject_id}/removed").status_code == 404
        renamed = {"subject": str(subject_id), "code": "X", "subject_name": "X"}
        assert dave.post("/schools/b/subjects", data=renamed).status_code == 404
        own = {"name": "x", "grade": "1"}
        assert dave.post(f"/schools/b/classes/{house.school.class_id}", data=own).status_code == 404
        assert "Trần Thị Mai" not in dave.get("/schools/b/teaching").text
