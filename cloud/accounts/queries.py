"""All SQL of accounts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, select, update
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


def active_user(session: Session, user_id: UUID, *, alone: bool = False) -> User | None:
    """Unless disabled meanwhile. `alone`: whoever else wants them so waits for the end of this transaction."""
    found = select(User).where(User.id == user_id, User.disabled_at.is_(None))
    return session.scalars(found.with_for_update() if alone else found).one_or_none()


def is_taken(session: Session, login: str) -> bool:
    """Also by a user who was disabled."""
    return session.scalar(select(User.id).where(User.login == login)) is not None


_OF_A_GRANT = (RoleGrant.role, RoleGrant.school_id, RoleGrant.scope_kind, RoleGrant.scope_id, RoleGrant.grade)
_GRANTS = select(*_OF_A_GRANT).where(RoleGrant.user_id == bindparam("user_id")).order_by(RoleGrant.id)
_HOLDS = and_(
    UserSession.token_hash == bindparam("token_hash"),
    UserSession.expires_at > bindparam("now"),
    User.disabled_at.is_(None),
)
# Built once: every request asks for this, and building it takes longer than SQLite needs to answer. A row for each
# grant, and one for whoever has none.
_HOLDER = (
    select(User.id, User.display_name, User.locale, UserSession.last_seen_at, *_OF_A_GRANT)
    .join(UserSession, UserSession.user_id == User.id)
    .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
    .where(_HOLDS)
    .order_by(RoleGrant.id)
)
_HOLDER_ID = select(User.id).join(UserSession, UserSession.user_id == User.id).where(_HOLDS)


def actor_of(session: Session, user: User, now: datetime) -> Actor:
    granted = session.execute(_GRANTS, {"user_id": user.id})
    return _actor(user.id, user.display_name, user.locale, now, map(tuple, granted))


def actor_by_session(session: Session, token_hash: str, now: datetime) -> Actor | None:
    """Who holds this session, unless it has ended or its user was disabled."""
    found = held_by(session, token_hash, now)
    return found[0] if found else None


def held_by(session: Session, token_hash: str, now: datetime) -> tuple[Actor, datetime] | None:
    """Who holds this session and when it was last used, unless it has ended or its user was disabled."""
    rows = session.execute(_HOLDER, {"token_hash": token_hash, "now": now}).all()
    if not rows:
        return None
    user_id, display_name, locale, seen_at, *_ = rows[0]
    granted = (tuple(row[4:]) for row in rows if row.role is not None)
    return _actor(user_id, display_name, locale, now, granted), seen_at


def _actor(user_id: UUID, display_name: str, locale: str, now: datetime, granted: Iterable[tuple[Any, ...]]) -> Actor:
    grants = tuple(
        Grant(Role(role), school_id, Scope(scope_kind), scope_id, grade)
        for role, school_id, scope_kind, scope_id, grade in granted
    )
    return Actor(user_id=user_id, display_name=display_name, locale=locale, today=school_day(now), grants=grants)


def session_holds(session: Session, token_hash: str, now: datetime) -> bool:
    """Whether `actor_by_session` would find anybody."""
    return session.scalar(_HOLDER_ID, {"token_hash": token_hash, "now": now}) is not None


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
