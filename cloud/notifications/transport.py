"""What every way to a guardian has in common. Four exist: Web Push, Zalo ZNS, SMS and e-mail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


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
    """Used by one thread. MUST come back within about 30 s, whatever the provider does."""

    channel: Channel

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        """Returns once the provider has taken the message: the endpoints that exist no more. Raises TransportError."""
