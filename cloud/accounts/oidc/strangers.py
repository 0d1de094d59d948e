"""Somebody has come back from the provider whom no account here is linked to: an invitation may use it."""

from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import pending_queries
from cloud.accounts.oidc import queries
from cloud.accounts.oidc.provider import Identity, Provider
from cloud.accounts.pending_queries import Kind
from cloud.accounts.signing_in import set_cookie
from cloud.accounts.tables import User
from cloud.accounts.visitor import cookie_name
from cloud.kit.errors import Conflict, Forbidden
from cloud.kit.i18n import marked
from cloud.kit.web.service import service

COOKIE = "stranger"
WAITS = timedelta(minutes=15)
"""To type an invitation's code."""


def provider_of(request: Request) -> Provider | None:
    found = request.app.state.provider
    assert found is None or isinstance(found, Provider)
    return found


def remember(request: Request, response: Response, identity: Identity) -> None:
    """Who has proved to be `identity`, in this browser."""
    kit = service(request)
    facts = {"issuer": identity.issuer, "subject": identity.subject, "label": identity.label}
    with kit.database.writing() as session:
        token = pending_queries.begin(session, Kind.STRANGER, facts=facts, now=kit.clock(), until=kit.clock() + WAITS)
    set_cookie(request, response, cookie_name(request, COOKIE), token, WAITS)


def stranger(request: Request) -> Identity | None:
    kit = service(request)
    with kit.database.reading() as session:
        found = pending_queries.find(session, Kind.STRANGER, _token(request), kit.clock())
    return Identity(**found.facts) if found else None


def link_stranger(session: Session, request: Request, user: User) -> None:
    """To a user who has just been made by an invitation. Raises Forbidden or Conflict, and nobody is made."""
    now = service(request).clock()
    found = pending_queries.take(session, Kind.STRANGER, _token(request), now)
    if found is None:
        raise Forbidden(marked("This took too long. Please begin again from the invitation."))
    if not queries.link(session, Identity(**found.facts), user.id, now):
        raise Conflict(marked("That sign-in belongs to an account here already: log in with it first."))


def _token(request: Request) -> str | None:
    return request.cookies.get(cookie_name(request, COOKIE))
