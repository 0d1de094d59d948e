"""Who is asking: FastAPI's dependencies that turn a cookie into an Actor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import BackgroundTasks, Depends
from starlette.requests import Request

from cloud.accounts import queries
from cloud.accounts.access import Actor
from cloud.accounts.rules import SEEN_EVERY, token_hash
from cloud.kit.db import Database
from cloud.kit.errors import Unauthenticated
from cloud.kit.web.service import service


@dataclass(frozen=True, slots=True)
class Visitor:
    """`token_hash` names the session, so that a long answer can see whether it still holds."""

    actor: Actor
    token_hash: str


def cookie_name(request: Request, name: str) -> str:
    """By https the prefix makes browsers refuse one that another host or plain http has set."""
    return f"__Host-{name}" if service(request).https else name


def session_cookie(request: Request) -> str:
    return cookie_name(request, "session")


def visitor_or_none(request: Request, afterwards: BackgroundTasks) -> Visitor | None:
    token = request.cookies.get(session_cookie(request))
    if not token:
        return None
    key, now = token_hash(token), service(request).clock()
    with service(request).database.reading() as session:
        held = queries.held_by(session, key, now)
    if held is None:
        return None
    actor, seen_at = held
    if now - seen_at > SEEN_EVERY:
        # Once they have their page: the first look of the day need not wait for whoever writes.
        afterwards.add_task(_touch, service(request).database, key, now)
    request.state.visitor = found = Visitor(actor, key)
    return found


def _touch(database: Database, key: str, now: datetime) -> None:
    with database.writing() as session:
        queries.touch_session(session, key, now)


def known_visitor(request: Request) -> Visitor | None:
    """Whoever was found to be asking, if this request has been asked already."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    return found


def visitor(request: Request, afterwards: BackgroundTasks) -> Visitor:
    """Raises Unauthenticated: a person is then taken to the log-in page."""
    found = visitor_or_none(request, afterwards)
    if found is None:
        raise Unauthenticated("Please log in.")
    return found


MaybeVisitor = Annotated[Visitor | None, Depends(visitor_or_none)]
SignedIn = Annotated[Visitor, Depends(visitor)]
