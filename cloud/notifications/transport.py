"""What every way to a guardian has in common. Four exist: Web Push, Zalo ZNS, SMS and e-mail."""

import ssl
import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol
from uuid import UUID

import httpx


class Channel(StrEnum):
    WEB_PUSH = "web_push"
    EMAIL = "email"
    ZALO = "zalo"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class PushAddress:
    """A browser's subscription, as the browser gave it."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way. `id` stays the same when it is tried again, so that a receiver can drop a double."""

    id: UUID
    subject: str
    body: str
    locale: str
    happened_at: datetime
    path: str = "/children"
    """The page that it leads to."""
    email: str | None = None
    phone: str | None = None
    """Digits with the country code."""
    browsers: tuple[PushAddress, ...] = ()


class TransportError(Exception):
    """It did not get over. `permanent`: trying again will not help. `gone`: endpoints that exist no more.
    `not_before`: an earlier try will not help."""

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        gone: frozenset[str] = frozenset(),
        not_before: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.gone = gone
        self.not_before = not_before


class Transport(Protocol):
    """Used by several threads at once. MUST come back within about 30 s, whatever the provider does."""

    channel: Channel
    reports: bool
    """Whether somebody says later what arrived: a device, or the provider to `receipts.py`."""

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        """Returns once the provider has taken the message: the endpoints that exist no more. Raises TransportError."""


class Http(threading.local):
    """`client` keeps connections and neither follows redirects nor keeps cookies; each thread has its own, for a client
    that is shared looks through all its connections for each request."""

    def __init__(self, timeout_s: float) -> None:
        limits = httpx.Limits(keepalive_expiry=30)
        self.client = httpx.Client(timeout=timeout_s, limits=limits, verify=_trusted())
        self.client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the certificates of all authorities takes longer than many messages."""
    return httpx.create_ssl_context()
