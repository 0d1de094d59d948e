"""All SQL of what changed in how somebody logs in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import LogInChange

SHOWN = 20


def add(session: Session, user_id: UUID, what: str, *, by_name: str | None, now: datetime) -> None:
    """`by_name` is somebody else, or None for the owner, who knows of it already."""
    session.add(LogInChange(user_id=user_id, at=now, what=what, by_name=by_name, read_at=None if by_name else now))
    session.flush()


def recent(session: Session, user_id: UUID) -> list[LogInChange]:
    """The latest first."""
    rows = select(LogInChange).where(LogInChange.user_id == user_id)
    return list(session.scalars(rows.order_by(LogInChange.at.desc(), LogInChange.id.desc()).limit(SHOWN)))


def has_unread(session: Session, user_id: UUID) -> bool:
    found = select(LogInChange.id).where(LogInChange.user_id == user_id, LogInChange.read_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def mark_read(session: Session, user_id: UUID, now: datetime) -> None:
    session.execute(
        update(LogInChange).where(LogInChange.user_id == user_id, LogInChange.read_at.is_(None)).values(read_at=now)
    )


def forget(session: Session, before: datetime) -> None:
    session.execute(delete(LogInChange).where(LogInChange.at < before))
