"""All SQL of linked identities."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.accounts.oidc.provider import Identity
from cloud.accounts.oidc.tables import LinkedIdentity
from cloud.kit.db import insert


def user_id_of(session: Session, identity: Identity) -> UUID | None:
    return session.scalar(
        select(LinkedIdentity.user_id).where(
            LinkedIdentity.issuer == identity.issuer, LinkedIdentity.subject == identity.subject
        )
    )


def label_of(session: Session, issuer: str, user_id: UUID) -> str | None:
    """How the provider called the user; None where they are not linked to it."""
    own = select(LinkedIdentity.label).where(LinkedIdentity.issuer == issuer, LinkedIdentity.user_id == user_id)
    return session.scalar(own.order_by(LinkedIdentity.made_at).limit(1))


def link(session: Session, identity: Identity, user_id: UUID, now: datetime) -> bool:
    """Whether it was free, or theirs already."""
    new = insert(session, LinkedIdentity).values(
        issuer=identity.issuer, subject=identity.subject, user_id=user_id, label=identity.label, made_at=now
    )
    session.execute(new.on_conflict_do_nothing())
    return user_id_of(session, identity) == user_id


def unlink(session: Session, issuer: str, user_id: UUID) -> bool:
    gone = delete(LinkedIdentity).where(LinkedIdentity.issuer == issuer, LinkedIdentity.user_id == user_id)
    return session.execute(gone.returning(LinkedIdentity.subject)).first() is not None
