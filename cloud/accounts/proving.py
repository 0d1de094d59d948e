"""That it is still the owner who sits before an open session, before a way in is added or taken away."""

from datetime import datetime, timedelta
from math import ceil

from starlette.requests import Request

from cloud.accounts import queries
from cloud.accounts.passwords import Passwords
from cloud.accounts.second_step import keeping, rules
from cloud.accounts.second_step import queries as second_step
from cloud.accounts.throttle import Throttle
from cloud.accounts.visitor import Visitor
from cloud.kit.errors import Forbidden, TooMany
from cloud.kit.i18n import marked, phrase
from cloud.kit.web.service import service

FRESH = timedelta(minutes=10)
"""Whoever has neither password nor app has shown who they are by logging in, this long ago at most."""
PROOFS = "proofs"
"""What the throttle counts tries of one session under: whoever took it over slows down nobody else."""


def can_type_a_proof(request: Request, visitor: Visitor) -> bool:
    """Whether there is something to ask for: a password, or a code."""
    with service(request).database.reading() as session:
        has_password = queries.user(session, visitor.actor.user_id).password_hash is not None
        return has_password or second_step.is_on(session, visitor.actor.user_id)


def prove(request: Request, visitor: Visitor, typed: str) -> None:
    """`typed` is the password, or a code of the second step. Raises Forbidden or TooMany."""
    throttle = request.app.state.throttle
    assert isinstance(throttle, Throttle)
    if not can_type_a_proof(request, visitor):
        _require_fresh(request, visitor, service(request).clock())
        return
    if (wait_s := throttle.wait_s(visitor.token_hash, PROOFS)) > 0:
        raise TooMany(phrase(marked("Too many tries. Please try again in %(seconds)s seconds."), seconds=ceil(wait_s)))
    if not (_is_code(request, visitor, typed) or _is_password(request, visitor, typed)):
        throttle.failed(visitor.token_hash, PROOFS)
        raise Forbidden(marked("That is neither your password nor a code as it is now."))
    throttle.succeeded(visitor.token_hash, PROOFS)


def _require_fresh(request: Request, visitor: Visitor, now: datetime) -> None:
    with service(request).database.reading() as session:
        began_at = queries.began_at(session, visitor.token_hash)
    if began_at is None or now - began_at > FRESH:
        raise Forbidden(marked("For this, please log out, log in again, and do it within ten minutes."))


def _is_password(request: Request, visitor: Visitor, typed: str) -> bool:
    passwords = request.app.state.passwords
    assert isinstance(passwords, Passwords)
    with service(request).database.reading() as session:
        stored = queries.user(session, visitor.actor.user_id).password_hash
    return passwords.verify(stored, typed).right


def _is_code(request: Request, visitor: Visitor, typed: str) -> bool:
    """Only the app's: recovery codes are for logging in."""
    kit = service(request)
    if not rules.looks_like_a_code(typed) or kit.settings.secret_key is None:
        return False
    with kit.database.writing() as session:
        seal, user_id = keeping.seal_of(kit.settings.secret_key), visitor.actor.user_id
        return keeping.accept(session, seal, user_id, typed, kit.clock()) is not None
