"""Who changed what that matters, for ever: each school's log is a chain, in which no link can be changed unnoticed.

An entry holds keys and plain facts, never a name of a pupil. Its digest covers the entry and the digest before it;
whoever keeps an exported copy can tell later whether the log was rewritten. The database itself refuses changes
(`biometrics/guards.py`), the chain shows those of whoever may go around it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.tables import AuditEntry, AuditHead, User
from cloud.kit.db import insert

BEGINNING = "0" * 64
"""What the first entry of a school follows."""


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    at: datetime
    actor_id: UUID | None
    """None: the service itself."""
    actor: str | None
    """As pages address them today."""
    action: str
    subject: str
    details: Mapping[str, str]
    previous: str
    digest: str


def note(
    session: Session,
    school_id: UUID,
    actor_id: UUID | None,
    action: str,
    subject: object = "",
    details: Mapping[str, str] | None = None,
    *,
    now: datetime,
) -> None:
    """In the caller's transaction: what is done and what is noted stand or fall together.

    `action` is a few words as `register.overruled`; `subject` the key of whom or what it was done to.
    """
    session.execute(
        insert(session, AuditHead).values(school_id=school_id, number=0, digest=BEGINNING).on_conflict_do_nothing()
    )
    head = session.scalars(select(AuditHead).where(AuditHead.school_id == school_id).with_for_update()).one()
    entry = AuditEntry(
        school_id=school_id,
        number=head.number + 1,
        at=now,
        actor_id=actor_id,
        action=action,
        subject=str(subject),
        details=dict(details or {}),
        previous=head.digest,
        digest="",
    )
    entry.digest = _digest(entry)
    session.add(entry)
    head.number, head.digest = entry.number, entry.digest
    session.flush()


def entries(session: Session, school_id: UUID, *, after: int = 0, limit: int | None = None) -> list[Entry]:
    """The school's, the latest first; `after` leaves out those up to that number."""
    rows = session.execute(
        select(AuditEntry, User.display_name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.school_id == school_id, AuditEntry.number > after)
        .order_by(AuditEntry.number.desc())
        .limit(limit)
    )
    return [
        Entry(
            number=row.number, at=row.at, actor_id=row.actor_id, actor=name, action=row.action, subject=row.subject,
            details=row.details, previous=row.previous, digest=row.digest,
        )
        for row, name in rows
    ]  # fmt: skip


def first_broken(session: Session, school_id: UUID) -> int | None:
    """The number of the first entry that was changed, or after which some are missing; None if the chain holds."""
    previous, number = BEGINNING, 0
    rows = session.scalars(select(AuditEntry).where(AuditEntry.school_id == school_id).order_by(AuditEntry.number))
    for row in rows:
        if row.number != number + 1 or row.previous != previous or row.digest != _digest(row):
            return number + 1
        previous, number = row.digest, row.number
    head = session.scalars(select(AuditHead).where(AuditHead.school_id == school_id)).one_or_none()
    intact = (head.number, head.digest) == (number, previous) if head else number == 0
    return None if intact else number + 1


def _digest(entry: AuditEntry) -> str:
    content = [
        str(entry.school_id), entry.number, entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(entry.actor_id), entry.action, entry.subject, entry.details, entry.previous,
    ]  # fmt: skip
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
