"""A month's register as an Excel file: a worksheet a class, a row a pupil, a column a half-day."""

from datetime import date
from typing import BinaryIO

import xlsxwriter

from cloud.attendance.register.months import COUNTED, Sheet
from cloud.school.calendar.facts import HalfDay

LETTERS = {HalfDay.MORNING: "S", HalfDay.AFTERNOON: "C"}


def write_register(file: BinaryIO, school_name: str, first: date, sheets: list[Sheet]) -> None:
    """`sheets`: at least one, all of the month that begins on `first`."""
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "in_memory": True}) as workbook:
        bold, cell = workbook.add_format({"bold": True}), workbook.add_format({"align": "center"})
        for one in sheets:
            sheet = workbook.add_worksheet(one.class_name[:31])
            sheet.write_string(0, 0, f"SỔ ĐIỂM DANH LỚP {one.class_name}, THÁNG {first:%m/%Y}", bold)
            sheet.write_string(1, 0, school_name)
            days = [f"{day.day}{LETTERS[half]}" for day, half in one.columns]
            for at, text in enumerate(["STT", "Họ tên", *days, "P", "K", "Muộn", "Về sớm"]):
                sheet.write_string(3, at, text, bold)
            for at, row in enumerate(one.rows, start=4):
                sheet.write_number(at, 0, row.number)
                sheet.write_string(at, 1, row.name)
                for column, mark in enumerate(row.marks, start=2):
                    sheet.write_string(at, column, mark, cell)
                for column, mark in enumerate(COUNTED, start=len(days) + 2):
                    sheet.write_number(at, column, row.count(mark))
            sheet.write_string(
                len(one.rows) + 5, 0, "S sáng, C chiều; x có mặt, M muộn, V về sớm (p: có phép), P vắng có phép, "
                "K vắng không phép, ? chưa rõ",
            )  # fmt: skip
            sheet.set_column(1, 1, 28)
            sheet.set_column(2, len(days) + 1, 4)
            sheet.freeze_panes(4, 2)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
