"""What a cell means: ids stay text, dates come as dates, as Excel's serial numbers, or as typed."""

from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked, phrase
from cloud.people.names import one_form

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None

EXCEL_DAY_ZERO = date(1899, 12, 30)
"""Serial 60 is a 29 February 1900 that never was, so counting from here is right from March 1900 on."""
LAST_SERIAL = 2_958_465
"""31/12/9999."""


def text_of(cell: Cell) -> str:
    """A number that Excel made of an id is written without its decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return one_form(str(cell))


def date_of(cell: Cell) -> date | None:
    """None for an empty cell. Raises Invalid for what is no date."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_serial(cell)
    text = text_of(cell)
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return _from_serial(int(text))
    for pattern in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise _no_date(text)


def _from_serial(serial: float) -> date:
    if not 61 <= serial <= LAST_SERIAL:
        raise _no_date(f"{serial:g}")
    return EXCEL_DAY_ZERO + timedelta(days=int(serial))


def _no_date(written: str) -> Invalid:
    return Invalid(phrase(marked("“%(written)s” is no date; write dd/mm/yyyy"), written=written[:20]))
