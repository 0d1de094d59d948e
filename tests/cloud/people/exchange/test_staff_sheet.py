"""The sheet for staff: what is taken in, what is shown first, what is not taken and why; it comes out as it went in."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.people.exchange import queries
from cloud.people.exchange.formats import STAFF
from cloud.people.exchange.planning import ImportPlan
from cloud.people.exchange.reading import Contents, read_excel
from cloud.people.exchange.staff_sheet import WRITTEN, plan_staff
from cloud.people.exchange.teaching_facts import KnownStaff
from cloud.people.exchange.writing import write_rejected, write_staff
from cloud.people.names import one_form
from cloud.people.staff.keeping import POSITIONS
from cloud.people.tables import StaffMember
from cloud.school.tables import School
from tests.cloud.people.exchange.test_importing import preview, school, take_in

__all__ = ["school"]
TODAY = date(2026, 9, 1)
HEADER = ("STT", "Mã cán bộ", "Họ tên", "Chức vụ")


def sheet(folder: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Contents:
    """The first one stands in row 4: a title, nothing, the header."""
    file = folder / "can-bo.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        into = workbook.add_worksheet("Nhân sự")
        into.write(0, 0, "DANH SÁCH CÁN BỘ, GIÁO VIÊN, NHÂN VIÊN")
        for number, cells in enumerate((header, *rows), start=2):
            into.write_row(number, 0, cells)
    return read_excel(file.read_bytes(), file.name, TODAY)


def staff(database: Database) -> dict[str, tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(StaffMember).order_by(StaffMember.code))
        return {one.code: (one.full_name, one.position) for one in rows}


def said(planned: ImportPlan) -> dict[int, str]:
    return {one.number: "; ".join(map(str, one.reasons)) for one in planned.rejected}


def test_a_school_s_staff_come_in_by_one_sheet_and_the_bad_rows_stay_out_with_their_numbers(
    database: Database, school: School, tmp_path: Path
) -> None:
    rows = [("1", "GV01", "Trần Thị Mai", "Giáo viên chủ nhiệm"), ("2", "", "Lê Văn Nam", "Giáo viên")]
    rows += [("3", "GV03", "", "Kế toán"), ("4", "GV01", "Vũ Hà", "Bảo vệ"), ("5", "", "Lê Văn Nam", "Văn thư")]
    rows += [("6", "", "Đỗ An", "Tổng phụ trách Đội"), ("7", "x" * 41, "Hồ Bé", "y" * 41)]
    contents = sheet(tmp_path, *rows)
    assert contents.format is STAFF
    shown = preview(database, school, contents)
    assert staff(database) == {}
    assert said(shown) == {
        6: "the name is missing", 7: "the same person as row 4", 8: "the same person as row 5",
        10: "the staff number is longer than 40 letters; the position is longer than 40 letters",
    }  # fmt: skip
    assert take_in(database, school, contents) == shown
    assert staff(database) == {
        "GV01": ("Trần Thị Mai", "homeroom_teacher"), "NV001": ("Lê Văn Nam", "subject_teacher"),
        "NV002": ("Đỗ An", "Tổng phụ trách Đội"),
    }  # fmt: skip
    with database.reading() as session:
        assert set(session.scalars(select(StaffMember.joined_on))) == {TODAY}
    again = preview(database, school, contents)
    assert (again.staff, again.unchanged, len(again.rejected)) == ((), 3, 4)


def test_what_a_row_says_differently_is_shown_and_changed_and_what_it_leaves_empty_stays(
    database: Database, school: School, tmp_path: Path
) -> None:
    take_in(database, school, sheet(tmp_path, ("1", "GV01", "Trần Thị Mai", "Giáo viên"), ("2", "GV02", "An", "GV")))
    changed = sheet(tmp_path, ("1", "GV01", "Trần Thị Mai Hoa", "Phó hiệu trưởng"), ("2", "GV02", "An", ""))
    shown = take_in(database, school, changed)
    [one] = shown.staff
    assert [(diff.field, diff.before, diff.after) for diff in one.differences] == [
        ("full_name", "Trần Thị Mai", "Trần Thị Mai Hoa"),
        ("position", "Giáo viên bộ môn", "Phó hiệu trưởng"),
    ]
    assert shown.unchanged == 1
    assert staff(database) == {"GV01": ("Trần Thị Mai Hoa", "vice_principal"), "GV02": ("An", "subject_teacher")}


def test_whoever_has_left_is_not_let_in_by_a_file_and_two_of_one_name_are_told_apart(
    database: Database, school: School, tmp_path: Path
) -> None:
    with database.writing() as session:
        for code, left_on in (("A1", None), ("A2", None), ("A3", TODAY)):
            session.add(
                StaffMember(
                    school_id=school.id, code=code, full_name="An", search_name="an", position="", left_on=left_on
                )
            )
    shown = preview(database, school, sheet(tmp_path, ("1", "A3", "An", "GV"), ("2", "", "An", "GV")))
    assert shown.staff == ()
    assert said(shown) == {
        4: "has left: let them work here again on the staff list",
        5: "several people have this name: write the staff number",
    }


def test_another_school_s_numbers_are_nobody_s_here(database: Database, school: School, tmp_path: Path) -> None:
    with database.writing() as session:
        other = School(name="B", level="primary", slug="b")
        session.add(other)
        session.flush()
        session.add(StaffMember(school_id=other.id, code="GV01", full_name="Hoa", search_name="hoa", position=""))
    take_in(database, school, sheet(tmp_path, ("1", "GV01", "Trần Thị Mai", "Giáo viên")))
    with database.reading() as session:
        assert [one.full_name for one in queries.known_staff(session, other.id)] == ["Hoa"]
        assert [one.full_name for one in queries.known_staff(session, school.id)] == ["Trần Thị Mai"]


@pytest.mark.parametrize("header", [("No.", "Staff number", "Name", "Works as"), ("STT", "Mã GV", "Tên", "Việc")])
def test_a_header_may_be_english_and_has_to_be_known(tmp_path: Path, header: tuple[str, ...]) -> None:
    if header[0] == "STT":
        with pytest.raises(Exception, match="Mã cán bộ"):
            sheet(tmp_path, ("1", "GV1", "An", "Guard"), header=header)
    else:
        [row] = sheet(tmp_path, ("1", "GV1", "An", "Guard"), header=header).staff
        assert row.position == "guard"


def test_every_position_of_the_staff_list_has_a_word_of_its_own() -> None:
    assert WRITTEN.keys() == POSITIONS.keys()
    words = [word.casefold() for words in WRITTEN.values() for word in words]
    assert len(words) == len(set(words))


TEXT = st.text("aăâbđêôơưẩĐÁ01=+-@'\"&<>/.,", min_size=1, max_size=20).map(one_form).filter(bool)
KNOWN = st.lists(
    st.builds(
        KnownStaff, st.uuids(), TEXT, TEXT, st.none() | st.just(TODAY), st.sampled_from(["", "guard", "Tổng phụ trách"])
    ),
    max_size=6,
    unique_by=lambda one: one.code,
)


@settings(max_examples=30, deadline=None)
@given(KNOWN)
def test_importing_the_export_changes_nothing(known: list[KnownStaff]) -> None:
    contents = read_excel(write_staff(known), "out.xlsx", TODAY)
    assert contents.format is STAFF
    planned = plan_staff(contents.staff, contents.rejected, known)
    assert (planned.staff, planned.rejected) == ((), ())
    assert planned.unchanged == sum(one.left_on is None for one in known)


def test_rejected_rows_come_back_with_their_reason(tmp_path: Path) -> None:
    contents = sheet(tmp_path, ("1", "GV01", "", "Giáo viên"))
    again = read_excel(write_rejected(contents, contents.rejected, str), "back.xlsx", TODAY)
    assert list(again.cells.values()) == list(contents.cells.values())
    known = [KnownStaff(UUID(int=1), "NV002", "An")]
    [one] = plan_staff(sheet(tmp_path, ("1", "", "Bình", "")).staff, (), known).staff
    assert one.row.code == "NV003", "the next one that is free"
