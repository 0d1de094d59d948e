"""All SQL of browsers in which somebody has come in before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import KnownDevice, User
from cloud.kit.db import insert


def knows(session: Session, token_hash: str, login: str, now: datetime) -> bool:
    """Whether somebody of this log-in name, in its normal form, has come in with it."""
    found = (
        select(KnownDevice.user_id)
        .join(User, User.id == KnownDevice.user_id)
        .where(KnownDevice.token_hash == token_hash, KnownDevice.expires_at > now, User.login == login)
    )
    return session.scalar(found) is not None


def renew(session: Session, old: str, new: str) -> None:
    """The same browser with another token, for all who came in with it; for whom it has expired, it stays so."""
    renewed = update(KnownDevice).where(KnownDevice.token_hash == old).values(token_hash=new)
    session.execute(renewed.execution_options(synchronize_session=False))


def add(session: Session, token_hash: str, user_id: UUID, *, expires_at: datetime, most: int) -> None:
    """Also forgets all but this user's latest."""
    new = insert(session, KnownDevice).values(token_hash=token_hash, user_id=user_id, expires_at=expires_at)
    session.execute(
        new.on_conflict_do_update(index_elements=["token_hash", "user_id"], set_={"expires_at": expires_at})
    )
    latest = (
        select(KnownDevice.token_hash)
        .where(KnownDevice.user_id == user_id)
        .order_by(KnownDevice.expires_at.desc(), KnownDevice.token_hash)
        .limit(most)
    )
    session.execute(
        delete(KnownDevice)
        .where(KnownDevice.user_id == user_id, KnownDevice.token_hash.not_in(latest))
        .execution_options(synchronize_session=False)
    )


def forget_expired(session: Session, now: datetime) -> None:
    session.execute(delete(KnownDevice).where(KnownDevice.expires_at <= now))
