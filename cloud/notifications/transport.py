"""What every way to a guardian has in common. Two exist: Web Push and e-mail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Channel(StrEnum):
    WEB_PUSH = "web_push"
    EMAIL = "email"


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
    email: str | None = None
    browsers: tuple[PushAddress, ...] = ()


class TransportError(Exception):
    """It did not get over. `permanent`: trying again will not help. `gone`: endpoints that exist no more."""

    def __init__(self, message: str, *, permanent: bool, gone: frozenset[str] = frozenset()) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.gone = gone


class Transport(Protocol):
    """Used by one thread. MUST come back within about 30 s, whatever the provider does."""

    channel: Channel

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        """Returns once the provider has taken the message: the endpoints that exist no more. Raises TransportError."""
