"""What is held about one child, as JSON for programs and as PDF for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import typst

from cloud.kit.clock import school_time
from cloud.kit.i18n import Language, Translator, marked, translator
from cloud.reports.held_queries import Section
from cloud.reports.words import COLUMNS, VALUES

TEMPLATE = Path(__file__).with_name("held.typ")
TITLE = marked("Everything that is held about %(name)s")
MADE = marked("Made on %(day)s at %(time)s. An empty table means that nothing is held.")


@dataclass(frozen=True, slots=True)
class Held:
    name: str
    made_at: datetime
    sections: Sequence[Section]


def as_json(held: Held) -> bytes:
    """Fields by the names that they have in the database; moments in UTC."""
    tables = {
        one.key: [dict(zip(one.fields, map(_plain, row), strict=True)) for row in one.rows] for one in held.sections
    }
    whole = {"made_at": held.made_at.isoformat(), **tables}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def as_pdf(held: Held, language: Language) -> bytes:
    words = translator(language)
    made = school_time(held.made_at)
    document = {
        "title": words.gettext(TITLE) % {"name": held.name},
        "made": words.gettext(MADE) % {"day": f"{made:%d/%m/%Y}", "time": f"{made:%H:%M}"},
        "sections": [
            {
                "title": words.gettext(one.title),
                "columns": [words.gettext(COLUMNS.get(field, field)) for field in one.fields],
                "rows": [[_shown(value, words) for value in row] for row in one.rows],
            }
            for one in held.sections
        ],
    }
    pdf = typst.compile(TEMPLATE, sys_inputs={"held": json.dumps(document)}, ignore_system_fonts=True)
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf


def _plain(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, Mapping)) or value is None else str(value)


def _shown(value: object, words: Translator) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return words.gettext(marked("yes") if value else marked("no"))
    if isinstance(value, datetime):
        return f"{school_time(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {one}" for key, one in value.items())
    if isinstance(value, float):
        return f"{value:.2f}"
    return words.gettext(VALUES[str(value)]) if str(value) in VALUES else str(value)
