"""School years with their terms and subjects of a roster: taken in as they were written, and every bad row named."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from cloud.accounts.tables import AuditEntry
from cloud.kit.db import Database
from cloud.people.exchange.calendar import CalendarPlan, SubjectRow, TermRow, YearRow, plan_calendar
from cloud.people.exchange.importing import carry_out, plan
from cloud.people.oneroster.archive import Archive, Line
from cloud.people.oneroster.calendar import read_subjects, read_years
from cloud.people.oneroster.columns import FILES
from cloud.people.oneroster.reading import read_oneroster
from cloud.people.oneroster.writing import homeroom_course
from cloud.school.calendar.facts import Span
from cloud.school.calendar.setup import open_year
from cloud.school.tables import School
from cloud.school.timetable.queries import add_subject
from tests.cloud.people.oneroster.test_oneroster import export, look, tables
from tests.cloud.schoolhouse import MONDAY, TERMS, YEAR, at, open_school

OWN = UUID("01990000-0000-7000-8000-00000000000a")
YEAR_ROW = YearRow(2, "2026-2027", YEAR, tuple(TermRow(n, one) for n, one in enumerate(TERMS, start=3)), (), "a.csv")
MATHS = SubjectRow(2, "TOAN", "Toán", "c.csv")


def archive(**rows: list[tuple[str, ...]]) -> Archive:
    """Each line with the columns that the standard's file begins with, without status and date; from row 2."""
    found: dict[str, list[Line]] = {}
    for name, lines in rows.items():
        columns = [one for one in FILES[name] if one not in ("status", "dateLastModified")]
        found[name] = [
            Line(number, dict(zip(columns, cells, strict=False))) for number, cells in enumerate(lines, start=2)
        ]
    return Archive(found)  # fmt: skip


def reasons(found: Archive | CalendarPlan) -> dict[int, str]:
    return {one.number: "; ".join(map(str, one.reasons)) for one in found.rejected}


def test_terms_are_those_right_below_a_year_and_what_is_finer_is_passed_over() -> None:
    found = archive(
        academicSessions=[
            ("y", "2026-2027", "schoolYear", "2026-09-01", "2027-05-31", ""),
            ("t2", "Kỳ 2", "term", "2027-01-18", "2027-05-28", "y"),
            ("t1", "Kỳ 1", "semester", "2026-09-07", "2027-01-15", "y"),
            ("g", "Giữa kỳ", "gradingPeriod", "no date", "", "t1"),
            ("h", "Nửa kỳ", "term", "no date", "2026-10-31", "t1"),
        ]
    )
    [year] = read_years(found)
    assert (year.number, year.name, year.span, year.file) == (2, "2026-2027", YEAR, "academicSessions.csv")
    assert year.terms == (TermRow(4, TERMS[0]), TermRow(3, TERMS[1]))
    assert found.rejected == []


def test_sessions_that_cannot_be_read_are_named_by_their_row() -> None:
    found = archive(
        academicSessions=[
            ("y", "2026-2027", "schoolYear", "2026-09-01", "31/05/2027x", ""),
            ("z", "Năm học 2027-2028 rất dài", "schoolYear", "", "2028-05-31", ""),
            ("t", "Kỳ 1", "semester", "2026-02-30", "2027-01-15", "y"),
            ("u", "Kỳ 2", "semester", "2027-01-18", "2027-05-28", "nowhere"),
            ("v", "?", "holiday", "2027-01-18", "2027-05-28", "y"),
        ]
    )
    assert read_years(found) == ()
    said = reasons(found)
    assert said.keys() == {2, 3, 4, 5, 6}
    assert "31/05/2027x" in said[2]
    assert "longer than 20" in said[3]
    assert "startDate is missing" in said[3]
    assert "2026-02-30" in said[4]
    assert "nowhere" in said[5]
    assert "holiday" in said[6]


def test_a_course_of_homerooms_alone_is_no_subject_and_one_of_another_school_is_not_ours() -> None:
    own, other = str(OWN), str(uuid4())
    found = archive(
        courses=[
            (str(homeroom_course(OWN)), "", "Sinh hoạt lớp", "SHL", "", own),
            ("hr", "", "Chủ nhiệm", "CN", "", own),
            ("both", "", "Toán", "toan", "", own),
            ("new", "", "Văn", "VAN", "", ""),
            ("far", "", "Lý", "LY", "", other),
            ("lost", "", "Hóa", "HOA", "", "nowhere"),
            ("again", "", "TOÁN", "TOAN6", "", own),
            ("bare", "", "Sử", "", "", own),
        ]
    )
    orgs = {one: Line(2, {"type": "school"}) for one in (own, other)}
    used = [("hr", "homeroom"), ("both", "homeroom"), ("both", "scheduled")]
    classes = {str(n): Line(n, {"courseSourcedId": one, "classType": kind}) for n, (one, kind) in enumerate(used)}
    assert [(one.number, one.code, one.name) for one in read_subjects(found, orgs, classes, own)] == [
        (4, "TOAN", "Toán"), (5, "VAN", "Văn")
    ]  # fmt: skip
    said = reasons(found)
    assert said.keys() == {7, 8, 9}
    assert "nowhere" in said[7]
    assert "as row 4" in said[8]
    assert "courseCode is missing" in said[9]


@pytest.mark.parametrize(
    ("year", "known", "said"),
    [
        (YearRow(2, "Y", Span(YEAR.last, YEAR.first), YEAR_ROW.terms), [], {2: "ends after it begins"}),
        (YEAR_ROW, [("Khác", Span(date(2027, 5, 31), date(2028, 5, 31)))], {2: "year Khác already"}),
        (
            YearRow(2, "Y", YEAR, (TermRow(3, TERMS[0]), TermRow(4, Span(TERMS[1].first, date(2027, 6, 1))))),
            [],
            {2: "row 4 cannot", 4: "outside the school year"},
        ),
        (
            YearRow(2, "Y", YEAR, (TermRow(4, TERMS[0]), TermRow(3, Span(TERMS[0].last, TERMS[1].last)))),
            [],
            {2: "row 3 cannot", 3: "before the term before it has ended"},
        ),
        (YearRow(2, "Y", YEAR, YEAR_ROW.terms, (9,)), [], {2: "row 9 cannot"}),
        (YearRow(2, "Y", YEAR, ()), [], {2: "no term"}),
        (YearRow(2, "Y", YEAR, YEAR_ROW.terms, (8, 9)), [], {2: "4 terms"}),
    ],
)
def test_a_year_that_cannot_be_stays_out_with_all_of_its_terms(
    year: YearRow, known: list[tuple[str, Span]], said: dict[int, str]
) -> None:
    planned = plan_calendar([year], [], known, [], allowed=True)
    assert planned.new_years == ()
    found = reasons(planned)
    assert found.keys() == said.keys()
    assert all(said[row] in found[row] for row in said), found


def test_of_two_years_of_a_file_that_overlap_the_first_counts() -> None:
    second = YearRow(9, "Khác", Span(YEAR.last, date(2028, 5, 31)), (TermRow(10, Span(YEAR.last, YEAR.last)),))
    planned = plan_calendar([YEAR_ROW, second], [], [], [], allowed=True)
    assert planned.new_years == (YEAR_ROW,)
    assert "2026-2027 already" in reasons(planned)[9]


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("known", [("2026-2027", Span(date(2026, 8, 1), date(2027, 8, 1))), ("Năm nay", YEAR)])
@pytest.mark.parametrize("subject", [("TOAN", "Số học"), ("MATH", "toán")])
def test_a_year_and_a_subject_that_are_known_change_nothing(
    known: tuple[str, Span], subject: tuple[str, str], allowed: bool
) -> None:
    assert plan_calendar([YEAR_ROW], [MATHS], [known], [subject], allowed=allowed) == CalendarPlan((), (), ())


def test_whoever_may_not_set_the_calendar_up_sees_new_ones_rejected() -> None:
    planned = plan_calendar([YEAR_ROW], [MATHS], [], [], allowed=False)
    assert (planned.new_years, planned.new_subjects) == ((), ())
    assert [(one.file, one.number, str(one.reasons[0])) for one in planned.rejected] == [
        ("a.csv", 2, "only whoever sets up the calendar may take in school years"),
        ("c.csv", 2, "only whoever sets up the calendar may take in subjects"),
    ]


def test_an_empty_school_gets_the_same_years_terms_and_subjects_and_a_second_time_nothing(database: Database) -> None:
    with database.writing() as session:
        house = open_school(session)
        later = Span(date(2027, 9, 1), date(2028, 5, 31))
        open_year(session, house.school_id, "2027-2028", later, [Span(date(2027, 9, 6), date(2028, 5, 26))])
        for code, name in (("TOAN", "Toán"), ("TV", "Tiếng Việt")):
            add_subject(session, house.school_id, code, name)
        empty = School(name="Trường mới", level="primary", slug="moi")
        session.add(empty)
    content = export(database, house.school_id)
    with database.writing() as session:
        contents = read_oneroster(content, "r.zip", session, empty.id, MONDAY)
        planned = plan(session, empty.id, contents, sets_calendar=True)
        assert {one.file for one in planned.rejected} == {"users.csv"}, "only pupils, who have no birth dates here"
        carry_out(session, empty.id, planned, now=at("08:00"), by=None, progress=lambda done, total: None)
    ours, theirs = tables(content), tables(export(database, empty.id))
    for name, columns in (("academicSessions", (3, 4, 5, 6, 8)), ("courses", (4, 5))):
        first, second = ([[row[at] for at in columns] for row in found[name]] for found in (ours, theirs))
        assert first == second
        assert len(first) > 3
    parents = {row[0]: row[3] for row in theirs["academicSessions"]}
    assert [parents[row[7]] for row in theirs["academicSessions"][1:] if row[7]] == ["2026-2027"] * 2 + ["2027-2028"]
    with database.reading() as session:
        noted = session.scalars(select(AuditEntry.action).where(AuditEntry.school_id == empty.id)).all()
    assert sorted(noted) == ["calendar.year_opened"] * 2 + ["subject.kept"] * 2
    again = look(database, empty.id, content)
    assert (again.new_years, again.new_subjects) == ((), ())
    assert look(database, empty.id, content, sets_calendar=False).rejected == again.rejected
