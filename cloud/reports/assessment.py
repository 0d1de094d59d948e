"""The data-protection impact assessment, written from what is really configured (Law 91/2025/QH15, Decree 356/2025)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typst

from cloud.accounts.access import RIGHTS, Right, Role
from cloud.accounts.words import RIGHT_WORDS, ROLE_WORDS
from cloud.biometrics.rules import (
    ACKNOWLEDGE_WORKING_DAYS,
    BREACH_NOTICE,
    DONE_DAYS,
    IMPACT_ASSESSMENT,
    Request,
    Standing,
)
from cloud.kit.i18n import Language, Translator, marked, translator
from cloud.reports.assessment_queries import SchoolFacts
from cloud.reports.retention import RULES

TEMPLATE = Path(__file__).with_name("assessment.typ")
TITLE = marked("Data-protection impact assessment: %(school)s")
MADE = marked("Written on %(day)s from the configuration and the counts of that day.")
PERSONAL = (
    Right.SEE_PUPILS, Right.SEE_CODES, Right.SEE_PARTICULARS, Right.SEE_ATTENDANCE, Right.SEE_HEALTH,
    Right.TAKE_CONSENT, Right.ENROL, Right.ISSUE_CARDS, Right.MANAGE_PEOPLE, Right.SEE_AUDIT,
)  # fmt: skip
"""The rights that open personal data."""
DATA = (
    (marked("Name, class, date of birth, personal number"), marked("to run the register"),
     marked("the school's duty by law")),
    (marked("Face template: numbers, no picture"), marked("to recognise the pupil at a unit"),
     marked("consent of a guardian, and of the child from 7 years")),
    (marked("How near the face comes to its template: two numbers"), marked("to know whose face is to be taken again"),
     marked("consent of a guardian, and of the child from 7 years")),
    (marked("Presence: when, where, by which means"), marked("to run the register"),
     marked("the school's duty by law")),
    (marked("Temperature, where a unit measures it"), marked("to protect health at school"),
     marked("the school's duty by law")),
    (marked("Guardians' names, telephone numbers, addresses"), marked("to tell guardians"),
     marked("the school's duty by law")),
)  # fmt: skip
STANDINGS = {
    Standing.IN_FORCE: marked("agreed"),
    Standing.NOT_ASKED: marked("not answered yet"),
    Standing.CHILD_NOT_ASKED: marked("the child is still to be asked"),
    Standing.REFUSED: marked("refused"),
    Standing.WITHDRAWN: marked("withdrawn"),
}
REQUESTS = {
    Request.WITHDRAWAL: marked("withdrawal"),
    Request.ACCESS: marked("a copy"),
    Request.CORRECTION: marked("correction"),
    Request.DELETION: marked("erasure"),
}


@dataclass(frozen=True, slots=True)
class Setup:
    """What of the settings matters here; no secret."""

    database: str
    """sqlite or postgresql."""
    keys_apart: bool
    """The keyring is another database than the service's."""
    has_secret: bool
    https: bool
    broker_tls: bool


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def write(facts: SchoolFacts, setup: Setup, language: Language, today: date) -> tuple[str, str, list[Part]]:
    """Title, a line under it, and the parts, all in the reader's language."""
    words = translator(language)
    title = words.gettext(TITLE) % {"school": facts.name}
    return title, words.gettext(MADE) % {"day": f"{today:%d/%m/%Y}"}, list(_parts(facts, setup, words))


def _parts(facts: SchoolFacts, setup: Setup, words: Translator) -> Iterator[Part]:
    _ = words.gettext
    ngettext = words.ngettext
    yield Part(
        _(marked("Which data, what for, on what ground")),
        (_(marked("What")), _(marked("What for")), _(marked("Ground"))),
        [(_(what), _(purpose), _(ground)) for what, purpose, ground in DATA],
    )
    yield Part(
        _(marked("Who may see what")),
        (_(marked("Role")), _(marked("Rights"))),
        [
            (_(ROLE_WORDS[role]), "; ".join(_(RIGHT_WORDS[right]) for right in PERSONAL if right in RIGHTS[role]))
            for role in Role
            if RIGHTS[role] & set(PERSONAL)
        ],
    )
    yield Part(
        _(marked("Where templates are")),
        (_(marked("Where")), _(marked("Pupils"))),
        [(_(marked("the school's service")), str(facts.enrolled)), *((name, str(held)) for name, held in facts.units)],
    )
    yield Part(
        _(marked("How they are protected")),
        (_(marked("What")), _(marked("State"))),
        [
            (_(marked("Templates")), _(marked("AES-256-GCM, a key for each pupil under the school's key"))),
            (
                _(marked("Keys in a database of their own")),
                _(marked("yes")) if setup.keys_apart else _(marked("no: set keyring_url")),
            ),
            (
                _(marked("Secret of the service")),
                _(marked("set")) if setup.has_secret else _(marked("missing: nobody can be enrolled")),
            ),
            (_(marked("Pages by https")), _(marked("yes")) if setup.https else _(marked("no: set public_url"))),
            (
                _(marked("Units by TLS")),
                _(marked("yes")) if setup.broker_tls else _(marked("no: set broker_url to mqtts://")),
            ),
            (_(marked("Database")), setup.database),
            (_(marked("Every opening of a template")), _(marked("is logged; the log cannot be changed"))),
            (_(marked("On units")), _(marked("sealed under the unit's own key, which is changed at every erasure"))),
        ],
    )
    yield Part(
        _(marked("What is kept for how long")),
        (_(marked("What")), _(marked("Days")), _(marked("Then"))),
        [(_(rule.what), "–" if rule.kept is None else str(rule.kept.days), _(rule.then)) for rule in RULES],
    )
    days = [
        (_(REQUESTS[kind]), ngettext("%(num)s day", "%(num)s days", num) % {"num": num})
        for kind, num in DONE_DAYS.items()
    ]
    yield Part(
        _(marked("Clocks of the law")),
        (_(marked("What")), _(marked("At most"))),
        [
            (
                _(marked("to confirm a request")),
                ngettext("%(num)s working day", "%(num)s working days", ACKNOWLEDGE_WORKING_DAYS)
                % {"num": ACKNOWLEDGE_WORKING_DAYS},
            ),
            *days,
            (_(marked("notice of a breach")), f"{BREACH_NOTICE.total_seconds() / 3600:.0f} h"),
            (
                _(marked("to file this assessment")),
                ngettext("%(num)s day", "%(num)s days", IMPACT_ASSESSMENT.days) % {"num": IMPACT_ASSESSMENT.days},
            ),
        ],
    )
    yield Part(
        _(marked("Consent today")),
        (_(marked("Answer")), _(marked("Pupils"))),
        [(_(word), str(facts.standings.get(standing, 0))) for standing, word in STANDINGS.items()],
    )


def as_markdown(title: str, made: str, parts: Sequence[Part]) -> str:
    lines = [f"# {title}", "", made, ""]
    for part in parts:
        lines += [f"## {part.title}", "", _row(part.columns), _row(("---",) * len(part.columns))]
        lines += [*map(_row, part.rows), ""]
    return "\n".join(lines)


def as_pdf(title: str, made: str, parts: Sequence[Part]) -> bytes:
    document = {
        "title": title,
        "made": made,
        "parts": [{"title": one.title, "columns": one.columns, "rows": one.rows} for one in parts],
    }
    pdf = typst.compile(TEMPLATE, sys_inputs={"assessment": json.dumps(document)}, ignore_system_fonts=True)
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
