"""From an Excel file to rows: the sheet and the header row are found by what they say, not by where they are."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from cloud.kit.errors import Invalid
from cloud.kit.i18n import Said, marked, phrase
from cloud.people.exchange.calendar import SubjectRow, YearRow
from cloud.people.exchange.cells import Cell, text_of
from cloud.people.exchange.formats import FORMATS, HEADER_WITHIN_ROWS, STAFF, Field, Format
from cloud.people.exchange.planning import NewClass
from cloud.people.exchange.rows import PupilRow, Rejected, StaffRow, read_row
from cloud.people.exchange.staff_sheet import read_staff_row
from cloud.people.exchange.teaching_facts import HomeroomRow, TeachingRow

MAX_ROWS = 20_000
MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
"""An .xlsx is a zip: a small one may unpack to more than the machine has."""


@dataclass(frozen=True, slots=True)
class Contents:
    format: Format
    pupils: tuple[PupilRow, ...]
    rejected: tuple[Rejected, ...]
    cells: Mapping[int, Mapping[Field, Cell]] = field(default_factory=dict)
    """Every row as it was written, by its number."""
    staff: tuple[StaffRow, ...] = ()
    classes: tuple[NewClass, ...] = ()
    """Those that are named without a pupil's row."""
    years: tuple[YearRow, ...] = ()
    subjects: tuple[SubjectRow, ...] = ()
    homerooms: tuple[HomeroomRow, ...] = ()
    teaching: tuple[TeachingRow, ...] = ()


def read_file(file: Path, today: date) -> Contents:
    """Raises Invalid as `read_excel` and `read_bytes` do."""
    return read_excel(read_bytes(file), file.name, today)


def read_bytes(file: Path) -> bytes:
    """Raises Invalid for a file that is not there."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid(phrase(marked("%(name)s cannot be read: %(why)s"), name=file.name, why=error.strerror)) from error


def read_excel(content: bytes, name: str, today: date) -> Contents:
    """Raises Invalid for a file in which no sheet has one of our headers within its first rows."""
    try:
        if unpacked_bytes(content) > MAX_UNPACKED:
            raise Invalid(phrase(marked("%(name)s is too large inside."), name=name))
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]
    except (CalamineError, OSError, zipfile.BadZipFile) as error:
        raise Invalid(phrase(marked("%(name)s cannot be read as an Excel file."), name=name)) from error
    for rows in sheets:
        for at, row in enumerate(rows[:HEADER_WITHIN_ROWS]):
            found = _format_of(row)
            if found:
                return _contents(found, row, rows[at + 1 :], at + 2, today)
    expected = "; ".join(
        f"{one.name}: {', '.join(column.header for column in one.columns[:5])}{' …' if len(one.columns) > 5 else ''}"
        for one in FORMATS
    )
    raise Invalid(
        phrase(
            marked("%(name)s: no row of the first %(rows)s of any sheet is a header that is known (%(expected)s)"),
            name=name,
            rows=HEADER_WITHIN_ROWS,
            expected=expected,
        )
    )


def unpacked_bytes(content: bytes) -> int:
    """0 for what is no zip. Raises zipfile.BadZipFile."""
    if not content.startswith(b"PK"):
        return 0
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return sum(one.file_size for one in archive.infolist())


def _format_of(row: Sequence[Cell]) -> Format | None:
    """The format that knows most of the headers, of those whose needed columns are all there."""
    headers = [text_of(cell) for cell in row]
    known = [(sum(one.field_of(header) is not None for header in headers), one) for one in FORMATS]
    fitting = [
        (matched, one)
        for matched, one in known
        if set(one.needed) <= {field for header in headers if (field := one.field_of(header))}
    ]
    return max(fitting, key=lambda pair: pair[0], default=(0, None))[1]


def _contents(
    found: Format, header: Sequence[Cell], rows: Sequence[Sequence[Cell]], first_number: int, today: date
) -> Contents:
    if len(rows) > MAX_ROWS:
        raise Invalid(phrase(marked("%(rows)s rows: one file has at most %(most)s"), rows=len(rows), most=MAX_ROWS))
    fields = [found.field_of(text_of(cell)) for cell in header]
    cells = {number: filled for number, row in enumerate(rows, start=first_number) if (filled := _cells(fields, row))}
    if found is STAFF:
        members = [read_staff_row(number, filled) for number, filled in cells.items()]
        return Contents(
            found, (), tuple(one for one in members if isinstance(one, Rejected)), cells,
            staff=tuple(one for one in members if isinstance(one, StaffRow)),
        )  # fmt: skip
    read = [read_row(number, filled, today) for number, filled in cells.items()]
    pupils, rejected = unique([one for one in read if isinstance(one, PupilRow)])
    rejected += [one for one in read if isinstance(one, Rejected)]
    return Contents(found, tuple(pupils), tuple(sorted(rejected, key=lambda one: one.number)), cells)


def _cells(fields: list[Field | None], row: Sequence[Cell]) -> dict[Field, Cell]:
    """A row's cells by what they hold; none for an empty row, and for one with nothing but its number."""
    cells = {field: cell for field, cell in zip(fields, row, strict=False) if field and text_of(cell)}
    return cells if set(cells) - {Field.NUMBER} else {}


def same_id(first: int) -> Said:
    """As which row."""
    return phrase(marked("the same id as row %(number)s"), number=first)


def unique(rows: Sequence[PupilRow]) -> tuple[list[PupilRow], list[Rejected]]:
    """The first row with an id counts; another one with the same is rejected and says where the first is."""
    seen: dict[str, int] = {}
    kept: list[PupilRow] = []
    rejected: list[Rejected] = []
    for row in rows:
        ids = [one for one in (row.code, row.personal_id) if one]
        first = next((seen[one] for one in ids if one in seen), None)
        if first is not None:
            rejected.append(Rejected(row.number, (same_id(first),)))
            continue
        kept.append(row)
        for one in ids:
            seen[one] = row.number
    return kept, rejected
