"""All SQL of second steps."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cloud.accounts.second_step.tables import RecoveryCode, SecondStep


def of_user(session: Session, user_id: UUID) -> SecondStep | None:
    return session.scalars(select(SecondStep).where(SecondStep.user_id == user_id)).one_or_none()


def is_on(session: Session, user_id: UUID) -> bool:
    found = select(SecondStep.user_id).where(SecondStep.user_id == user_id, SecondStep.confirmed_at.is_not(None))
    return session.scalar(found) is not None


def begin(session: Session, user_id: UUID, sealed: bytes, now: datetime) -> None:
    """In place of one that was begun and never confirmed."""
    forget(session, user_id)
    session.add(SecondStep(user_id=user_id, sealed=sealed, begun_at=now))
    session.flush()


def take_step(session: Session, user_id: UUID, step: int) -> bool:
    """Whether the caller is the one who may use this step's code: of two at the same moment only one."""
    later = update(SecondStep).where(SecondStep.user_id == user_id, SecondStep.last_step < step)
    return session.execute(later.values(last_step=step).returning(SecondStep.user_id)).first() is not None


def confirm(session: Session, user_id: UUID, now: datetime) -> None:
    session.execute(update(SecondStep).where(SecondStep.user_id == user_id).values(confirmed_at=now))


def forget(session: Session, user_id: UUID) -> bool:
    """With its recovery codes. Whether there was one that counted."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    gone = session.execute(
        delete(SecondStep).where(SecondStep.user_id == user_id).returning(SecondStep.confirmed_at)
    ).first()
    return gone is not None and gone[0] is not None


def replace_recovery_codes(session: Session, user_id: UUID, digests: Iterable[str]) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(RecoveryCode(user_id=user_id, digest=digest) for digest in digests)
    session.flush()


def use_recovery_code(session: Session, user_id: UUID, digest: str) -> bool:
    used = delete(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.digest == digest)
    return session.execute(used.returning(RecoveryCode.digest)).first() is not None


def recovery_codes_left(session: Session, user_id: UUID) -> int:
    return session.scalar(select(func.count()).where(RecoveryCode.user_id == user_id)) or 0
