"""A timetable as an Excel sheet, out and in: a row a period, a column a class, `subject - teacher [room]` in a cell."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_rowcol_to_cell

from cloud.kit.errors import Problem, Refused
from cloud.kit.i18n import marked
from cloud.people.exchange.cells import text_of
from cloud.school.calendar.facts import HalfDay
from cloud.school.timetable.setup_queries import Assignment, Placed
from cloud.setup.class_week import LONGEST_ROOM
from cloud.setup.timetables import Whole

WEEKDAY, HALF, PERIOD = "Thứ", "Buổi", "Tiết"
WEEKDAYS = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật")
HALVES = {HalfDay.MORNING: "Sáng", HalfDay.AFTERNOON: "Chiều"}
HEADER_WITHIN_ROWS = 12
MOST_ROWS = 200
_CELL = re.compile(r"(?P<subject>[^\[]*?)(?:\s+[-–]\s+(?P<teacher>[^\[]+?))?\s*(?:\[(?P<room>[^\]]*)\])?")
_DAYS = {
    **{name: number for number, names in enumerate((
        ("2", "hai"), ("3", "ba"), ("4", "tư"), ("5", "năm"), ("6", "sáu"), ("7", "bảy"), ("cn", "chủ nhật"),
    )) for name in names},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds that can be used, and what it holds besides."""

    classes: tuple[str, ...]
    """By name: those with a column."""
    placed: tuple[Placed, ...]
    left_out: tuple[Problem, ...]
    """`field` is the cell, as Excel calls it."""


def write(table: Whole, title: str) -> bytes:
    file = io.BytesIO()
    lessons = {(one.weekday, one.half, one.number, one.school_class.id): one for one in table.lessons}
    rows = sorted(
        {
            *((taught.weekday, bell.half, bell.number) for schedule in table.bells_of(
                {one.grade for one in table.classes}, table.known.valid_from
            ) for taught in schedule.week for bell in schedule.bells if bell.half is taught.half),
            *((weekday, half, number) for weekday, half, number, _ in lessons),
        },
        key=lambda place: (place[0], place[1] is HalfDay.AFTERNOON, place[2]),
    )  # fmt: skip
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True, "border": 1, "align": "center"})
        cell = workbook.add_format({"text_wrap": True, "border": 1, "valign": "top"})
        sheet = workbook.add_worksheet("TKB")
        sheet.write_string(0, 0, title, workbook.add_format({"bold": True}))
        for column, name in enumerate((WEEKDAY, HALF, PERIOD, *(one.name for one in table.classes))):
            sheet.write_string(2, column, name, bold)
        for row, (weekday, half, number) in enumerate(rows, start=3):
            sheet.write_string(row, 0, WEEKDAYS[weekday], cell)
            sheet.write_string(row, 1, HALVES[half], cell)
            sheet.write_number(row, 2, number, cell)
            for column, own in enumerate(table.classes, start=3):
                one = lessons.get((weekday, half, number, own.id))
                text = ""
                if one:
                    text = f"{table.names.subjects[one.subject_id]} - {table.names.staff.get(one.staff_id, '?')}"
                    text += f" [{one.room}]" if one.room else ""
                sheet.write_string(row, column, text, cell)
        sheet.set_column(0, 2, 9)
        sheet.set_column(3, 2 + len(table.classes), 18)
        sheet.freeze_panes(3, 3)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return file.getvalue()


def read(content: bytes, table: Whole, assigned: Sequence[Assignment]) -> Read:
    """`assigned`: of the timetable's term. Raises Refused for a file that is no timetable."""
    rows = _rows(content)
    at = next((n for n, row in enumerate(rows[:HEADER_WITHIN_ROWS]) if {WEEKDAY, PERIOD} <= set(row)), None)
    if at is None:
        says = marked("no row of the first %(many)s has the headers %(headers)s")
        about = (("many", str(HEADER_WITHIN_ROWS)), ("headers", f"{WEEKDAY}, {HALF}, {PERIOD}"))
        raise Refused([Problem("file", says, about)])
    if len(rows) - at > MOST_ROWS:
        raise Refused([Problem("file", marked("a week has at most %(many)s rows"), (("many", str(MOST_ROWS)),))])
    reader = _Reader(table, assigned, rows[at], at)
    for number, row in enumerate(rows[at + 1 :], start=at + 1):
        reader.take(number, row)
    return Read(tuple(reader.classes.values()), tuple(reader.placed), tuple(reader.left_out))


def _rows(content: bytes) -> list[list[str]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, IndexError, ValueError) as error:
        raise Refused([Problem("file", marked("this cannot be read as an Excel file"))]) from error
    return [[text_of(cell) for cell in row] for row in sheet]


class _Reader:
    def __init__(self, table: Whole, assigned: Sequence[Assignment], header: Sequence[str], at: int) -> None:
        self._table, self._assigned = table, assigned
        self._columns = {name: column for column, name in enumerate(header) if name in (WEEKDAY, HALF, PERIOD)}
        known = {one.name.casefold(): one for one in table.classes}
        self._classes = {
            column: known[name.casefold()] for column, name in enumerate(header) if name.casefold() in known
        }
        self.classes = {column: one.name for column, one in self._classes.items()}
        self.placed: list[Placed] = []
        self.left_out: list[Problem] = [
            _problem(at, column, marked("there is no class %(name)s, so its column is left out"), name=name)
            for column, name in enumerate(header)
            if name and column not in self._classes and name not in self._columns
        ]
        self._subjects = {name.casefold(): key for key, name in table.names.subjects.items()}
        self._weekday: int | None = None
        self._half: HalfDay | None = HalfDay.MORNING

    def take(self, number: int, row: Sequence[str]) -> None:
        """A cell that is empty below one with a weekday or half-day means the same one: Excel merges them."""
        if text := self._text(row, WEEKDAY):
            self._weekday = _DAYS.get(text.casefold().removeprefix("thứ").strip())
        if text := self._text(row, HALF):
            self._half = next((half for half, name in HALVES.items() if name.casefold() == text.casefold()), None)
        filled = [column for column in self._classes if column < len(row) and row[column]]
        period = self._text(row, PERIOD)
        if not filled:
            return
        if self._weekday is None or self._half is None or not period.isdecimal() or len(period) > 2:
            says = marked("this row does not say which weekday, half-day and period it is")
            self.left_out.append(_problem(number, 0, says))
            return
        for column in filled:
            self._cell(number, column, row[column], int(period))

    def _cell(self, number: int, column: int, text: str, period: int) -> None:
        assert self._weekday is not None
        assert self._half is not None
        found: Any = _CELL.fullmatch(text)
        subject = self._subjects.get(found["subject"].casefold()) if found else None
        if subject is None:
            self.left_out.append(_problem(number, column, marked("no subject is called “%(text)s”"), text=text[:40]))
            return
        own = self._classes[column]
        fitting = [one for one in self._assigned if (one.class_id, one.subject_id) == (own.id, subject)]
        if teacher := (found["teacher"] or "").casefold():
            fitting = [one for one in fitting if self._table.names.staff.get(one.staff_id, "").casefold() == teacher]
        if len(fitting) != 1:
            says = (
                marked("several teach this to %(name)s: say who, as “subject - teacher”")
                if fitting
                else marked("“%(text)s” is not assigned to %(name)s in this term")
            )
            self.left_out.append(_problem(number, column, says, text=text[:60], name=own.name))
            return
        room = (found["room"] or "").strip()[:LONGEST_ROOM] or None
        self.placed.append((fitting[0].id, self._weekday, self._half, period, room))

    def _text(self, row: Sequence[str], name: str) -> str:
        column = self._columns.get(name)
        return row[column] if column is not None and column < len(row) else ""


def _problem(row: int, column: int, says: str, **about: str) -> Problem:
    return Problem(xl_rowcol_to_cell(row, column), says, tuple(about.items()))
