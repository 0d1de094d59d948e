"""Until when a card counts. Pure."""

from datetime import date

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked

LAST_MONTH, LAST_DAY = 8, 31
"""A school year ends with August: cards are handed out anew in September."""


def valid_until(today: date) -> date:
    """The end of the school year that `today` is in; issued in August, of the one that is about to begin."""
    year = today.year if today.month < LAST_MONTH else today.year + 1
    return date(year, LAST_MONTH, LAST_DAY)


def normal_chip(typed: str) -> str:
    """As readers type it. Raises Invalid."""
    value = typed.strip().upper()
    if not value.isascii() or not value.isalnum() or not 4 <= len(value) <= 64:
        raise Invalid(marked("A chip's number is 4 to 64 letters and digits, as the reader types it."))
    return value
