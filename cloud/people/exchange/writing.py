"""Pupils as an Excel file in a format of the sector database; what it writes can be imported again."""

from pathlib import Path

import xlsxwriter

from cloud.people.exchange.formats import Field, Format
from cloud.people.exchange.planning import Known


def write_excel(file: Path, pupils: list[Known], grades: dict[str, int], wanted: Format) -> int:
    """One row for each pupil who is with the school; everything is text, so that no id loses a digit."""
    present = [one for one in pupils if one.left_on is None]
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
        sheet = workbook.add_worksheet(wanted.sheet)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(wanted.columns):
            sheet.write_string(0, at, column.header, bold)
            sheet.set_column(at, at, max(12, len(column.header) + 2))
        for number, pupil in enumerate(present, start=1):
            for at, column in enumerate(wanted.columns):
                sheet.write_string(number, at, _text(pupil, column.field, number, grades), text)
    return len(present)


def _text(pupil: Known, field: Field, number: int, grades: dict[str, int]) -> str:
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
