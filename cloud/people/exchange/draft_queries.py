"""All SQL of files that were handed in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from cloud.people.exchange.tables import ImportDraft


def add(session: Session, row: ImportDraft) -> None:
    session.add(row)
    session.flush()


def find(session: Session, school_id: UUID, draft_id: UUID) -> ImportDraft | None:
    return session.scalars(
        select(ImportDraft).where(ImportDraft.id == draft_id, ImportDraft.school_id == school_id)
    ).one_or_none()


def latest(session: Session, school_id: UUID) -> Sequence[tuple[UUID, str, datetime, str]]:
    """Id, file name, when and state; the latest first."""
    rows = session.execute(
        select(ImportDraft.id, ImportDraft.file_name, ImportDraft.made_at, ImportDraft.state)
        .where(ImportDraft.school_id == school_id)
        .order_by(ImportDraft.made_at.desc())
        .limit(10)
    )
    return [(draft_id, name, at, state) for draft_id, name, at, state in rows]


def begin(session: Session, school_id: UUID, draft_id: UUID, *, now: datetime, given_up_before: datetime) -> bool:
    """Whether it was still to be begun: of two at once, one."""
    free = or_(
        ImportDraft.state == "waiting",
        and_(ImportDraft.state == "running", ImportDraft.started_at < given_up_before),
    )
    begun = session.execute(
        update(ImportDraft)
        .where(ImportDraft.id == draft_id, ImportDraft.school_id == school_id, free)
        .values(state="running", started_at=now, outcome=None)
        .returning(ImportDraft.id)
    ).first()
    return begun is not None


def put_back(session: Session, draft_id: UUID) -> None:
    """It failed, and changed nothing."""
    session.execute(
        update(ImportDraft)
        .where(ImportDraft.id == draft_id, ImportDraft.state == "running")
        .values(state="waiting", outcome={"failed": 1})
    )


def drop(session: Session, school_id: UUID, draft_id: UUID) -> None:
    """Unless it is being imported."""
    session.execute(
        delete(ImportDraft).where(
            ImportDraft.id == draft_id, ImportDraft.school_id == school_id, ImportDraft.state != "running"
        )
    )


def forget(session: Session, made_before: datetime) -> None:
    session.execute(delete(ImportDraft).where(ImportDraft.made_at < made_before))
