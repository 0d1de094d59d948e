"""Logging in by the school's own sign-in, and linking an account to it."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import history, pending_queries, queries
from cloud.accounts.history import Change
from cloud.accounts.login_page import login_page
from cloud.accounts.oidc import queries as links
from cloud.accounts.oidc.provider import CALLBACK, Attempt, Identity, Provider
from cloud.accounts.oidc.strangers import provider_of, remember
from cloud.accounts.own_pages import account_page
from cloud.accounts.passkeys import queries as passkeys
from cloud.accounts.pending_queries import Kind, Pending
from cloud.accounts.proving import prove
from cloud.accounts.rules import new_token, own_path
from cloud.accounts.signing_in import first_step_done, forget_cookie, set_cookie
from cloud.accounts.visitor import MaybeVisitor, SignedIn, Visitor, cookie_name
from cloud.kit.errors import CloudError, Conflict, Forbidden, NotFound
from cloud.kit.i18n import marked, said_by
from cloud.kit.web.service import page, service

router = APIRouter(include_in_schema=False)

COOKIE = "at-provider"
AWAY_FOR = timedelta(minutes=15)
"""How long somebody may take at the provider."""
Text = Annotated[str, Form(max_length=500)]
FromProvider = Annotated[str, Query(max_length=4000)]


@dataclass(frozen=True, slots=True)
class ContinueView:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class StrangerView:
    name: str
    label: str


@router.get("/login/oidc")
def go_to_provider(request: Request, visitor: MaybeVisitor, next: str = "/") -> Response:  # noqa: A002
    provider = _provider(request)
    if visitor:
        return RedirectResponse(own_path(next), 303)
    try:
        token = new_token()
        response = RedirectResponse(provider.address(Attempt(token)), 303)
        _remember(request, response, token, facts={"then": own_path(next)})
        return response
    except CloudError as error:
        return login_page(request, then=next, problem=said_by(error), status=error.status)


@router.get(CALLBACK)
def come_back(
    request: Request,
    visitor: MaybeVisitor,
    code: FromProvider = "",
    state: FromProvider = "",
    error: FromProvider = "",
) -> Response:
    provider, token = _provider(request), request.cookies.get(cookie_name(request, COOKIE), "")
    with service(request).database.writing() as session:
        pending = pending_queries.take(session, Kind.AT_PROVIDER, token, service(request).clock())
    try:
        if pending is None or not hmac.compare_digest(Attempt(token).state.encode(), state.encode()):
            raise Forbidden(marked("This log-in took too long, or began in another browser. Please try again."))
        if error or not code:
            raise Forbidden(marked("Nothing was confirmed there, so nobody was logged in."))
        identity = provider.identity(code, Attempt(token))
        response = (
            _linked(request, visitor, pending, identity) if pending.user_id else _entered(request, pending, identity)
        )
    except CloudError as problem:
        response = _refused(request, visitor, pending, problem)
    forget_cookie(request, response, cookie_name(request, COOKIE))
    return response


@router.post("/account/oidc/linked")
def begin_link(request: Request, visitor: SignedIn, proof: Text = "") -> Response:
    """A page with the way to the provider, not a redirect: a form may lead nowhere else, by our own policy."""
    provider, token = _provider(request), new_token()
    try:
        prove(request, visitor, proof)
        address = provider.address(Attempt(token))
    except CloudError as error:
        return account_page(request, visitor, refused=said_by(error), status=error.status)
    response = page(request, "accounts/oidc_continue.html", ContinueView(provider.name, address))
    _remember(request, response, token, facts={"then": "/account"}, user_id=visitor.actor.user_id)
    return response


@router.post("/account/oidc/unlinked")
def unlink(request: Request, visitor: SignedIn) -> Response:
    provider, user_id = _provider(request), visitor.actor.user_id
    try:
        with service(request).database.writing() as session:
            if queries.user(session, user_id).password_hash is None and not passkeys.count(session, user_id):
                raise Conflict(marked("You could not log in any more: choose a password first."))
            if links.unlink(session, provider.issuer, user_id):
                history.note(session, visitor.actor, Change.IDENTITY_UNLINKED, now=service(request).clock())
    except Conflict as error:
        return account_page(request, visitor, refused=said_by(error), status=error.status)
    return RedirectResponse("/account", 303)


def _entered(request: Request, pending: Pending, identity: Identity) -> Response:
    """Logged in where an account is linked; else only known by name, for an invitation to be used."""
    kit, then = service(request), pending.facts["then"]
    with kit.database.reading() as session:
        user_id = links.user_id_of(session, identity)
        user = queries.active_user(session, user_id) if user_id else None
        actor = queries.actor_of(session, user, kit.clock()) if user else None
    if actor:
        return first_step_done(request, actor, then)
    if user_id:
        raise Forbidden(marked("This account is closed. The school's office can help."))
    if then.startswith("/join/"):
        response: Response = RedirectResponse(then, 303)
    else:
        view = StrangerView(_provider(request).name, identity.label)
        response = page(request, "accounts/oidc_stranger.html", view, status=403, signed_in=False)
    remember(request, response, identity)
    return response


def _linked(request: Request, visitor: Visitor | None, pending: Pending, identity: Identity) -> Response:
    kit = service(request)
    if visitor is None or visitor.actor.user_id != pending.user_id:
        raise Forbidden(marked("You have logged out meanwhile, so nothing was linked."))
    with kit.database.writing() as session:
        if not links.link(session, identity, visitor.actor.user_id, kit.clock()):
            raise Conflict(marked("That sign-in belongs to another account here, so nothing was linked."))
        history.note(session, visitor.actor, Change.IDENTITY_LINKED, now=kit.clock())
    return RedirectResponse("/account", 303)


def _refused(request: Request, visitor: Visitor | None, pending: Pending | None, problem: CloudError) -> Response:
    if visitor:
        return account_page(request, visitor, refused=said_by(problem), status=problem.status)
    then = pending.facts["then"] if pending else "/"
    return login_page(request, then=then, problem=said_by(problem), status=problem.status)


def _remember(
    request: Request, response: Response, token: str, *, facts: dict[str, str], user_id: UUID | None = None
) -> None:
    """That this browser has been sent, and what for."""
    kit = service(request)
    with kit.database.writing() as session:
        now = kit.clock()
        pending_queries.begin(
            session, Kind.AT_PROVIDER, user_id=user_id, facts=facts, now=now, until=now + AWAY_FOR, token=token
        )
    set_cookie(request, response, cookie_name(request, COOKIE), token, AWAY_FOR)


def _provider(request: Request) -> Provider:
    """Raises NotFound where the school has none."""
    if (found := provider_of(request)) is None:
        raise NotFound("This school has no sign-in of its own.")
    return found
