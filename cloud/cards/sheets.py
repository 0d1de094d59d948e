"""Cards on paper: an A4 sheet of ten with cut marks, as PDF. A name, a class and a code that a unit reads; no photo."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segno
import typst

from cloud.kit.i18n import Language, translator

TEMPLATE = Path(__file__).with_name("sheet.typ")
QUIET_ZONE = 4
"""Modules of white around the code, as ISO/IEC 18004 wants them."""


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """`text` is what the QR code says."""

    name: str
    line: str
    """Below the name: the class, or what they work as."""
    code: str
    serial: int
    valid_until: date
    text: str


def print_sheet(
    school: str, cards: Sequence[PrintedCard], language: Language, *, png_ppi: float | None = None
) -> bytes:
    """A PDF; with `png_ppi` the first page as PNG of so many pixels an inch, to look at or to read back."""
    words = translator(language)
    sheet = {
        "school": school,
        "words": {
            "code": words.gettext("Code"),
            "until": words.gettext("valid until"),
            "number": words.gettext("card no."),
        },
        "cards": [
            {
                "name": card.name,
                "line": card.line,
                "code": card.code,
                "serial": str(card.serial),
                "until": f"{card.valid_until:%d/%m/%Y}",
                "qr": _qr(card.text),
            }
            for card in cards
        ],
    }
    inputs = {"sheet": json.dumps(sheet)}
    if png_ppi is None:
        return _first(typst.compile(TEMPLATE, sys_inputs=inputs, ignore_system_fonts=True))
    return _first(typst.compile(TEMPLATE, sys_inputs=inputs, ignore_system_fonts=True, format="png", ppi=png_ppi))


def _qr(text: str) -> str:
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


def _first(compiled: bytes | list[bytes] | None) -> bytes:
    """PNG comes page by page."""
    assert compiled, "nothing was written"
    return compiled[0] if isinstance(compiled, list) else compiled
