"""All SQL of accounts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Grant, Role, Scope
from cloud.accounts.tables import RoleGrant, User, UserSession
from cloud.kit.clock import school_day
from cloud.kit.db import insert


def user_by_login(session: Session, login: str) -> User | None:
    """`login` in its normal form."""
    return session.scalars(select(User).where(User.login == login, User.disabled_at.is_(None))).one_or_none()


def user(session: Session, user_id: UUID) -> User:
    """Of a session that holds: the user is there."""
    return session.scalars(select(User).where(User.id == user_id)).one()


def active_user(session: Session, user_id: UUID) -> User | None:
    """Unless they were disabled meanwhile."""
    return session.scalars(select(User).where(User.id == user_id, User.disabled_at.is_(None))).one_or_none()


def is_taken(session: Session, login: str) -> bool:
    """Also by a user who was disabled."""
    return session.scalar(select(User.id).where(User.login == login)) is not None


def actor_of(session: Session, user: User, now: datetime) -> Actor:
    grants = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id).order_by(RoleGrant.id))
    return Actor(
        user_id=user.id,
        display_name=user.display_name,
        locale=user.locale,
        today=school_day(now),
        grants=tuple(
            Grant(Role(grant.role), grant.school_id, Scope(grant.scope_kind), grant.scope_id, grant.grade)
            for grant in grants
        ),
    )


def actor_by_session(session: Session, token_hash: str, now: datetime) -> Actor | None:
    """Who holds this session, unless it has ended or its user was disabled."""
    user: User | None = session.scalars(_holder(select(User), token_hash, now)).one_or_none()
    return actor_of(session, user, now) if user else None


def session_holds(session: Session, token_hash: str, now: datetime) -> bool:
    """Whether `actor_by_session` would find anybody."""
    return session.scalar(_holder(select(User.id), token_hash, now)) is not None


def _holder(of: Select[Any], token_hash: str, now: datetime) -> Select[Any]:
    return of.join(UserSession, UserSession.user_id == User.id).where(
        UserSession.token_hash == token_hash, UserSession.expires_at > now, User.disabled_at.is_(None)
    )


def last_seen_at(session: Session, token_hash: str) -> datetime | None:
    return session.scalar(select(UserSession.last_seen_at).where(UserSession.token_hash == token_hash))


def began_at(session: Session, token_hash: str) -> datetime | None:
    return session.scalar(select(UserSession.created_at).where(UserSession.token_hash == token_hash))


def touch_session(session: Session, token_hash: str, now: datetime) -> None:
    session.execute(update(UserSession).where(UserSession.token_hash == token_hash).values(last_seen_at=now))


def add_session(
    session: Session, *, token_hash: str, user_id: UUID, now: datetime, expires_at: datetime, user_agent: str
) -> None:
    """One that begins now; a renewed one, too. Also forgets what has expired: there is no other moment at which
    anybody would miss it."""
    values = {
        "user_id": user_id,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": expires_at,
        "user_agent": user_agent[:300],
    }
    statement = insert(session, UserSession).values(token_hash=token_hash, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["token_hash"], set_=values))
    session.execute(delete(UserSession).where(UserSession.expires_at <= now))


def renew_session(session: Session, old: str, user_id: UUID, token_hash: str) -> bool:
    """Give this user's session `old` another token; what belongs to it stays. Returns whether it is theirs."""
    renewed = (
        update(UserSession)
        .where(UserSession.token_hash == old, UserSession.user_id == user_id)
        .values(token_hash=token_hash)
        .returning(UserSession.user_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(renewed) is not None


def end_session(session: Session, token_hash: str) -> None:
    session.execute(delete(UserSession).where(UserSession.token_hash == token_hash))


def forget_sessions(session: Session, expired_before: datetime) -> None:
    session.execute(delete(UserSession).where(UserSession.expires_at < expired_before))


def own_sessions(session: Session, user_id: UUID, now: datetime) -> list[UserSession]:
    """Those that hold, the last used first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(UserSession.user_id == user_id, UserSession.expires_at > now)
            .order_by(UserSession.last_seen_at.desc())
        )
    )


def end_own_sessions(session: Session, user_id: UUID, *, keep: str, reference: str | None = None) -> None:
    """All but the session `keep`; only the one whose hash begins with `reference`, if given."""
    own = delete(UserSession).where(UserSession.user_id == user_id, UserSession.token_hash != keep)
    if reference is not None:
        own = own.where(UserSession.token_hash.startswith(reference, autoescape=True))
    session.execute(own)


def set_locale(session: Session, user_id: UUID, locale: str) -> None:
    session.execute(update(User).where(User.id == user_id).values(locale=locale))


def set_password_hash(session: Session, user_id: UUID, password_hash: str) -> None:
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


def add_user(
    session: Session,
    *,
    login: str,
    display_name: str,
    password_hash: str | None,
    locale: str,
    grants: Iterable[Grant] = (),
) -> User:
    """`login` in its normal form. Raises IntegrityError at the flush if it is taken."""
    user = User(login=login, display_name=display_name, password_hash=password_hash, locale=locale)
    session.add(user)
    session.flush()
    session.add_all(
        RoleGrant(
            user_id=user.id,
            role=grant.role,
            school_id=grant.school_id,
            scope_kind=grant.scope_kind,
            scope_id=grant.scope_id,
            grade=grant.grade,
        )
        for grant in grants
    )
    return user
