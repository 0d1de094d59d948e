"""A new school year: every class goes up at once, as it was shown, and nobody goes up twice."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.people.history_queries import classes_on
from cloud.people.tables import Student
from cloud.school.calendar.facts import Span
from cloud.school.calendar.setup import open_year
from cloud.school.queries import add_class, class_by_name
from cloud.school.tables import SchoolClass
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import YEAR, give_calendar
from tests.cloud.small_school import MORNING

SUMMER = date(2027, 7, 1)


def add_pupil(database: Database, school_id: UUID, class_id: UUID, code: str) -> None:
    with database.writing() as session:
        session.add(Student(school_id=school_id, class_id=class_id, code=code, full_name=code, search_name=code))


@pytest.fixture
def new_year(house: House) -> House:
    """1A with Lan and Minh, who repeats; 5A, which has finished; it is summer."""
    house.clock.now = MORNING + (SUMMER - MORNING.date())
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        open_year(session, house.school.id, "2027-2028", Span(date(2027, 8, 1), date(2028, 5, 31)), [])
        class_5a = add_class(session, house.school.id, "5A", 5)
    add_pupil(house.database, house.school.id, class_5a, "big")
    return house


def where(house: House, day: date) -> dict[str, str]:
    """Class names by pupils' codes."""
    with house.database.reading() as session:
        names = dict(session.execute(select(SchoolClass.id, SchoolClass.name)).all())
        codes = dict(session.execute(select(Student.id, Student.code)).all())
        found = classes_on(session, house.school.id, day)
    return {codes[student_id]: names[one.id] for student_id, one in found.items()}


def test_it_is_shown_first_and_done_as_it_was_shown(new_year: House) -> None:
    with new_year.visit("alice") as alice:
        page = alice.get("/schools/a/roll-over").text
        assert "Lớp mới: 2A" in page
        assert 'value="2A"' in page
        fields = {"repeating": "2", "step": "look"}
        shown = alice.post("/schools/a/roll-over", data=fields).text
        for name in ("Lên lớp", "Hết cấp, ra trường", "Ở lại lớp"):
            assert f"<dt>{name}</dt><dd>1</dd>" in shown
        assert where(new_year, SUMMER) == {"1": "1A", "2": "1A", "big": "5A"}
        [seen] = re.findall(r'name="seen" value="(\w+)"', shown)
        do = {**fields, "step": "carry-out", "seen": seen}
        assert alice.post("/schools/a/roll-over", data=do).status_code == 422, "nobody has confirmed it"
        do["sure"] = "yes"
        # Somebody is entered in between: what is carried out would not be what was shown.
        add_pupil(new_year.database, new_year.school.id, new_year.school.class_id, "3")
        assert alice.post("/schools/a/roll-over", data=do).status_code == 422
        assert where(new_year, SUMMER)["1"] == "1A"
        shown = alice.post("/schools/a/roll-over", data=fields).text
        do["seen"] = re.findall(r'name="seen" value="(\w+)"', shown)[0]
        assert alice.post("/schools/a/roll-over", data=do).status_code == 303
        assert where(new_year, SUMMER) == {"1": "2A", "2": "1A", "3": "2A"}
        assert where(new_year, SUMMER - timedelta(days=1)) == {"1": "1A", "2": "1A", "3": "1A", "big": "5A"}
        again = alice.get("/schools/a/roll-over").text
        assert "đã làm xong" in again
        assert 'name="seen"' not in again
        assert alice.post("/schools/a/roll-over", data=do).status_code == 409
    with new_year.database.reading() as session:
        class_2a = class_by_name(session, new_year.school.id, "2A")
        assert session.get_one(SchoolClass, class_2a).grade == 2


def test_what_does_not_fit_is_named_and_nothing_is_done_before_the_year_has_ended(new_year: House) -> None:
    own = f"to-{new_year.school.class_id.hex}"
    with new_year.visit("alice") as alice:
        wrong = {own: "5A", "repeating": "2 nobody", "step": "look"}
        answer = alice.post("/schools/a/roll-over", data=wrong)
        assert set(re.findall(r'id="([\w-]+)-wrong"', answer.text)) == {own, "repeating"}
        empty = alice.post("/schools/a/roll-over", data={own: "", "step": "look"})
        assert re.findall(r'id="([\w-]+)-wrong"', empty.text) == [own]
        new_year.clock.now = MORNING
        assert YEAR.last > MORNING.date()
        assert 'name="seen"' not in alice.get("/schools/a/roll-over").text
        early = alice.post("/schools/a/roll-over", data={"step": "carry-out", "sure": "yes", "seen": "x"})
        assert early.status_code == 409
    with new_year.visit("dave") as dave:
        assert "5A" not in dave.get("/schools/b/roll-over").text
