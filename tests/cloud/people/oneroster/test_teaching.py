"""Homeroom teachers and who teaches what, of a roster: taken in beside what is there, and every bad row named."""

from datetime import date

import pytest
from sqlalchemy import select

from cloud.accounts.tables import AuditEntry
from cloud.kit.db import Database
from cloud.people.exchange.importing import carry_out, plan
from cloud.people.exchange.planning import NewClass
from cloud.people.exchange.teaching_facts import HomeroomRow, TeachingRow
from cloud.people.oneroster.archive import Archive
from cloud.people.oneroster.calendar import read_years
from cloud.people.oneroster.reading import read_oneroster
from cloud.people.oneroster.teaching import Teachers, read_teachers
from cloud.people.tables import StaffMember
from cloud.school.calendar import setup_queries as calendars
from cloud.school.tables import School, SchoolClass
from cloud.school.timetable.queries import add_subject, appoint_homeroom_teacher, assign
from cloud.school.timetable.setup_queries import homerooms
from tests.cloud.people.exchange.test_teaching import FIRST, LAN, LATER, MAI, SECOND, said
from tests.cloud.people.oneroster.test_calendar import archive
from tests.cloud.people.oneroster.test_oneroster import export, house, look, packed, tables
from tests.cloud.schoolhouse import MONDAY, Schoolhouse, at

__all__ = ["house"]

CLASSES = [
    ("h1", "1A", "01", "sh", "", "homeroom", "", "o", "y"),
    ("h2", "1B", "01", "sh", "", "homeroom", "", "o", "y"),
    ("far", "1A", "01", "sh", "", "homeroom", "", "other", "y"),
    ("m1", "Toán 1A", "01", "maths", "", "scheduled", "", "o", "t2,g"),
    ("m2", "Toán nâng cao", "01", "maths", "", "scheduled", "", "o", "y"),
    ("m3", "Toán", "01", "maths", "", "scheduled", "", "o", "y"),
    ("bare", "?", "01", "none", "", "scheduled", "", "o", "nowhere,t9"),
    ("none", "?", "01", "maths", "", "scheduled", "", "o", ""),
    ("club", "Cờ vua", "01", "maths", "", "club", "", "o", "y"),
]
SESSIONS = [
    ("y", "2026-2027", "schoolYear", "2026-09-01", "2027-05-31", ""),
    ("t1", "Kỳ 1", "semester", "2026-09-07", "2027-01-15", "y"),
    ("t2", "Kỳ 2", "semester", "2027-01-18", "2027-05-28", "y"),
    ("g", "Giữa kỳ", "gradingPeriod", "2026-09-07", "2026-10-31", "t1"),
    ("z", "2027-2028", "schoolYear", "2027-09-01", "2028-05-31", ""),
    ("t9", "Kỳ 1", "semester", "no date", "2028-01-15", "z"),
]


def read(*enrollments: tuple[str, ...], today: date = MONDAY) -> tuple[Archive, Teachers]:
    """Each as class, user, role, primary and days; mai and lan are staff, a and b pupils of 1A and 1B. From row 2."""
    found = archive(
        orgs=[("o", "Trường", "school"), ("other", "Khác", "school")],
        users=[("mai",), ("lan",), ("a",), ("b",), ("guest",)],
        courses=[("maths", "", "Toán", "TOAN"), ("sh", "", "Sinh hoạt", "SHL")],
        academicSessions=SESSIONS,
        classes=CLASSES,
        enrollments=[("", one[0], "", *one[1:]) for one in enrollments],
    )
    pupils = {"a": "h1", "b": "h2"}
    return found, read_teachers(found, {"mai": MAI, "lan": LAN}, pupils, read_years(found), "o", today)


def test_teachers_of_homerooms_and_of_lessons_are_told_apart_and_terms_are_found() -> None:
    found, teachers = read(
        ("h1", "mai", "teacher", "true"),
        ("h2", "lan", "teacher", "", "2027-01-04", "2027-05-31"),
        ("far", "mai", "teacher", "true"),
        ("h2", "mai", "teacher", "", "2026-09-01", "2026-11-16"),
        ("h2", "mai", "proctor", ""),
        ("m1", "lan", "teacher", "true"),
        ("m1", "a", "student", ""),
    )
    assert teachers.homerooms == (
        HomeroomRow(2, "1A", MAI, MONDAY, (), "enrollments.csv"),
        HomeroomRow(3, "1B", LAN, LATER, (), "enrollments.csv"),
    )
    assert teachers.teaching == (TeachingRow(7, "1A", ("TOAN", "Toán"), LAN, (SECOND, FIRST), (), "enrollments.csv"),)
    assert said(found).keys() == {7}, "the term without a day, by its row of another file"


@pytest.mark.parametrize(
    ("begins", "ends", "terms"),
    [
        ("", "", [1, 2]),
        ("2027-01-18", "", [2]),
        ("2026-10-01", "2027-01-15", [1]),
        ("", "2026-11-17", [1]),
        ("", "2026-11-16", []),
    ],
)
@pytest.mark.parametrize("today", [MONDAY, date(2027, 5, 29)])
def test_whoever_teaches_for_a_while_has_the_terms_of_those_days(
    begins: str, ends: str, terms: list[int], today: date
) -> None:
    """Of a term that is over: whoever had it at its end."""
    _, teachers = read(("m3", "mai", "teacher", "", begins, ends), ("m3", "a", "student"), today=today)
    had = [] if ends == "2026-11-17" and today > MONDAY else terms
    assert [one.number for row in teachers.teaching for one in row.terms] == had


def test_of_two_homeroom_teachers_of_a_class_the_primary_one_counts() -> None:
    _, teachers = read(("h1", "mai", "teacher", "false"), ("h1", "lan", "teacher", "true"))
    assert [(one.number, one.teacher, list(map(str, one.reasons))) for one in teachers.homerooms] == [
        (3, LAN, []), (2, MAI, ["a class has one homeroom teacher, here the one of row 3"])
    ]  # fmt: skip


def test_teacher_rows_that_lead_nowhere_are_named_with_every_reason() -> None:
    found, teachers = read(
        ("gone", "nobody", "teacher", ""),
        ("club", "guest", "teacher", ""),
        ("h1", "guest", "teacher", "", "soon"),
        ("bare", "mai", "teacher", ""),
        ("m2", "mai", "teacher", ""),
        ("m2", "a", "student", ""),
        ("m2", "b", "student", ""),
        ("none", "mai", "teacher", ""),
    )
    assert said(found).keys() - {7} == {2, 3}, "and the term without a day, by its row"
    assert said(found)[2] == "userSourcedId “nobody” is not known; classSourcedId “gone” is not known"
    assert "no role as staff" in said(found)[3]
    assert "type “club”" in said(found)[3]
    rows = {one.number: "; ".join(map(str, one.reasons)) for one in (*teachers.homerooms, *teachers.teaching)}
    assert "“soon”" in rows[4]
    assert "no role as staff" in rows[4]
    for why in ("no pupil is enrolled", "courseSourcedId “none”", "termSourcedIds “nowhere”", "term in row 7 of"):
        assert why in rows[5]
    assert rows[6] == "the pupils of what is taught are of several classes: 1A, 1B"
    assert "termSourcedIds is missing" in rows[9]


def teachers_of(content: bytes) -> list[tuple[str, ...]]:
    """Class, kind, teacher, their days, and those of the terms, as an export has them."""
    found = tables(content)
    users = {row[0]: f"{row[7]} {row[6]}" for row in found["users"]}
    sessions = {row[0]: f"{row[5]} {row[6]}" for row in found["academicSessions"]}
    classes = {row[0]: row for row in found["classes"]}
    rows = [(classes[row[3]], users[row[5]], row[8:10]) for row in found["enrollments"] if row[6] == "teacher"]
    return sorted(
        (klass[3], klass[7], who, *days, *sorted(map(sessions.__getitem__, klass[10].split(","))))
        for klass, who, days in rows
    )


def test_a_fresh_school_gets_the_same_homerooms_and_teaching_and_a_second_time_nothing(
    database: Database, house: Schoolhouse
) -> None:
    with database.writing() as session:
        school_id = house.school_id
        other = StaffMember(school_id=school_id, code="GV2", full_name="Lê Lan", search_name="le lan", position="")
        empty = SchoolClass(school_id=school_id, name="1B", grade=1)
        fresh = School(name="Trường mới", level="primary", slug="moi")
        session.add_all([other, empty, fresh])
        session.flush()
        [term, second] = calendars.years(session, school_id)[0].terms
        subject_id = add_subject(session, school_id, "TV", "Tiếng Việt")
        for one in (term, second):
            assign(session, term_id=one.id, class_id=house.class_id, subject_id=subject_id, staff_id=house.staff_id)
        assign(session, term_id=second.id, class_id=house.class_id, subject_id=subject_id, staff_id=other.id)
        assign(session, term_id=term.id, class_id=empty.id, subject_id=subject_id, staff_id=other.id)
        appoint_homeroom_teacher(session, empty.id, other.id, MONDAY)
        subject_id = add_subject(session, school_id, "AN", "Âm nhạc")
        for one, staff_id in ((term, other.id), (second, house.staff_id)):
            assign(session, term_id=one.id, class_id=house.class_id, subject_id=subject_id, staff_id=staff_id)
    content = export(database, house.school_id)
    assert look(database, house.school_id, content, sets_calendar=False).rejected == ()
    with database.writing() as session:
        contents = read_oneroster(content, "r.zip", session, fresh.id, MONDAY)
        planned = plan(session, fresh.id, contents, sets_calendar=True)
        assert planned.rejected == ()
        assert NewClass("1B", 1) in planned.new_classes, "though nobody is in it"
        assert (len(planned.homerooms), len(planned.teaching)) == (2, 7)
        carry_out(session, fresh.id, planned, now=at("08:00"), by=None, progress=lambda done, total: None)
    ours = teachers_of(content)
    assert teachers_of(export(database, fresh.id)) == ours
    assert len(ours) == 8
    days = [one[3:5] for one in ours if one[2] == "Lê Lan" and not one[0].startswith("1B")]
    assert days == [("2027-01-18", ""), ("", "2027-01-15")], "Vietnamese in one term, music in the other"
    with database.reading() as session:
        noted = session.execute(
            select(AuditEntry.action, AuditEntry.details).where(AuditEntry.school_id == fresh.id)
        ).all()
    facts = [facts for action, facts in noted if action == "teaching.assigned"]
    assert sorted(one["added"] for one in facts) == ["3", "4"]
    assert [facts for action, facts in noted if action == "class.homeroom"] == [
        {"class": "1A", "staff": "GV1", "from": "2026-11-16"},
        {"class": "1B", "staff": "GV2", "from": "2026-11-16"},
    ]
    again = look(database, fresh.id, content)
    assert (again.new_classes, again.homerooms, again.teaching, again.rejected) == ((), (), (), ())


def test_another_homeroom_teacher_in_the_file_takes_over_and_nobody_who_is_not_in_it_loses_a_lesson(
    database: Database, house: Schoolhouse
) -> None:
    files = tables(export(database, house.school_id))
    with database.writing() as session:
        other = StaffMember(school_id=house.school_id, code="GV2", full_name="Lê Lan", search_name="l", position="")
        session.add(other)
        session.flush()
        appoint_homeroom_teacher(session, house.class_id, other.id, MONDAY)
    files["enrollments"] = [row for row in files["enrollments"] if row[6] != "teacher" or row[7] == "true"]
    planned = look(database, house.school_id, packed(files))
    [change] = planned.homerooms
    assert (change.before, change.after, planned.teaching) == ("Lê Lan", "Cô Mai", ())
    with database.writing() as session:
        session.get_one(StaffMember, house.staff_id).left_on = MONDAY
    left = look(database, house.school_id, packed(files))
    assert (left.homerooms, list(said(left).values())) == ((), ["the teacher left on 16/11/2026"])
    with database.writing() as session:
        session.get_one(StaffMember, house.staff_id).left_on = None
    gone = [row for row in files["enrollments"] if row[6] != "teacher"]
    with database.writing() as session:
        contents = read_oneroster(packed(files | {"enrollments": gone}), "r.zip", session, house.school_id, MONDAY)
        nothing = plan(session, house.school_id, contents, sets_calendar=True)
        carry_out(session, house.school_id, nothing, now=at("08:00"), by=None, progress=lambda done, total: None)
        [(_, teacher)] = homerooms(session, house.school_id)[house.class_id]
    assert teacher == other.id
    assert teachers_of(export(database, house.school_id))[1][2] == "Cô Mai"
