"""Vietnamese phone numbers in the one form that providers want: digits with the country code, 84987654321."""

import re

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked

_WRITTEN = re.compile(r"[\s.()\-]+")
_NUMBER = re.compile(r"(?:\+?84|0)?([35789]\d{8}|2\d{9})", re.ASCII)
"""Mobile numbers have nine digits after the 0, landlines ten with the 2 first. Excel drops a leading 0."""


def normal_phone(typed: str) -> str:
    """Raises Invalid for what is no Vietnamese number."""
    found = _NUMBER.fullmatch(_WRITTEN.sub("", typed))
    if found is None:
        raise Invalid(marked("Not a Vietnamese phone number: write 0987654321 or +84 987 654 321."))
    return f"84{found[1]}"


def as_dialled(phone: str | None) -> str:
    """0987 654 321: how a number of ours is read and dialled at home."""
    return f"0{phone[2:-6]} {phone[-6:-3]} {phone[-3:]}" if phone else ""
