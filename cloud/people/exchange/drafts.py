"""A file that was handed in: sealed until somebody has seen what it changes, and then carried out just so.

What was shown is named by a digest of the file and of the plan. If either is another when it is to be carried out,
nothing is, and the new plan is shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.kit.seal import Seal, Unsealable
from cloud.people.exchange import draft_queries
from cloud.people.exchange.importing import Progress, carry_out, plan
from cloud.people.exchange.planning import ImportPlan
from cloud.people.exchange.reading import MAX_BYTES, Contents, read_excel
from cloud.people.exchange.tables import ImportDraft
from cloud.people.oneroster.archive import is_oneroster
from cloud.people.oneroster.reading import read_oneroster

PURPOSE = "import draft"
KEPT = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(minutes=15)
"""A machine that was switched off in the middle has changed nothing, and does not say so."""


class Kind(StrEnum):
    EXCEL = "excel"
    ONEROSTER = "oneroster"


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


Reader = Callable[[bytes, str, Session, UUID, datetime], Contents]


def _excel(content: bytes, name: str, session: Session, school_id: UUID, now: datetime) -> Contents:
    return read_excel(content, name, school_day(now))


def _oneroster(content: bytes, name: str, session: Session, school_id: UUID, now: datetime) -> Contents:
    return read_oneroster(content, name, session, school_id, school_day(now))


READERS: Mapping[Kind, Reader] = {Kind.EXCEL: _excel, Kind.ONEROSTER: _oneroster}


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft with what it would change now."""

    row: ImportDraft
    contents: Contents
    planned: ImportPlan
    digest: str
    """Of the file and of the plan."""


def hand_in(
    session: Session, secret: SecretStr | None, school_id: UUID, name: str, content: bytes, *, by: UUID, now: datetime
) -> UUID:
    """Raises TooLarge, Invalid for a file that cannot be read at all, Unavailable on a service without a secret."""
    if len(content) > MAX_BYTES:
        raise TooLarge(marked("The file is larger than 8 MB."))
    if not content:
        raise Invalid(marked("Choose a file first."))
    name = name.replace("\\", "/").rsplit("/", 1)[-1][:200] or "file"
    kind = kind_of(content)
    READERS[kind](content, name, session, school_id, now)
    draft_id = new_id()
    row = ImportDraft(
        id=draft_id, school_id=school_id, made_by=by, made_at=now, kind=kind, file_name=name,
        sealed=_seal(secret).seal(content, str(draft_id)), state=State.WAITING,
    )  # fmt: skip
    draft_queries.add(session, row)
    return draft_id


def kind_of(content: bytes) -> Kind:
    return Kind.ONEROSTER if is_oneroster(content) else Kind.EXCEL


def open_draft(
    session: Session, secret: SecretStr | None, school_id: UUID, draft_id: UUID, now: datetime, *, sets_calendar: bool
) -> Opened:
    """As it is for somebody who may set the calendar up, or may not. Raises NotFound for one that is not there any
    more, or is another school's."""
    row = draft_queries.find(session, school_id, draft_id)
    if row is None:
        raise NotFound("There is no such file, or not any more: hand it in again.")
    try:
        content = _seal(secret).open(row.sealed, str(row.id))
    except Unsealable as error:
        raise NotFound("This file cannot be opened any more: hand it in again.") from error
    contents = READERS[Kind(row.kind)](content, row.file_name, session, school_id, now)
    planned = plan(session, school_id, contents, sets_calendar=sets_calendar)
    return Opened(row, contents, planned, sha256(sha256(content).digest() + repr(planned).encode()).hexdigest())


def begin(session: Session, school_id: UUID, draft_id: UUID, now: datetime) -> None:
    """It runs from now on, once. Raises Conflict."""
    if not draft_queries.begin(session, school_id, draft_id, now=now, given_up_before=now - GIVEN_UP_AFTER):
        raise Conflict(marked("This file is being imported, or was: read the page again."))


def carry_out_draft(
    session: Session,
    secret: SecretStr | None,
    school_id: UUID,
    draft_id: UUID,
    shown: str,
    *,
    by: UUID,
    sets_calendar: bool,
    now: datetime,
    progress: Progress,
) -> None:
    """All of it in the caller's transaction, if it is still what was shown; else it waits for another look."""
    opened = open_draft(session, secret, school_id, draft_id, now, sets_calendar=sets_calendar)
    if opened.digest != shown:
        opened.row.state, opened.row.outcome = State.WAITING, {"stale": 1}
        return
    planned = opened.planned
    carry_out(session, school_id, planned, now=now, by=by, progress=progress)
    outcome = {
        "new": len(planned.new_pupils), "changed": len(planned.changed), "leaving": len(planned.leaving),
        "unchanged": planned.unchanged, "rejected": len(planned.rejected), "classes": len(planned.new_classes),
        "guardians": len(planned.new_guardian_phones) + len(planned.new_guardians), "staff": len(planned.staff),
        "years": len(planned.new_years), "subjects": len(planned.new_subjects),
        "homerooms": len(planned.homerooms), "teaching": len(planned.teaching),
    }  # fmt: skip
    opened.row.state, opened.row.outcome = State.DONE, outcome
    facts = {"shown": shown, **{key: str(number) for key, number in outcome.items()}}
    audit.note(session, school_id, by, "pupils.imported", draft_id, facts, now=now)


def _seal(secret: SecretStr | None) -> Seal:
    if secret is None:
        raise Unavailable(marked("This service cannot keep files yet: DIEMDANH_CLOUD_SECRET_KEY has to be set."))
    return Seal(secret.get_secret_value(), PURPOSE)
