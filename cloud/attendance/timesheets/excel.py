"""A month's timesheets as an Excel file: one row a person, one column a day."""

from pathlib import Path

import xlsxwriter

from cloud.attendance.timesheets.corrections import Timesheet
from cloud.attendance.timesheets.rules import DayKind, WorkDay
from cloud.kit.clock import school_time

MARKS = {DayKind.INCOMPLETE: "?", DayKind.CORRECTED: "*"}
NOT_YET = "–"


def write_month(file: Path, school_name: str, sheets: list[Timesheet]) -> None:
    """`sheets`: at least one, all of the same month."""
    days = [one.day for one in sheets[0].month.days]
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as workbook:
        bold, cell = workbook.add_format({"bold": True}), workbook.add_format({"align": "center", "text_wrap": True})
        sheet = workbook.add_worksheet(f"{days[0]:%m-%Y}")
        sheet.write_string(0, 0, f"BẢNG CHẤM CÔNG THÁNG {days[0]:%m/%Y}", bold)
        sheet.write_string(1, 0, school_name)
        header = ["STT", "Mã", "Họ tên", *(f"{day.day}" for day in days), "Số ngày", "Số giờ", "Cần xem lại"]
        for at, text in enumerate(header):
            sheet.write_string(3, at, text, bold)
        for number, one in enumerate(sheets, start=1):
            row = number + 3
            sheet.write_number(row, 0, number)
            sheet.write_string(row, 1, one.staff.code)
            sheet.write_string(row, 2, one.staff.full_name)
            for at, day in enumerate(one.month.days, start=3):
                sheet.write_string(row, at, _text(day), cell)
            sheet.write_number(row, len(days) + 3, one.month.days_worked)
            sheet.write_number(row, len(days) + 4, round(one.month.minutes / 60, 2))
            sheet.write_number(row, len(days) + 5, one.month.days_incomplete)
        sheet.write_string(
            len(sheets) + 5, 0, "? chỉ thấy một lần trong ngày; * đã điều chỉnh và được duyệt; – chưa vào làm"
        )
        sheet.set_column(2, 2, 28)
        sheet.freeze_panes(4, 3)


def _text(day: WorkDay) -> str:
    if day.came_at is None:
        return NOT_YET if day.kind is DayKind.NOT_YET else ""
    left = f"-{school_time(day.left_at):%H:%M}" if day.left_at else ""
    return f"{school_time(day.came_at):%H:%M}{left}{MARKS.get(day.kind, '')}"
