"""A school's log as a file that proves itself: whoever keeps it can tell later whether the log was rewritten. Pure."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cloud.accounts.audit_chain import Entry, moment
from cloud.kit.errors import Invalid

COLUMNS = (
    "school_id", "number", "at", "actor", "actor_id", "action", "subject", "details", "previous", "digest",
)  # fmt: skip
BYTE_ORDER_MARK = "\ufeff"
"""Makes Excel read UTF-8."""

Write = Callable[[UUID, list[Entry]], str]


@dataclass(frozen=True, slots=True)
class Copy:
    school_id: UUID
    entries: list[Entry]
    """From the first."""


def as_json(school_id: UUID, entries: Iterable[Entry]) -> str:
    return json.dumps({"entries": [_fields(school_id, one) for one in entries]}, ensure_ascii=False, indent=1)


def as_csv(school_id: UUID, entries: Iterable[Entry]) -> str:
    file = io.StringIO()
    table = csv.DictWriter(file, COLUMNS)
    table.writeheader()
    for one in entries:
        details = json.dumps(dict(one.details), sort_keys=True, ensure_ascii=False)
        table.writerow({**_fields(school_id, one), "details": details, "actor": _plain(one.actor or "")})
    return BYTE_ORDER_MARK + file.getvalue()


def read(text: str) -> Copy:
    """Either form. Raises Invalid, naming the entry that cannot be read."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    rows = _json_rows(text) if text.lstrip().startswith("{") else list(csv.DictReader(io.StringIO(text)))
    entries, schools = [], set()
    for place, row in enumerate(rows, start=1):
        try:
            schools.add(UUID(row["school_id"]))
            entries.append(_entry(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Invalid(f"entry {place} of the file is not readable: was the file changed?") from error
    if len(schools) != 1:
        raise Invalid("this is not a copy of one school's log" if schools else "there is no entry in this file")
    return Copy(schools.pop(), entries)


def _fields(school_id: UUID, one: Entry) -> dict[str, Any]:
    return {
        "school_id": str(school_id),
        "number": one.number,
        "at": moment(one.at),
        "actor": one.actor,
        "actor_id": str(one.actor_id) if one.actor_id else None,
        "action": one.action,
        "subject": one.subject,
        "details": dict(one.details),
        "previous": one.previous,
        "digest": one.digest,
    }


def _entry(row: Mapping[str, Any]) -> Entry:
    details = row["details"]
    return Entry(
        number=int(row["number"]),
        at=datetime.fromisoformat(row["at"]),
        actor_id=UUID(row["actor_id"]) if row["actor_id"] else None,
        actor=row["actor"] or None,
        action=row["action"],
        subject=row["subject"],
        details=json.loads(details) if isinstance(details, str) else dict(details),
        previous=row["previous"],
        digest=row["digest"],
    )


def _json_rows(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)["entries"]
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("this is not a copy of a log: its JSON holds no entries") from error
    return found if isinstance(found, list) else []


def _plain(text: str) -> str:
    """A cell that a spreadsheet would calculate is shown as text instead."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
