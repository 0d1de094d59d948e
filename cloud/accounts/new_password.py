"""Somebody has forgotten their password: a code on paper lets them choose another one, once.

It takes the place of the password alone: a second step is asked for as ever. Whoever makes one has found out first
that the account is theirs to help.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts import history_queries, pending_queries, queries
from cloud.accounts.access import Actor
from cloud.accounts.codes import as_typed, new_code
from cloud.accounts.history import Change
from cloud.accounts.pending_queries import Kind
from cloud.accounts.tables import User
from cloud.kit.errors import NotFound
from cloud.kit.i18n import marked

LIFE = timedelta(days=7)
"""Shorter than an invitation's: whoever asked for it waits for it, and behind this code there is an account already."""


def make_code(
    session: Session, user_id: UUID, *, by_id: UUID | None, by_name: str, school_id: UUID | None, now: datetime
) -> str:
    """The code, which the database does not hold; one made before is worth nothing from now on. The owner is told by
    whom. `school_id` is None for whoever runs the service. Raises NotFound for an account that is closed."""
    if queries.active_user(session, user_id, alone=True) is None:
        raise NotFound("This log-in is closed.")
    pending_queries.drop(session, user_id, Kind.NEW_PASSWORD)
    code = new_code()
    facts = {"school": str(school_id)} if school_id else {}
    pending_queries.begin(
        session, Kind.NEW_PASSWORD, user_id=user_id, facts=facts, now=now, until=now + LIFE, token=code
    )
    history_queries.add(session, user_id, Change.PASSWORD_CODE, by_name=by_name, now=now)
    if school_id:
        audit.note(session, school_id, by_id, Change.PASSWORD_CODE, user_id, now=now)
    return code


def owner_of(session: Session, typed: str, now: datetime) -> User | None:
    """Whose password the code is for; None where it is none, or none any more."""
    pending = pending_queries.find(session, Kind.NEW_PASSWORD, as_typed(typed), now)
    return queries.active_user(session, pending.user_id) if pending and pending.user_id else None


def choose(session: Session, typed: str, password_hash: str, now: datetime) -> Actor:
    """Ends every session, and whatever else of theirs is half done. Raises NotFound, also for the second of two."""
    user = owner_of(session, typed, now)
    pending = pending_queries.take(session, Kind.NEW_PASSWORD, as_typed(typed), now)
    if user is None or pending is None:
        raise NotFound(marked("This code is not valid, or no longer. Please ask the school's office for a new one."))
    queries.set_password_hash(session, user.id, password_hash)
    queries.end_own_sessions(session, user.id, keep="")
    pending_queries.drop(session, user.id)
    history_queries.add(session, user.id, Change.PASSWORD_BY_CODE, by_name=None, now=now)
    actor = queries.actor_of(session, user, now)
    schools = dict.fromkeys(actor.schools) | ({UUID(pending.facts["school"]): None} if pending.facts else {})
    for school_id in schools:
        audit.note(session, school_id, user.id, Change.PASSWORD_BY_CODE, user.id, now=now)
    return actor
