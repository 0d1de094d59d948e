"""From somebody who has shown who they are to a session; or to a second step, where they have asked for one."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import history_queries, known_device, pending_queries, queries
from cloud.accounts.access import Actor
from cloud.accounts.pending_queries import Kind
from cloud.accounts.rules import DEVICE_LIFETIME, expires_at, new_token, token_hash
from cloud.accounts.second_step import queries as second_step
from cloud.accounts.visitor import cookie_name, session_cookie
from cloud.kit.i18n import Language, language_of
from cloud.kit.web.service import LANGUAGE_COOKIE, service

A_YEAR = timedelta(days=365)
SECOND_STEP_COOKIE = "second-step"
SECOND_STEP_WAITS = timedelta(minutes=10)
"""To look for the phone; then the password is asked for again."""


def first_step_done(request: Request, actor: Actor, then: str) -> Response:
    """`then` is a path of this service."""
    kit = service(request)
    now = kit.clock()
    with kit.database.reading() as session:
        asks_more = second_step.is_on(session, actor.user_id)
    if not asks_more:
        return begin(request, actor, then)
    with kit.database.writing() as session:
        token = pending_queries.begin(
            session,
            Kind.SECOND_STEP,
            user_id=actor.user_id,
            facts={"then": then},
            now=now,
            until=now + SECOND_STEP_WAITS,
        )
    response = RedirectResponse("/login/code", 303)
    set_cookie(request, response, cookie_name(request, SECOND_STEP_COOKIE), token, SECOND_STEP_WAITS)
    return response


def begin_session(request: Request, user_id: UUID, then: str) -> Response:
    """For somebody who has just shown who they are, as far as they are asked to."""
    with service(request).database.reading() as session:
        actor = queries.actor_of(session, queries.user(session, user_id), service(request).clock())
    return begin(request, actor, then)


def see_other(path: str) -> Response:
    return RedirectResponse(path, 303)


def begin(request: Request, actor: Actor, then: str, *, answer: Callable[[str], Response] = see_other) -> Response:
    """A new token at every log-in: one that somebody planted before is worth nothing after.

    Whoever has to be told that somebody else changed their way in is led there first; `answer` leads them.
    """
    kit, token, old = service(request), new_token(), request.cookies.get(session_cookie(request))
    now = kit.clock()
    ends, key, agent = expires_at(actor, now), token_hash(token), request.headers.get("user-agent", "")
    with kit.database.writing() as session:
        renewed = old is not None and queries.renew_session(session, token_hash(old), actor.user_id, key)
        if old and not renewed:
            queries.end_session(session, token_hash(old))
        queries.add_session(session, token_hash=key, user_id=actor.user_id, now=now, expires_at=ends, user_agent=agent)
        if LANGUAGE_COOKIE in request.cookies:
            queries.set_locale(session, actor.user_id, language_of(request.cookies[LANGUAGE_COOKIE]))
        device = known_device.remember(request, session, actor.user_id, now)
        told_first = history_queries.has_unread(session, actor.user_id)
    response = answer("/account" if told_first else then)
    set_cookie(request, response, session_cookie(request), token, ends - now)
    set_cookie(request, response, cookie_name(request, known_device.COOKIE), device, DEVICE_LIFETIME)
    if LANGUAGE_COOKIE not in request.cookies:
        remember_language(request, response, language_of(actor.locale))
    return response


def set_cookie(request: Request, response: Response, name: str, value: str, life: timedelta) -> None:
    """Out of every script's reach. Lax: whoever follows a link from a message is still logged in."""
    response.set_cookie(
        name,
        value,
        max_age=int(life.total_seconds()),
        httponly=True,
        secure=service(request).https,
        samesite="lax",
    )


def forget_cookie(request: Request, response: Response, name: str) -> None:
    response.delete_cookie(name, httponly=True, secure=service(request).https, samesite="lax")


def remember_language(request: Request, response: Response, language: Language) -> None:
    set_cookie(request, response, LANGUAGE_COOKIE, language, A_YEAR)
