"""All SQL of passkeys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cloud.accounts.passkeys.tables import Passkey


def of_user(session: Session, user_id: UUID) -> list[Passkey]:
    """The oldest first."""
    return list(
        session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.made_at, Passkey.id))
    )


def count(session: Session, user_id: UUID) -> int:
    return session.scalar(select(func.count()).where(Passkey.user_id == user_id)) or 0


def by_credential(session: Session, credential_id: bytes) -> Passkey | None:
    return session.scalars(select(Passkey).where(Passkey.credential_id == credential_id)).one_or_none()


def add(session: Session, passkey: Passkey) -> None:
    session.add(passkey)
    session.flush()


def remove(session: Session, user_id: UUID, passkey_id: UUID) -> bool:
    gone = delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id).returning(Passkey.id)
    return session.execute(gone).first() is not None


def use(session: Session, passkey_id: UUID, *, before: int, after: int, now: datetime) -> bool:
    """Whether nobody has used it since its count was read as `before`."""
    same = update(Passkey).where(Passkey.id == passkey_id, Passkey.sign_count == before)
    done = session.execute(same.values(sign_count=after, last_used_at=now).returning(Passkey.id))
    return done.first() is not None
