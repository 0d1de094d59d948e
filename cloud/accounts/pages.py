"""Logging in and out, and the choice of language."""

from dataclasses import dataclass
from math import ceil
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import queries
from cloud.accounts.access import Actor
from cloud.accounts.passwords import Passwords
from cloud.accounts.rules import expires_at, new_token, normal_login, own_path, token_hash
from cloud.accounts.throttle import Throttle
from cloud.accounts.visitor import MaybeVisitor, session_cookie
from cloud.kit.i18n import Language, language_of
from cloud.kit.web.service import LANGUAGE_COOKIE, page, service

router = APIRouter(include_in_schema=False)

A_YEAR_S = 365 * 24 * 3600
PasswordText = Annotated[str, Form(max_length=500)]
ShortText = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class LoginView:
    login: str
    next: str
    refused: bool = False
    wait_s: int = 0


@router.get("/login")
def show_login(request: Request, visitor: MaybeVisitor, next: str = "/") -> Response:  # noqa: A002 - the query's name
    if visitor:
        return RedirectResponse(own_path(next), 303)
    return page(request, "accounts/login.html", LoginView("", own_path(next)), signed_in=False)


@router.post("/login")
def log_in(
    request: Request,
    login: ShortText = "",
    password: PasswordText = "",
    next: ShortText = "/",  # noqa: A002
) -> Response:
    passwords: Passwords = request.app.state.passwords
    throttle: Throttle = request.app.state.throttle
    name, address = normal_login(login), request.client.host if request.client else ""
    wait_s = throttle.wait_s(address, name)
    if wait_s > 0:
        view = LoginView(login, own_path(next), wait_s=ceil(wait_s))
        answer = page(request, "accounts/login.html", view, status=429, signed_in=False)
        answer.headers["Retry-After"] = str(ceil(wait_s))
        return answer
    with service(request).database.reading() as session:
        user = queries.user_by_login(session, name)
        actor = queries.actor_of(session, user, service(request).clock()) if user else None
    verdict = passwords.verify(user.password_hash if user else None, password)
    if actor is None or not verdict.right:
        throttle.failed(address, name)
        view = LoginView(login, own_path(next), refused=True)
        return page(request, "accounts/login.html", view, status=403, signed_in=False)
    throttle.succeeded(address, name)
    return _begin(request, actor, own_path(next), verdict.replacement)


def begin_session(request: Request, user_id: UUID, then: str) -> Response:
    """For somebody who has just shown who they are. `then` is a path of this service."""
    with service(request).database.reading() as session:
        actor = queries.actor_of(session, queries.user(session, user_id), service(request).clock())
    return _begin(request, actor, then, None)


def _begin(request: Request, actor: Actor, then: str, password_hash: str | None) -> Response:
    """A new token at every log-in: one that somebody planted before is worth nothing after."""
    kit, token, old = service(request), new_token(), request.cookies.get(session_cookie(request))
    now = kit.clock()
    ends = expires_at(actor, now)
    with kit.database.writing() as session:
        if old:
            queries.end_session(session, token_hash(old))
        if password_hash:
            queries.set_password_hash(session, actor.user_id, password_hash)
        queries.add_session(
            session,
            token_hash=token_hash(token),
            user_id=actor.user_id,
            now=now,
            expires_at=ends,
            user_agent=request.headers.get("user-agent", ""),
        )
        if LANGUAGE_COOKIE in request.cookies:
            queries.set_locale(session, actor.user_id, language_of(request.cookies[LANGUAGE_COOKIE]))
    response = RedirectResponse(then, 303)
    response.set_cookie(
        session_cookie(request),
        token,
        max_age=int((ends - now).total_seconds()),
        httponly=True,
        secure=kit.https,
        samesite="lax",
    )
    if LANGUAGE_COOKIE not in request.cookies:
        _choose(response, request, language_of(actor.locale))
    return response


@router.post("/logout")
def log_out(request: Request) -> Response:
    name = session_cookie(request)
    if token := request.cookies.get(name):
        with service(request).database.writing() as session:
            queries.end_session(session, token_hash(token))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(name, httponly=True, secure=service(request).https, samesite="lax")
    return response


@router.post("/language")
def choose_language(request: Request, visitor: MaybeVisitor, language: Annotated[Language, Form()]) -> Response:
    """The choice holds for this browser, and for messages to whoever is signed in."""
    if visitor:
        with service(request).database.writing() as session:
            queries.set_locale(session, visitor.actor.user_id, language)
    came_from = request.headers.get("referer", "").removeprefix(str(request.base_url).rstrip("/"))
    response = RedirectResponse(own_path(came_from), 303)
    _choose(response, request, language)
    return response


def _choose(response: Response, request: Request, language: Language) -> None:
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=A_YEAR_S, httponly=True, secure=service(request).https, samesite="lax"
    )
