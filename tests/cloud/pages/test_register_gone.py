"""Who came late or went home early, with permission or without, as the roll says it."""

import re

from cloud.accounts import audit_queries as audit
from cloud.attendance.leave.facts import Stretch
from cloud.attendance.noting import note_leave
from cloud.attendance.register import entry_queries
from cloud.attendance.register.facts import Permission, Presence
from cloud.school.calendar.facts import HalfDay
from tests.cloud.pages.people import House
from tests.cloud.pages.roll import MORNING, call, register, status
from tests.cloud.schoolhouse import MONDAY, at


def test_who_went_home_early_is_written_down_by_the_time_with_permission_or_without(lessons: House) -> None:
    """The morning is from 07:30 to 10:25; Lan came 12 minutes late, and Minh was not seen."""
    lan, minh = lessons.school.lan, lessons.school.minh
    lessons.clock.now = at("09:30")
    with lessons.visit("charlie") as teacher:
        call(teacher, lessons, **{f"say_{lan}": "left", f"permit_{lan}": "P", f"say_{minh}": "left"})
        gone = status(lessons, lan)
        assert (gone.presence, gone.late_minutes, gone.left_early_minutes) == (Presence.PRESENT, 12, 55)
        assert gone.permission is Permission.PERMITTED
        assert (status(lessons, minh).left_early_minutes, status(lessons, minh).permission) == (55, Permission("K"))
        page = teacher.get(register(lessons)).text
        assert f'name="was-{lan}" value="left:12:09:30:P"' in page
        assert page.count("có mặt, muộn 12 phút, về sớm 55 phút, có phép (P)") == 2, "as it stands, and in its history"
        day = teacher.get(f"/students/{lan}/days/{MONDAY}").text
        assert "về sớm 55 phút, có phép (P)" in day
        lessons.clock.now = at("09:31")
        call(teacher, lessons, rest="present")
        with lessons.database.reading() as session:
            assert len(audit.entries(session, lessons.school.id)) == 1, "what was not touched is not said again"
        call(
            teacher,
            lessons,
            **{f"permit_{lan}": "", f"say_{minh}": "late", f"minutes_{minh}": "5", f"permit_{minh}": "P"},
        )
        assert status(lessons, lan).permission is Permission.NOT_PERMITTED
        came = status(lessons, minh)
        assert (came.late_minutes, came.left_early_minutes, came.permission) == (5, 0, Permission.PERMITTED)
    with lessons.visit("bob") as parent:
        assert "về sớm 55 phút" in parent.get(f"/students/{lan}/calendar").text


def test_what_a_leave_permits_stays_permitted_until_the_teacher_unticks_it(lessons: House) -> None:
    lan, today = lessons.school.lan, Stretch(MONDAY, MORNING, MONDAY, HalfDay.AFTERNOON)
    with lessons.database.writing() as session:
        told = {"told_by": "Mẹ", "told_at": at("07:00"), "now": at("07:50")}
        note_leave(session, lessons.school.alice, lan, today, "Khám răng", **told)
    with lessons.visit("charlie") as teacher:
        call(teacher, lessons, **{f"minutes_{lan}": "20"})
        assert (status(lessons, lan).late_minutes, status(lessons, lan).permission) == (20, Permission.PERMITTED)
        call(teacher, lessons, **{f"permit_{lan}": ""})
    assert (status(lessons, lan).late_minutes, status(lessons, lan).permission) == (20, Permission.NOT_PERMITTED)


def test_a_time_at_which_nobody_can_have_left_is_named_beside_the_pupil_and_nobody_is_marked(lessons: House) -> None:
    lan, minh = lessons.school.lan, lessons.school.minh
    with lessons.visit("charlie") as teacher:
        for left, said in (("10:25", "một giờ sau 07:42 và trước 10:25"), ("07:40", "sau 07:42"), ("", "07:30")):
            tapped = {f"say_{lan}": "left", f"left_{lan}": left, f"permit_{lan}": "P", f"say_{minh}": "absent"}
            refused = call(teacher, lessons, **tapped)
            assert refused.status_code == 422
            assert re.findall(r'id="left-([^"]+)-wrong"', refused.text) == [str(lan)]
            assert said in refused.text
            assert re.search(rf'name="permit-{lan}" value="P" checked', refused.text)
            assert re.search(rf'name="say-{minh}" value="absent" checked', refused.text)
    with lessons.database.reading() as session:
        assert entry_queries.entries_of(session, [lan, minh], MONDAY) == {}


def test_who_left_a_lesson_early_left_it_and_not_the_half_day(lessons: House) -> None:
    """Period 2 ends at 08:55."""
    lan = lessons.school.lan
    lessons.clock.now = at("08:40")
    form = {
        "day": str(MONDAY), "half": "morning", "period": "2", f"was-{lan}": "present:0", f"say-{lan}": "left",
        f"left-{lan}": "08:40",
    }  # fmt: skip
    with lessons.visit("charlie") as teacher:
        assert teacher.post(f"/classes/{lessons.school.class_id}/register", data=form).status_code == 303
        page = teacher.get(register(lessons, day=str(MONDAY), half="morning", period="2")).text
    assert "có mặt, về sớm 15 phút" in page
    assert 'value="left:0:08:40"' in page
