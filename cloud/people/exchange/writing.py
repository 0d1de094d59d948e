"""Pupils as an Excel file in a format of the sector database, and the staff; what it writes can be imported again."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

import xlsxwriter

from cloud.kit.i18n import Said, marked
from cloud.people.exchange.cells import text_of
from cloud.people.exchange.formats import STAFF, Field, Format
from cloud.people.exchange.planning import Known
from cloud.people.exchange.reading import Contents
from cloud.people.exchange.rows import Rejected
from cloud.people.exchange.staff_sheet import staff_cells
from cloud.people.exchange.teaching_facts import KnownStaff

FILE, ROW, REASON = marked("File"), marked("Row in the file"), marked("Why it was not taken")


OPTIONS = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
"""In memory: names and numbers of pupils lie on no disk in the clear. Everything is text, so no id loses a digit."""


def write_excel(pupils: Sequence[Known], grades: Mapping[str, int], wanted: Format) -> bytes:
    """One row for each pupil who is with the school."""
    rows = [
        [_text(pupil, column.field, number, grades) for column in wanted.columns]
        for number, pupil in enumerate((one for one in pupils if one.left_on is None), start=1)
    ]
    return _workbook(wanted.sheet, [column.header for column in wanted.columns], rows)


def write_staff(staff: Sequence[KnownStaff]) -> bytes:
    """One row for each who works at the school; of a school without any, the sheet to fill in."""
    here = [one for one in staff if one.left_on is None]
    rows = [staff_cells(one, number) for number, one in enumerate(here, start=1)]
    return _workbook(STAFF.sheet, [column.header for column in STAFF.columns], rows)


def write_rejected(contents: Contents, rejected: Sequence[Rejected], say: Callable[[Said], str]) -> bytes:
    """The rows that were not taken, as they were, with why, to mend and to hand in again; of an archive, a list of
    them. `say` puts a reason into the reader's language."""
    if any(one.file for one in rejected):
        lines = [[one.file, str(one.number), "; ".join(say(reason) for reason in one.reasons)] for one in rejected]
        return _workbook("OneRoster", [say(FILE), say(ROW), say(REASON)], lines)
    columns = contents.format.columns
    rows = []
    for one in rejected:
        cells = contents.cells.get(one.number, {})
        reasons = "; ".join(say(reason) for reason in one.reasons)
        rows.append([*(text_of(cells.get(column.field)) for column in columns), str(one.number), reasons])
    headers = [column.header for column in columns]
    return _workbook(contents.format.sheet, [*headers, say(ROW), say(REASON)], rows)


def _workbook(name: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as workbook:
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
        sheet = workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, header in enumerate(headers):
            sheet.write_string(0, at, header, bold)
            sheet.set_column(at, at, max(12, len(header) + 2))
        for number, cells in enumerate(rows, start=1):
            for at, cell in enumerate(cells):
                sheet.write_string(number, at, cell, text)
    return file.getvalue()


def _text(pupil: Known, field: Field, number: int, grades: Mapping[str, int]) -> str:
    match field:
        case Field.NUMBER:
            return str(number)
        case Field.MINISTRY_ID:
            return pupil.code
        case Field.FULL_NAME:
            return pupil.full_name
        case Field.BIRTH_DATE:
            return f"{pupil.birth_date:%d/%m/%Y}" if pupil.birth_date else ""
        case Field.CLASS:
            return pupil.class_name
        case Field.GRADE:
            return str(grades.get(pupil.class_name, ""))
        case Field.PERSONAL_ID:
            return pupil.personal_id or ""
        case Field.CONTACT_PHONE:
            return min(pupil.phones, default="")
        case _:
            return next((text for one, text in pupil.details if one is field), "")
