"""An Excel list that says whose photo each file is: one row a pupil, or one row a photo."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from edge.errors import Misconfigured

HEADER_WITHIN_ROWS = 12
MAX_ROWS = 50_000
CODE_HEADERS = frozenset({"mã học sinh", "mã hs", "mã định danh", "mã định danh bộ gd&đt", "code", "mã"})
PHOTO_HEADERS = frozenset({"ảnh", "tệp ảnh", "tên tệp", "file ảnh", "photo", "file"})
SEPARATOR = ";"
"""Between several photos in one cell."""


@dataclass(frozen=True, slots=True)
class Listed:
    """`row` as Excel counts."""

    row: int
    code: str
    photo: str


def read_list(file: Path) -> list[Listed]:
    """Raises Misconfigured for a file without our two columns, and for the rows that say too little."""
    try:
        workbook = CalamineWorkbook.from_path(file)
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]
    except (CalamineError, OSError) as error:
        raise Misconfigured(f"{file.name} cannot be read as an Excel file: {error}") from error
    for rows in sheets:
        for at, header in enumerate(rows[:HEADER_WITHIN_ROWS]):
            names = [_text(cell).casefold() for cell in header]
            code = next((column for column, name in enumerate(names) if name in CODE_HEADERS), None)
            photo = next((column for column, name in enumerate(names) if name in PHOTO_HEADERS), None)
            if code is not None and photo is not None:
                return _rows(file, rows[at + 1 :], at + 2, code, photo)
    raise Misconfigured(
        f"{file.name}: no row of the first {HEADER_WITHIN_ROWS} of any sheet has both columns: “Mã học sinh” and “Ảnh”"
    )


def _rows(file: Path, rows: Sequence[Sequence[object]], first: int, code: int, photo: int) -> list[Listed]:
    if len(rows) > MAX_ROWS:
        raise Misconfigured(f"{file.name}: {len(rows)} rows: at most {MAX_ROWS}")
    listed: list[Listed] = []
    bad: list[str] = []
    for number, row in enumerate(rows, start=first):
        whose, files = _text(row[code]), _text(row[photo])
        if not whose and not files:
            continue
        if not whose or not files:
            bad.append(f"row {number}: {'the code' if not whose else 'the photo'} is missing")
        listed += [Listed(number, whose, one.strip()) for one in files.split(SEPARATOR) if one.strip()]
    if bad:
        raise Misconfigured(f"{file.name}: {'; '.join(bad[:20])}")
    return listed


def _text(cell: object) -> str:
    """A number that Excel made of a code is written without its decimals."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(unicodedata.normalize("NFC", str(cell if cell is not None else "")).split())
