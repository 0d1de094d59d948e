"""A school sets its year up on its own pages: terms, bells, days that differ; what reaches back is asked first."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select

from cloud.accounts import audit_queries as audit
from cloud.kit.outbox import OutboxEvent
from cloud.school.calendar.events import PLAN_CHANGED
from cloud.school.calendar.facts import HalfDay, Span
from cloud.school.calendar.queries import calendar_of, class_ref
from cloud.school.calendar.rules import plan_for
from cloud.school.calendar.tables import CalendarRule
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, give_calendar

YEAR = {
    "name": "2026-2027", "first_day": "2026-11-30", "last_day": "2027-05-31",
    "term-1-first": "2026-11-30", "term-1-last": "2027-01-15",
    "term-2-first": "2027-01-18", "term-2-last": "2027-05-28",
}  # fmt: skip
BELLS = {
    "name": "Cả ngày", "valid_from": "2026-11-30", "gate": "06:30", "first_grade": "1", "last_grade": "5",
    "morning-1-start": "07:30", "morning-1-end": "08:05", "morning-2-start": "8h10", "morning-2-end": "08:45",
    "afternoon-1-start": "14:00", "afternoon-1-end": "14:35",
    "week": ["morning-0", "morning-1", "afternoon-0"],
}  # fmt: skip
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def alice(house: House) -> Iterator[httpx.Client]:
    with house.visit("alice") as client:
        yield client


def taught(house: House, day: date) -> list[str]:
    """The half-days of 1A, by the plan that everything else follows."""
    with house.database.reading() as session:
        calendar = calendar_of(session, house.school.id, Span(day, day))
        return [one.half for one in plan_for(calendar, day, class_ref(session, house.school.class_id)).half_days]


def events(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == PLAN_CHANGED)))


def rules(house: House) -> int:
    with house.database.reading() as session:
        return len(session.scalars(select(CalendarRule.id)).all())


def test_a_year_and_bells_make_school_days(house: House, alice: httpx.Client) -> None:
    day = date(2026, 11, 30)
    assert alice.post("/schools/a/years", data=YEAR).status_code == 303
    assert taught(house, day) == []
    assert alice.post("/schools/a/bells", data=BELLS).status_code == 303
    assert [taught(house, day + timedelta(days=number)) for number in range(3)] == [
        ["morning", "afternoon"], ["morning"], [],
    ]  # fmt: skip
    page = alice.get("/schools/a/bells").text
    assert "08:10–08:45" in page
    assert "Thứ Hai, Thứ Ba" in page
    assert "Học kỳ 2" in alice.get("/schools/a/years").text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(house: House, alice: httpx.Client) -> None:
    overlapping = alice.post("/schools/a/years", data={**YEAR, "term-2-first": "2027-01-10"})
    assert overlapping.status_code == 422
    [field] = re.findall(r'id="([\w-]+)-wrong"', overlapping.text)
    assert field == "term-2"
    assert 'value="2027-01-10"' in overlapping.text
    wrong = {**BELLS, "morning-2-start": "08:00", "gate": "7 giờ", "afternoon-1-start": "14:00", "first_grade": "0"}
    answer = alice.post("/schools/a/bells", data=wrong)
    assert (answer.status_code, re.findall(r'id="([\w-]+)-wrong"', answer.text)) == (422, ["gate", "first_grade"])
    answer = alice.post("/schools/a/bells", data={**BELLS, "morning-2-start": "08:00", "week": "afternoon-9"})
    assert re.findall(r'id="([\w-]+)-wrong"', answer.text) == ["morning-2"]
    assert "trước khi tiết trước kết thúc lúc 08:05" in answer.text
    no_days = {"kind": "make_up", "as_weekday": "9", "last": "x", "whom": "grade-99"}
    answer = alice.post("/schools/a/calendar/rules", data=no_days)
    assert set(re.findall(r'id="([\w-]+)-wrong"', answer.text)) == {"name", "first", "last", "whom", "as_weekday"}
    with house.database.reading() as session:
        assert calendar_of(session, house.school.id, Span(MONDAY, MONDAY)).schedules == ()


def test_days_off_come_at_once_go_at_once_and_come_back(house: House, alice: httpx.Client) -> None:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
    tet = {"name": "Tết Nguyên đán", "first": "2027-02-03", "last": "2027-02-12", "kind": "off"}
    answer = alice.post("/schools/a/calendar/rules", data=tet)
    assert (answer.status_code, answer.headers["location"]) == (303, "/schools/a/calendar?month=2027-02#days")
    assert (rules(house), taught(house, date(2027, 2, 4))) == (10, [])
    page = alice.get("/schools/a/calendar?month=2027-02&day=2027-02-04").text
    assert "03/02/2027 – 12/02/2027" in page
    assert "nghỉ (Tết Nguyên đán)" in page
    ids = re.findall(r'name="id" value="([\w-]+)"', page)
    gone = alice.post("/schools/a/calendar/rules/removed", data={"id": ids})
    assert gone.status_code == 200
    assert taught(house, date(2027, 2, 4)) == ["morning", "afternoon"]
    undo = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)">',
            gone.text.split('role="status"')[1].split("</form>")[0],
        )
    )
    assert alice.post("/schools/a/calendar/rules", data=undo).status_code == 303
    assert (rules(house), taught(house, date(2027, 2, 4))) == (10, [])
    assert events(house) == [], "no day that has begun was touched"


def test_a_half_day_of_a_class_and_a_make_up_day_with_another_timetable(house: House, alice: httpx.Client) -> None:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
    half = {"name": "Họp phụ huynh", "first": str(FRIDAY), "half": "afternoon", "whom": str(house.school.class_id)}
    alice.post("/schools/a/calendar/rules", data=half)
    assert taught(house, FRIDAY) == ["morning"]
    saturday = FRIDAY + timedelta(days=1)
    made_up = {"name": "Bù", "first": str(saturday), "kind": "make_up", "as_weekday": "0", "whom": "grade-1"}
    alice.post("/schools/a/calendar/rules", data=made_up)
    assert taught(house, saturday) == ["morning", "afternoon"]
    other_class = {**half, "whom": "00000000-0000-0000-0000-000000000001"}
    assert alice.post("/schools/a/calendar/rules", data=other_class).status_code == 422


def test_what_reaches_back_is_asked_about_then_told_of(house: House, alice: httpx.Client) -> None:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
    off = {"name": "Bão", "first": str(MONDAY - timedelta(days=3)), "last": str(MONDAY + timedelta(days=1))}
    asked = alice.post("/schools/a/calendar/rules", data=off)
    assert asked.status_code == 409
    assert "13/11/2026, 16/11/2026" in asked.text
    assert "17/11/2026" not in asked.text.split('id="unsure"')[1].split("</div>")[0]
    assert (rules(house), events(house)) == (0, [])
    assert alice.post("/schools/a/calendar/rules", data={**off, "sure": "yes"}).status_code == 303
    assert (rules(house), taught(house, MONDAY)) == (5, [])
    assert [re.findall(r'"day":"([\d-]+)"', one) for one in events(house)] == [["2026-11-13"], ["2026-11-16"]]
    with house.database.reading() as session:
        [entry] = audit.entries(session, house.school.id)
    assert (entry.action, entry.details["begun_days"]) == ("calendar.days_added", "2")
    ids = re.findall(r'name="id" value="([\w-]+)"', alice.get("/schools/a/calendar").text)
    assert alice.post("/schools/a/calendar/rules/removed", data={"id": ids}).status_code == 409
    later = {**BELLS, "valid_from": str(MONDAY - timedelta(days=7))}
    assert alice.post("/schools/a/bells", data=later).status_code == 409
    assert alice.post("/schools/a/bells", data={**later, "sure": "yes"}).status_code == 303


def test_the_next_year_has_the_shape_of_the_last_and_terms_keep_what_is_in_them(
    house: House, alice: httpx.Client
) -> None:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
    page = alice.get("/schools/a/years").text
    [shape] = re.findall(r"\?shape_of=([\w-]+)", page)
    filled = alice.get(f"/schools/a/years?shape_of={shape}").text
    values = dict(re.findall(r'name="([\w-]+)" type="\w+" value="([^"]*)"', filled))
    assert (values["name"], values["term-1-first"], values["last_day"]) == ("2027-2028", "2027-09-07", "2028-05-31")
    assert alice.post("/schools/a/years", data=values).status_code == 303
    again = alice.post("/schools/a/years", data=values)
    assert set(re.findall(r'id="([\w-]+)-wrong"', again.text)) == {"name", "first_day"}
    assert HalfDay.MORNING in taught(house, date(2027, 9, 8))


def test_another_schools_calendar_is_neither_seen_nor_touched(house: House, alice: httpx.Client) -> None:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
    alice.post("/schools/a/calendar/rules", data={"name": "Riêng", "first": str(FRIDAY)})
    ids = re.findall(r'name="id" value="([\w-]+)"', alice.get("/schools/a/calendar").text)
    [year] = re.findall(r"\?change=([\w-]+)", alice.get("/schools/a/years").text)
    [bells] = re.findall(r"/schools/a/bells/([\w-]+)/removed", alice.get("/schools/a/bells").text)
    with house.visit("dave") as dave:
        assert "Riêng" not in dave.get(f"/schools/b/calendar?day={FRIDAY}&class_id={house.school.class_id}").text
        assert dave.post("/schools/b/calendar/rules/removed", data={"id": ids}).status_code == 404
        assert dave.post(f"/schools/b/years/{year}", data=YEAR).status_code == 404
        assert dave.post(f"/schools/b/bells/{bells}/removed", data={"sure": "yes"}).status_code == 404
        theirs = {"name": "x", "first": str(FRIDAY), "whom": str(house.school.class_id)}
        assert dave.post("/schools/b/calendar/rules", data=theirs).status_code == 422
    assert taught(house, FRIDAY) == []


def test_a_new_school_is_led_through_until_all_is_there(house: House, alice: httpx.Client) -> None:
    page = alice.get("/schools/a").text
    assert "Còn phải thiết lập" in page
    assert page.count('class="ready"') == 2, "it has a class and units"
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
    page = alice.get("/schools/a/setup").text
    assert page.count('class="ready"') == 4
    links = re.findall(r'<a class="quiet" href="(/schools/a/[\w-]+)">', page)
    assert len(links) == 7
    assert {alice.get(link).status_code for link in links} == {200}
