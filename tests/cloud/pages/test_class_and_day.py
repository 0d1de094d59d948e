"""From a class at a glance to the reason for one status: what staff read, what a family reads; a period's own roll."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant, User
from cloud.attendance import schedule
from cloud.people.tables import StaffMember
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.tables import Term
from cloud.school.timetable.queries import add_lessons, add_subject, add_timetable, assign
from edge.contract import Outcome
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, TERMS, at
from tests.cloud.small_school import sighting


@pytest.fixture
def kept(taught: House) -> House:
    """Monday, 08:20: Lan came six minutes late, Minh not at all."""
    taught.clock.now = at("08:20")
    taught.report(sighting(1, taught.school.lan, at=at("07:36")))
    schedule.keep_up(taught.database, taught.school.id, taught.clock)
    return taught


def test_a_class_says_what_waits_and_leads_to_the_reasons(kept: House) -> None:
    minh = kept.school.minh
    with kept.visit("alice") as alice:
        assert f"/classes/{kept.school.class_id}/overview" in alice.get("/schools/a/attendance").text
        page = alice.get(f"/classes/{kept.school.class_id}/overview").text
        assert f'href="/students/{minh}/days/{MONDAY}">Trần Văn Minh</a> <span class="soft">' in page
        assert "<svg" in page
        day = alice.get(f"/students/{minh}/days/{MONDAY}").text
        assert alice.get(f"/classes/{kept.school.class_id}/register.pdf").content.startswith(b"%PDF-")
    assert "Không máy nào thấy em trong buổi này" in day


def test_a_class_counts_the_requests_that_wait_and_not_their_pupils(kept: House) -> None:
    """As the list and the menu's number do."""
    path, days = f"/children/{kept.school.lan}/leave", [str(MONDAY + timedelta(days=n)) for n in (1, 3)]
    with kept.visit("bob") as bob, kept.visit("alice") as alice:
        for day in days:
            asked = bob.post(path, data={"first_day": day, "last_day": day, "reason": "Việc nhà"})
            assert asked.status_code == 303
        page = alice.get(f"/classes/{kept.school.class_id}/overview").text
        assert len(re.findall(r'action="/leave/\S+/decision"', alice.get("/schools/a/leave").text)) == 2
    assert ">2 đơn xin nghỉ đang chờ trả lời<" in page


def test_why_it_says_late_of_the_half_day_and_of_its_periods(kept: House) -> None:
    with kept.visit("bob") as bob, kept.visit("alice") as alice:
        for reader in (bob, alice):
            day = reader.get(f"/students/{kept.school.lan}/days/{MONDAY}").text
            assert day.count("Muộn 6 phút: máy ở gate-1 thấy lúc 07:36") == 2
            assert "Tiết 4" in day
        assert bob.get(f"/students/{kept.school.minh}/days/{MONDAY}").status_code == 404


@pytest.mark.parametrize("teaches", [False, True])
def test_a_family_reads_no_doubt_of_a_machine(kept: House, *, teaches: bool) -> None:
    """Nor does a mother who is a teacher at the school, of another class."""
    if teaches:
        teach_elsewhere(kept)
    schedule.keep_up(kept.database, kept.school.id, kept.clock)
    with kept.visit("erin") as erin, kept.visit("alice") as alice:
        machines = [one.get(f"/students/{kept.school.minh}/calendar").text for one in (erin, alice)]
        kept.report(sighting(2, at=at("07:20"), outcome=Outcome.ASK, candidates=(str(kept.school.minh),)))
        family, staff = (one.get(f"/students/{kept.school.minh}/days/{MONDAY}").text for one in (erin, alice))
    assert ("có thể là" in family, "có thể là" in staff) == (False, True)
    assert "nhà trường đang kiểm tra" in family
    assert 'href="/children"' in family, "the way back to where she is a mother"
    assert [page.count("không phép (K)") > 1 for page in machines] == [False, True]


def teach_elsewhere(house: House) -> None:
    with house.database.writing() as session:
        user_id = session.scalars(select(User.id).where(User.login == "erin")).one()
        session.add(
            RoleGrant(user_id=user_id, role=Role.HOMEROOM_TEACHER, school_id=house.school.id, scope_kind="class")
        )


def test_a_subject_teacher_calls_the_roll_of_a_lesson_and_takes_it_back(kept: House) -> None:
    school = kept.school
    with kept.database.writing() as session:
        staff = StaffMember(
            school_id=school.id, user_id=school.charlie.user_id, code="GV", full_name="x", search_name="", position=""
        )
        grant = RoleGrant(
            user_id=school.charlie.user_id, role=Role.SUBJECT_TEACHER, school_id=school.id, scope_kind="subject"
        )
        session.add_all([staff, grant])
        session.flush()
        term = session.scalars(select(Term).where(Term.first_day == TERMS[0].first)).one()
        subject = add_subject(session, school.id, "TOAN", "Toán")
        taught = assign(session, term_id=term.id, class_id=school.class_id, subject_id=subject, staff_id=staff.id)
        add_lessons(session, add_timetable(session, term.id, term.first_day), [(taught, 0, HalfDay.MORNING, 2, None)])
    roll = f"/classes/{school.class_id}/register"
    of_lesson = {"day": str(MONDAY), "half": "morning", "period": "2"}
    with kept.visit("charlie") as teacher:
        desk = teacher.get("/schools/a/desk").text
        assert f"{roll}?half=morning&amp;period=2" in desk
        assert desk.index("own-classes-title") < desk.index("lessons-title"), "one class: its roll comes first"
        tapped = {**of_lesson, f"was-{school.minh}": "absent:0", f"say-{school.minh}": "present"}
        assert teacher.post(roll, data=tapped).headers["location"].endswith("&period=2")
        day = teacher.get(f"/students/{school.minh}/days/{MONDAY}").text
        assert day.count("có mặt") >= 1
        page = teacher.get(f"{roll}?day={MONDAY}&half=morning&period=2").text
        assert "Hoàn tác" in page
        assert "Hoàn tác" not in teacher.get(f"{roll}?day={MONDAY}&half=morning").text
        at_ = page.split('name="at" value="')[1].split('"')[0]
        assert teacher.post(f"{roll}/taken-back", data={**of_lesson, "at": at_}).status_code == 303
        wrong = teacher.post(roll, data={**tapped, "period": "9"})
    assert wrong.status_code == 422
