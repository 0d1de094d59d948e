"""A file of 826 rows with five bad ones: what goes in, what is shown, what comes out again."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select

from cloud.kit.db import Database
from cloud.kit.errors import Invalid
from cloud.people.exchange import queries
from cloud.people.exchange.formats import C1_PUPILS, CLASS_EXPORT, Field, Format
from cloud.people.exchange.importing import carry_out, plan
from cloud.people.exchange.planning import ImportPlan
from cloud.people.exchange.reading import Contents, read_file
from cloud.people.exchange.writing import write_excel
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import School
from tests.cloud.schoolhouse import at

TODAY = date(2026, 9, 1)
BAD = {10: "12 digits", 200: "name is missing", 400: "phone", 600: "no date", 800: "the same id as row 8"}
"""Row numbers as Excel counts, and what is said of each."""
FIRST = 5
"""Four rows stand above the first pupil: a title, a date, nothing, the header."""


def cells(number: int) -> dict[Field, str | int]:
    """The pupil in row `number`, as a file has them."""
    return {
        Field.NUMBER: number - FIRST + 1,
        Field.MINISTRY_ID: f"{7_000_000_000 + number}",
        Field.FULL_NAME: f"Nguyễn Văn {number}",
        Field.BIRTH_DATE: 42370 if number % 2 else "01/01/2016",
        Field.GENDER: "Nam" if number % 2 else "Nữ",
        Field.CONTACT_PHONE: f"09{number // 2:08d}",
        Field.CLASS: f"{1 + number % 5}{'ABCDEF'[number % 6]}",
        Field.GRADE: f"Khối {1 + number % 5}",
        Field.PERSONAL_ID: f"{1_000_000 + number:012d}",
        Field.FATHER_NAME: f"Nguyễn Văn Cha {number // 2}",
    }


def write_file(file: Path, rows: dict[int, dict[Field, str | int]], wanted: Format = CLASS_EXPORT) -> Path:
    with xlsxwriter.Workbook(file) as workbook:
        workbook.add_worksheet("Hướng dẫn").write(0, 0, "Đọc kỹ trước khi nhập")
        sheet = workbook.add_worksheet(wanted.sheet)
        sheet.write(0, 0, "DANH SÁCH HỌC SINH")
        for at_column, column in enumerate(wanted.columns):
            header = f" {column.header.upper()}" if at_column % 2 else column.header
            sheet.write(FIRST - 2, at_column, unicodedata.normalize("NFD", header))
        for number, row in rows.items():
            for at_column, column in enumerate(wanted.columns):
                if column.field in row:
                    sheet.write(number - 1, at_column, row[column.field])
    return file


def write_826(file: Path) -> Path:
    """With the five BAD rows."""
    rows = {number: cells(number) for number in range(FIRST, FIRST + 826)}
    rows[10][Field.PERSONAL_ID] = "00100000010"
    rows[200][Field.FULL_NAME] = " "
    rows[400][Field.CONTACT_PHONE] = "1234"
    rows[600][Field.BIRTH_DATE] = "31/02/2016"
    rows[800][Field.MINISTRY_ID] = rows[8][Field.MINISTRY_ID]
    return write_file(file, rows)


@pytest.fixture
def file_of_826(tmp_path: Path) -> Path:
    return write_826(tmp_path / "hoc-sinh.xlsx")


@pytest.fixture
def school(database: Database) -> School:
    with database.writing() as session:
        row = School(name="A", level="primary", slug="a")
        session.add(row)
    return row


def take_in(database: Database, school: School, contents: Contents) -> ImportPlan:
    with database.writing() as session:
        planned = plan(session, school.id, contents, sets_calendar=False)
        carry_out(session, school.id, planned, now=at("08:00", TODAY), by=None, progress=lambda done, total: None)
    return planned


def preview(database: Database, school: School, contents: Contents) -> ImportPlan:
    with database.reading() as session:
        return plan(session, school.id, contents, sets_calendar=False)


def counted(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_five_bad_rows_of_826_stay_out_each_with_its_number_and_reason_and_821_go_in(
    database: Database, school: School, file_of_826: Path, tmp_path: Path
) -> None:
    contents = read_file(file_of_826, TODAY)
    assert {one.number: one.reasons[0] for one in contents.rejected}.keys() == BAD.keys()
    for one in contents.rejected:
        assert BAD[one.number] in str(one.reasons[0])
    shown = preview(database, school, contents)
    assert (len(shown.new_pupils), len(shown.rejected), shown.unchanged) == (821, 5, 0)
    assert counted(database, Student) == 0
    assert take_in(database, school, contents) == shown
    assert counted(database, Student) == 821
    assert counted(database, Guardian) == len(shown.new_guardian_phones) < counted(database, Guardianship)

    again = preview(database, school, contents)
    assert (again.new_pupils, again.changed, again.unchanged) == ((), (), 821)

    with database.reading() as session:
        pupils, grades = queries.known_pupils(session, school.id), queries.grades_by_class(session, school.id)
    for number, wanted in enumerate((CLASS_EXPORT, C1_PUPILS)):
        out = tmp_path / f"{number}.xlsx"
        out.write_bytes(write_excel(pupils, grades, wanted))
        returned = read_file(out, TODAY)
        assert returned.format is wanted
        round_trip = preview(database, school, returned)
        assert (round_trip.new_pupils, round_trip.changed, round_trip.rejected) == ((), (), ())
        assert round_trip.unchanged == 821


def test_two_pupils_with_one_phone_have_one_guardian(database: Database, school: School, tmp_path: Path) -> None:
    rows = {number: cells(number) for number in (6, 7)}
    take_in(database, school, read_file(write_file(tmp_path / "a.xlsx", rows), TODAY))
    assert (counted(database, Student), counted(database, Guardian), counted(database, Guardianship)) == (2, 1, 2)


def test_a_temporary_pupil_gets_the_ministrys_id_later_and_stays_the_same_pupil(
    database: Database, school: School, tmp_path: Path
) -> None:
    first = {**cells(5), Field.CLASS: "1A", Field.GRADE: "1"}
    temporary = {field: cell for field, cell in first.items() if field is not Field.MINISTRY_ID}
    take_in(database, school, read_file(write_file(tmp_path / "a.xlsx", {5: temporary}), TODAY))
    later = take_in(database, school, read_file(write_file(tmp_path / "b.xlsx", {5: first}), TODAY))
    [change] = later.changed
    assert [(one.field, one.before, one.after) for one in change.differences] == [
        ("ministry_id", f"TAM-{first[Field.PERSONAL_ID]}", first[Field.MINISTRY_ID])
    ]
    assert counted(database, Student) == 1


def test_a_changed_row_shows_what_changes_and_moves_the_class(
    database: Database, school: School, tmp_path: Path
) -> None:
    take_in(database, school, read_file(write_file(tmp_path / "a.xlsx", {5: cells(5)}), TODAY))
    moved = {**cells(5), Field.CLASS: "1Z", Field.ETHNICITY: "Kinh", Field.FULL_NAME: "Nguyễn Văn Năm"}
    planned = take_in(database, school, read_file(write_file(tmp_path / "b.xlsx", {5: moved}), TODAY))
    [change] = planned.changed
    assert {one.field for one in change.differences} == {"full_name", "class", "ethnicity"}
    assert [one.name for one in planned.new_classes] == ["1Z"]
    with database.reading() as session:
        assert session.scalar(select(Student.search_name)) == "nguyen van nam"


def test_a_pupil_whose_status_says_so_leaves_and_one_who_is_back_returns(
    database: Database, school: School, tmp_path: Path
) -> None:
    take_in(database, school, read_file(write_file(tmp_path / "a.xlsx", {5: cells(5)}), TODAY))
    gone = {**cells(5), Field.STATUS: "Chuyển đi"}
    planned = take_in(database, school, read_file(write_file(tmp_path / "b.xlsx", {5: gone, 6: gone}), TODAY))
    assert len(planned.leaving) == 1
    with database.reading() as session:
        assert session.scalar(select(Student.left_on)) == TODAY
    take_in(database, school, read_file(write_file(tmp_path / "c.xlsx", {5: cells(5)}), TODAY))
    with database.reading() as session:
        assert session.scalar(select(Student.left_on)) is None


def test_a_failure_half_way_leaves_nothing_behind(database: Database, school: School, file_of_826: Path) -> None:
    contents = read_file(file_of_826, TODAY)

    def fail_late(done: int, _: int) -> None:
        if done == 500:
            raise RuntimeError("the machine was switched off")

    planned = preview(database, school, contents)
    with pytest.raises(RuntimeError), database.writing() as session:
        carry_out(session, school.id, planned, now=at("08:00", TODAY), by=None, progress=fail_late)
    assert counted(database, Student) == counted(database, Guardian) == 0


def test_a_file_that_is_not_ours_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"not Excel at all")
    with pytest.raises(Invalid, match="cannot be read"):
        read_file(tmp_path / "a.xlsx", TODAY)
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as workbook:
        workbook.add_worksheet().write_row(0, 0, ["Tên", "Tuổi"])
    with pytest.raises(Invalid, match="Mã định danh Bộ GD&ĐT"):
        read_file(tmp_path / "b.xlsx", TODAY)
