"""All SQL of what began and waits for its second half (`PendingStep`). Only who holds the token finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.accounts.rules import new_token, token_hash
from cloud.accounts.tables import PendingStep


class Kind(StrEnum):
    SECOND_STEP = "second_step"
    """The password was right; a code is awaited."""
    NEW_PASSKEY = "new_passkey"
    PASSKEY = "passkey"
    AT_PROVIDER = "at_provider"
    """Somebody was sent to the school's own sign-in and is to come back."""
    STRANGER = "stranger"
    """They came back, and nobody here is linked to them yet."""
    NEW_PASSWORD = "new_password"
    """They have forgotten their password, and somebody was given a code for them."""


@dataclass(frozen=True, slots=True)
class Pending:
    user_id: UUID | None
    facts: Mapping[str, str]


def begin(
    session: Session,
    kind: Kind,
    *,
    user_id: UUID | None = None,
    facts: Mapping[str, str] | None = None,
    now: datetime,
    until: datetime,
    token: str | None = None,
) -> str:
    """The token, which the database does not hold. Also forgets what has expired."""
    token = token or new_token()
    session.execute(delete(PendingStep).where(PendingStep.expires_at <= now))
    session.add(
        PendingStep(token_hash=token_hash(token), kind=kind, user_id=user_id, facts=dict(facts or {}), expires_at=until)
    )
    return token


def drop(session: Session, user_id: UUID, kind: Kind | None = None) -> None:
    """All that waits for this user, or what is of one kind."""
    of_user = delete(PendingStep).where(PendingStep.user_id == user_id)
    session.execute(of_user.where(PendingStep.kind == kind) if kind else of_user)


def find(session: Session, kind: Kind, token: str | None, now: datetime) -> Pending | None:
    if not token:
        return None
    row = session.scalars(
        select(PendingStep).where(
            PendingStep.token_hash == token_hash(token), PendingStep.kind == kind, PendingStep.expires_at > now
        )
    ).one_or_none()
    return Pending(row.user_id, row.facts) if row else None


def take(session: Session, kind: Kind, token: str | None, now: datetime) -> Pending | None:
    """What only one caller is given, once."""
    found = find(session, kind, token, now)
    if found is None or token is None:
        return None
    gone = session.execute(
        delete(PendingStep).where(PendingStep.token_hash == token_hash(token)).returning(PendingStep.token_hash)
    ).first()
    return found if gone else None
