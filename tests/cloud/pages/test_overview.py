"""The principal's day by class, the weeks before, and a month as a file and on paper."""

import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from cloud.accounts.tables import RoleGrant
from cloud.attendance import schedule
from cloud.attendance.desk import ask_for_leave, decide_on_leave
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.register import entry_queries
from cloud.attendance.register.entries import Entry
from cloud.attendance.register.facts import Permission, Presence, Reason, Rule, Status
from cloud.attendance.register.month_queries import Tally, class_tallies, day_tallies
from cloud.kit.db import Database
from cloud.school.calendar.facts import HalfDay, Span
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import SmallSchool, add_school, sighting

MORNING = HalfDay.MORNING


@pytest.fixture
def kept(taught: House) -> House:
    """Lan came late, Minh did not come; Minh's name would be a formula to a careless file."""
    from cloud.people.tables import Student

    with taught.database.writing() as session:
        session.get_one(Student, taught.school.minh).full_name = "=1+1 Minh"
    taught.clock.now = at("08:00")
    taught.report(sighting(1, taught.school.lan, at=at("07:42")))
    schedule.refresh(taught.database, taught.school.id, at("08:00"))
    return taught


def test_a_class_below_ninety_percent_is_pointed_out_and_leads_to_its_register(kept: House) -> None:
    with kept.visit("alice") as alice:
        page = alice.get("/schools/a/attendance").text
    assert f'href="/classes/{kept.school.class_id}/register?day={MONDAY}&amp;half=morning"' in page
    assert "dưới 90 %" in page
    assert ">1<span" in page
    first = page.split("<tbody>")[1].split("</tr>")[0]
    assert "Cộng" in first, "the whole school is read first"
    assert '>1<span class="soft">/2' in first


def test_the_weeks_count_half_days_that_are_over_and_say_that_today_goes_on(kept: House) -> None:
    """Lan's leave in the afternoon is nobody's absence in the morning, nor before the afternoon is over."""
    school, rest = kept.school, Stretch(MONDAY, HalfDay.AFTERNOON, MONDAY, HalfDay.AFTERNOON)
    with kept.database.writing() as session:
        asked = ask_for_leave(session, school.bob, school.lan, rest, "Sốt", at("07:50"))
        decide_on_leave(session, school.alice, asked.id, ClaimState.APPROVED, now=at("08:00"))
    shown = {}
    with kept.visit("alice") as alice:
        for clock in ("08:00", "10:30", "15:45"):
            kept.clock.now = at(clock)
            schedule.refresh(kept.database, school.id, at(clock))
            for path in ("/schools/a/attendance", f"/classes/{school.class_id}/overview"):
                shown[path, clock] = alice.get(path).text
    for (_, clock), page in shown.items():
        assert ("trend-title" in page) == (clock != "08:00")
        assert ("Gạch chéo" in page, "đến lúc này" in page) == (clock == "10:30", clock == "10:30")
        if clock == "10:30":
            assert ("<title>Th 2 16/11: 50,0\u00a0%" in page, '<td class="num">50,0</td>' in page) == (True, True)


def test_the_month_is_a_file_that_says_what_the_register_says(kept: House) -> None:
    with kept.visit("alice") as alice:
        for path in ("/schools/a/register.xlsx", f"/classes/{kept.school.class_id}/register.xlsx"):
            book = CalamineWorkbook.from_filelike(io.BytesIO(alice.get(path).content))
            rows = book.get_sheet_by_name("1A").to_python()
            # In the afternoon nobody is called absent yet.
            assert rows[3][:5] == ["STT", "Họ tên", "16S", "16C", "P"]
            assert [row[1:3] for row in rows[4:6]] == [["Nguyễn Thị Lan", "M"], ["=1+1 Minh", "K"]]
        for path in ("/schools/a/register.xlsx", f"/classes/{kept.school.class_id}/register.pdf"):
            empty = alice.get(f"{path}?month=2026-10", follow_redirects=True)
            assert (empty.status_code, "Sổ điểm danh" in empty.text, "10/2026" in empty.text) == (200, True, True)
        assert alice.get("/schools/a/register.xlsx?month=2026-13").status_code == 422
        printed = alice.get(f"/classes/{kept.school.class_id}/register/month").text
    assert ">STT</abbr></th>" in printed
    assert re.findall(r'<tr><td>(\d)</td><th scope="row">([^<]+)', printed) == [
        ("1", "Nguyễn Thị Lan"), ("2", "=1+1 Minh"),
    ]  # fmt: skip


def test_rules_that_cannot_be_taken_stay_as_they_were_typed(shared_house: House) -> None:
    typed = {"grace_minutes": "9", "absent_after_minutes": "21", "warn_at": "35; nhiều", "stays_over_midday": "true"}
    with shared_house.visit("alice") as alice:
        answer = alice.post("/schools/a/attendance-rules", data=typed)
    assert answer.status_code == 422
    assert all(f'value="{one}"' in answer.text for one in ("9", "21", "35; nhiều"))
    assert [one in answer.text for one in ('id="warn_at-wrong"', 'id="grace_minutes-wrong"')] == [True, False]


def test_minutes_that_are_none_are_named_beside_their_field(shared_house: House) -> None:
    with shared_house.visit("alice") as alice:
        answer = alice.post("/schools/a/attendance-rules", data={"grace_minutes": "", "absent_after_minutes": "999"})
    assert (answer.status_code, answer.text.count('class="problem')) == (422, 2)
    assert 'value="999"' in answer.text
    assert "số nguyên từ 0 đến 180" in answer.text


@pytest.mark.parametrize("outsider", ["bob", "dave", "charlie"])
def test_a_parent_another_school_and_a_teacher_of_nobody_get_none_of_it(kept: House, outsider: str) -> None:
    with kept.database.writing() as session:
        grant = RoleGrant(user_id=kept.school.charlie.user_id, role="homeroom_teacher", scope_kind="class")
        grant.school_id = kept.school.id
        session.add(grant)
    own = f"/classes/{kept.school.class_id}"
    with kept.visit(outsider) as client:
        for path in (
            "/schools/a/attendance",
            "/schools/a/register.xlsx",
            f"{own}/register.xlsx",
            f"{own}/register/month",
        ):
            assert client.get(path).status_code == 404


def test_counts_are_alike_on_both_databases(database: Database) -> None:
    with database.writing() as session:
        school: SmallSchool = add_school(session)
        reasons = (Reason(Rule.NOT_SEEN, ()),)
        late = Status(Presence.PRESENT, reasons, late_minutes=7)
        excused = Status(Presence.ABSENT, reasons, permission=Permission.PERMITTED)
        entries = [
            Entry(school.lan, school.class_id, MORNING, late),
            Entry(school.minh, school.class_id, MORNING, excused),
            Entry(school.lan, school.class_id, HalfDay.AFTERNOON, Status(Presence.ASK, reasons)),
        ]
        entry_queries.write(session, school.id, MONDAY, entries, by=None, now=at("08:00"))
        by_class = class_tallies(session, school.id, MONDAY)
        by_day = day_tallies(session, school.id, Span(MONDAY - timedelta(days=9), MONDAY))
    assert by_class[school.class_id, MORNING] == Tally(present=1, late=1, permitted=1)
    assert by_day == {MONDAY: Tally(present=1, late=1, permitted=1, open=1)}
    assert (by_day[MONDAY].rate, Tally(open=3).rate) == (50.0, None)
