"""`diemdanh-cloud import` and `export`, as somebody types them."""

from pathlib import Path

import pytest
from sqlalchemy import select

from cloud import __main__ as command_line
from cloud.kit.db import Database
from cloud.people.tables import Student
from cloud.school.calendar.setup_queries import years
from cloud.school.tables import School, SchoolClass
from cloud.school.timetable.queries import add_subject, appoint_homeroom_teacher, assign
from tests.cloud.people.exchange.test_importing import cells, write_file
from tests.cloud.schoolhouse import MONDAY, at, open_school


@pytest.fixture
def environment(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", database_url)
    with database.writing() as session:
        session.add(School(name="A", level="primary", slug="a"))


def count(database: Database) -> int:
    with database.reading() as session:
        return session.query(Student).count()


@pytest.mark.usefixtures("environment")
def test_a_dry_run_shows_the_rows_and_the_real_one_takes_them_in(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {field: cell for field, cell in cells(6).items() if field != "full_name"}
    file = str(write_file(tmp_path / "in.xlsx", {5: cells(5), 6: bad}))
    assert command_line.main(["import", file, "--school", "a", "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert "row 5\t7000000005\tnew: Nguyễn Văn 5" in shown.out
    assert "row 6\trejected\tthe name is missing" in shown.out
    assert "Nothing was changed" in shown.err
    assert count(database) == 0
    assert command_line.main(["import", file, "--school", "a"]) == 0
    assert count(database) == 1
    assert command_line.main(["export", str(tmp_path / "out.xlsx"), "--school", "a"]) == 0
    assert "1 pupils written" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_a_school_or_a_file_that_is_not_there_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(write_file(tmp_path / "in.xlsx", {5: cells(5)}))
    assert command_line.main(["import", file, "--school", "b"]) == 1
    assert "no school “b”" in capsys.readouterr().err
    assert command_line.main(["import", str(tmp_path / "none.xlsx"), "--school", "a"]) == 1
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_a_roster_brings_school_years_subjects_and_who_teaches_what(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloud.kit.clock.system_clock", lambda: at("08:00"))
    with database.writing() as session:
        house = open_school(session)
        subject_id = add_subject(session, house.school_id, "TV", "Tiếng Việt")
        [year] = years(session, house.school_id)
        term_id = year.terms[0].id
        assign(session, term_id=term_id, class_id=house.class_id, subject_id=subject_id, staff_id=house.staff_id)
        appoint_homeroom_teacher(session, house.class_id, house.staff_id, MONDAY)
        school_id = session.scalars(select(School.id).where(School.slug == "a")).one()
        session.add(SchoolClass(school_id=school_id, name="1A", grade=1))
    file = str(tmp_path / "roster.zip")
    assert command_line.main(["export", file, "--school", "hoa-sen", "--format", "oneroster"]) == 0
    assert command_line.main(["import", file, "--school", "a", "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert "academicSessions.csv row 2\t2026-2027\tnew school year, 2026-09-01 to 2027-05-31; terms: " in shown.out
    assert "courses.csv row 3\tTV\tnew subject: Tiếng Việt" in shown.out
    assert f"\t1A\thomeroom teacher from {MONDAY}: - -> Cô Mai" in shown.out
    assert "\t1A\tTiếng Việt, 2026-2027 term 1: new teacher Cô Mai\n" in shown.out
    assert command_line.main(["import", file, "--school", "a"]) == 0
    brought = "1 new school years, 1 new subjects, 1 homeroom teachers, 1 teaching assignments"
    assert brought in capsys.readouterr().err
    assert command_line.main(["import", file, "--school", "a"]) == 0
    assert "0 new school years, 0 new subjects, 0 homeroom teachers, 0 teaching assignments" in capsys.readouterr().err
