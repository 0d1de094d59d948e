"""Who changed what that matters, for ever: each school's log is a chain, in which no link can be changed unnoticed.

An entry holds keys and plain facts, never a name of a pupil. Its digest covers the entry and the digest before it;
whoever keeps an exported copy can tell later whether the log was rewritten. The database itself refuses changes
(`biometrics/guards.py`), the chain shows those of whoever may go around it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.audit_chain import BEGINNING, Entry, digest_of, first_wrong
from cloud.accounts.tables import AuditEntry, AuditHead, User
from cloud.kit.db import insert


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
    entry = Entry(
        number=head.number + 1,
        at=now,
        actor_id=actor_id,
        actor=None,
        action=action,
        subject=str(subject),
        details=dict(details or {}),
        previous=head.digest,
        digest="",
    )
    entry = replace(entry, digest=digest_of(school_id, entry))
    session.add(
        AuditEntry(
            school_id=school_id, number=entry.number, at=entry.at, actor_id=actor_id, action=action,
            subject=entry.subject, details=dict(entry.details), previous=entry.previous, digest=entry.digest,
        )
    )  # fmt: skip
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
    return [_entry(row, name) for row, name in rows]


def first_broken(session: Session, school_id: UUID) -> int | None:
    """The number of the first entry that was changed, or after which some are missing; None if the chain holds."""
    rows = session.scalars(select(AuditEntry).where(AuditEntry.school_id == school_id).order_by(AuditEntry.number))
    head = session.scalars(select(AuditHead).where(AuditHead.school_id == school_id)).one_or_none()
    ends = (head.number, head.digest) if head else (0, BEGINNING)
    return first_wrong(school_id, (_entry(row, None) for row in rows), head=ends)


def _entry(row: AuditEntry, actor: str | None) -> Entry:
    return Entry(
        number=row.number, at=row.at, actor_id=row.actor_id, actor=actor, action=row.action, subject=row.subject,
        details=row.details, previous=row.previous, digest=row.digest,
    )  # fmt: skip
