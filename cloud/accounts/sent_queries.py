"""All SQL of forms that were sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import SentForm
from cloud.kit.db import insert


def claim(session: Session, user_id: UUID, digest: str, now: datetime) -> bool:
    """False where it was taken before. Of two at once the second waits for the first one's end: PostgreSQL holds it at
    the key, SQLite lets one write at a time."""
    statement = insert(session, SentForm).values(user_id=user_id, digest=digest, led_to="", sent_at=now)
    again = statement.on_conflict_do_update(
        index_elements=["user_id", "digest"], set_={"sent_at": now}, where=SentForm.led_to == ""
    )
    return session.execute(again.returning(SentForm.digest)).first() is not None


def keep(session: Session, user_id: UUID, digest: str, led_to: str) -> None:
    session.execute(
        update(SentForm)
        .where(SentForm.user_id == user_id, SentForm.digest == digest)
        .values(led_to=led_to)
        .execution_options(synchronize_session=False)
    )


def led_to(session: Session, user_id: UUID, digest: str) -> str:
    found = select(SentForm.led_to).where(SentForm.user_id == user_id, SentForm.digest == digest)
    return session.scalars(found).one()


def forget(session: Session, user_id: UUID, before: datetime) -> None:
    session.execute(
        delete(SentForm)
        .where(SentForm.user_id == user_id, SentForm.sent_at < before)
        .execution_options(synchronize_session=False)
    )
