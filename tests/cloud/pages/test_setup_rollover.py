"""A new school year: every class goes up at once, as it was shown, and nobody goes up twice."""

import re
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest
from argon2.profiles import CHEAPEST
from sqlalchemy import select

from cloud.accounts import queries
from cloud.accounts.access import Grant, Role
from cloud.accounts.passwords import Passwords
from cloud.attendance.register.tables import AttendanceMark
from cloud.kit.db import Database
from cloud.people.history_queries import classes_on, move
from cloud.people.tables import Student
from cloud.school.calendar.facts import Span
from cloud.school.calendar.setup import open_year
from cloud.school.queries import add_class, class_by_name
from cloud.school.tables import SchoolClass
from tests.cloud.pages.people import PASSWORD, House
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


def carry_out(house: House) -> None:
    with house.visit("alice") as alice:
        shown = alice.post("/schools/a/roll-over", data={"step": "look"}).text
        [seen] = re.findall(r'name="seen" value="(\w+)"', shown)
        do = {"step": "carry-out", "seen": seen, "sure": "yes"}
        assert alice.post("/schools/a/roll-over", data=do).status_code == 303


def taken_back(client: httpx.Client, *, sure: str = "yes") -> httpx.Response:
    shown = client.get("/schools/a/roll-over").text
    at = "".join(re.findall(r'name="at" value="([^"]+)"', shown))
    return client.post("/schools/a/roll-over/taken-back", data={"at": at, "sure": sure})


def test_all_of_it_is_taken_back_in_two_taps_by_whoever_did_it_and_can_be_done_again(new_year: House) -> None:
    before = where(new_year, SUMMER)
    carry_out(new_year)
    new_year.clock.now += timedelta(days=20)
    today = new_year.clock.now.date()
    assert where(new_year, today) == {"1": "2A", "2": "2A"}
    with new_year.visit("alice") as alice:
        assert "3 học sinh trở lại 2 lớp, trong đó 1 em đã ra trường" in alice.get("/schools/a/roll-over").text
        assert taken_back(alice, sure="").status_code == 422, "nobody has confirmed it"
        assert where(new_year, today) == {"1": "2A", "2": "2A"}
        assert taken_back(alice).status_code == 303
        assert where(new_year, today) == where(new_year, SUMMER) == before
        assert taken_back(alice).status_code == 409, "it is taken back once"
        audit = alice.get("/schools/a/audit.json").text
    assert "year.roll_over_taken_back" in audit
    new_year.clock.now += timedelta(days=1)
    carry_out(new_year)
    assert where(new_year, new_year.clock.now.date()) == {"1": "2A", "2": "2A"}


def test_it_stays_once_somebody_has_worked_in_the_new_year_and_the_page_says_who_has(new_year: House) -> None:
    carry_out(new_year)
    new_year.clock.now += timedelta(days=1)
    today = new_year.clock.now.date()
    school = new_year.school
    with new_year.database.writing() as session:
        queries.add_user(
            session, login="carol", display_name="Carol", password_hash=Passwords(CHEAPEST).hash(PASSWORD), locale="vi",
            grants=[Grant(Role.ADMINISTRATOR, school.id)],
        )  # fmt: skip
    with new_year.visit("carol") as carol:
        assert "Chỉ người đã thực hiện" in taken_back(carol).text
    with new_year.visit("dave") as dave:
        assert taken_back(dave).status_code == 404
    with new_year.visit("alice") as alice:
        with new_year.database.writing() as session:
            lan = session.get_one(Student, school.lan)
            move(session, lan, school.class_id, today, "x", by=None, now=new_year.clock.now)
        late = taken_back(alice)
        assert (late.status_code, "1 học sinh đã vào, chuyển lớp hoặc ra đi" in late.text) == (409, True)
        with new_year.database.writing() as session:
            session.add(
                AttendanceMark(
                    school_id=school.id, student_id=school.minh, day=today, half="morning", presence="present",
                    late_minutes=0, left_early_minutes=0, reason="", by=school.alice.user_id, at=new_year.clock.now,
                )
            )  # fmt: skip
        late = taken_back(alice)
        assert (late.status_code, "đã điểm danh" in late.text) == (409, True)
    assert where(new_year, today) == {"1": "1A", "2": "2A"}
