"""Browsers in which somebody has come in before, by a cookie (OWASP: "Slow Down Online Guessing Attacks with Device
Cookies"). A school or a carrier's phones share one address: without it, whoever fails there for somebody's log-in name,
again and again, would make them wait too.

The cookie opens nothing. What fails with it counts for it alone; for a name that never came in with it, it is none.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.requests import Request

from cloud.accounts import device_queries as queries
from cloud.accounts.rules import DEVICE_LIFETIME, new_token, token_hash
from cloud.accounts.visitor import cookie_name
from cloud.kit.web.service import address, service

COOKIE = "known-device"
MOST = 20
"""Of one user, the latest: a browser that forgets its cookies is a new one every day."""


def where_from(request: Request, login: str) -> str:
    """What the throttle counts tries of this log-in name (in its normal form) under: the browser, if they came in with
    it before, else the address."""
    if token := request.cookies.get(cookie_name(request, COOKIE)):
        key = token_hash(token)
        with service(request).database.reading() as session:
            if queries.knows(session, key, login, service(request).clock()):
                return f"device {key}"
    return address(request)


def remember(request: Request, session: Session, user_id: UUID, now: datetime) -> str:
    """That they have come in with this browser; the new token of its cookie. A copy of the one before is worth nothing
    from now on, whoever made or planted it; others who came in with it are still known."""
    token, before = new_token(), request.cookies.get(cookie_name(request, COOKIE))
    if before:
        queries.renew(session, token_hash(before), token_hash(token))
    queries.add(session, token_hash(token), user_id, expires_at=now + DEVICE_LIFETIME, most=MOST)
    return token
