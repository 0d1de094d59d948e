"""Logging in and out, and the choice of language."""

from math import ceil
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import queries
from cloud.accounts.known_device import where_from
from cloud.accounts.login_page import login_page
from cloud.accounts.passwords import Passwords
from cloud.accounts.rules import normal_login, own_path, token_hash
from cloud.accounts.signing_in import first_step_done, forget_cookie, remember_language
from cloud.accounts.throttle import Throttle
from cloud.accounts.visitor import MaybeVisitor, session_cookie
from cloud.kit.i18n import Language
from cloud.kit.web.service import service

router = APIRouter(include_in_schema=False)

PasswordText = Annotated[str, Form(max_length=500)]
ShortText = Annotated[str, Form(max_length=500)]


@router.get("/login")
def show_login(request: Request, visitor: MaybeVisitor, next: str = "/") -> Response:  # noqa: A002 - the query's name
    if visitor:
        return RedirectResponse(own_path(next), 303)
    return login_page(request, then=next)


@router.post("/login")
def log_in(
    request: Request,
    login: ShortText = "",
    password: PasswordText = "",
    next: ShortText = "/",  # noqa: A002
) -> Response:
    passwords: Passwords = request.app.state.passwords
    throttle: Throttle = request.app.state.throttle
    name = normal_login(login)
    come_from = where_from(request, name)
    wait_s = throttle.wait_s(come_from, name)
    if wait_s > 0:
        answer = login_page(request, login=login, then=next, wait_s=ceil(wait_s), status=429)
        answer.headers["Retry-After"] = str(ceil(wait_s))
        return answer
    with service(request).database.reading() as session:
        user = queries.user_by_login(session, name)
        actor = queries.actor_of(session, user, service(request).clock()) if user else None
    verdict = passwords.verify(user.password_hash if user else None, password)
    if actor is None or not verdict.right:
        throttle.failed(come_from, name)
        return login_page(request, login=login, then=next, refused=True, status=403)
    throttle.succeeded(come_from, name)
    if verdict.replacement:
        with service(request).database.writing() as session:
            queries.set_password_hash(session, actor.user_id, verdict.replacement)
    return first_step_done(request, actor, own_path(next))


@router.post("/logout")
def log_out(request: Request) -> Response:
    name = session_cookie(request)
    if token := request.cookies.get(name):
        with service(request).database.writing() as session:
            queries.end_session(session, token_hash(token))
    response = RedirectResponse("/login", 303)
    forget_cookie(request, response, name)
    return response


@router.post("/language")
def choose_language(request: Request, visitor: MaybeVisitor, language: Annotated[Language, Form()]) -> Response:
    """The choice holds for this browser, and for messages to whoever is signed in."""
    if visitor:
        with service(request).database.writing() as session:
            queries.set_locale(session, visitor.actor.user_id, language)
    came_from = request.headers.get("referer", "").removeprefix(str(request.base_url).rstrip("/"))
    response = RedirectResponse(own_path(came_from), 303)
    remember_language(request, response, language)
    return response
