"""Which broker, and as whom."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from edge.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Broker:
    """`url` is mqtt:// or mqtts:// with host and port. Raises Misconfigured when it is not."""

    url: str
    device: str
    session: UUID
    password: str | None = None
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    """Asked at every connection, so that a renewed certificate counts at the next one."""

    def __post_init__(self) -> None:
        try:
            usable = urlsplit(self.url).scheme in ("mqtt", "mqtts") and bool(self.host) and self.port > 0
        except ValueError:
            usable = False
        if not usable:
            raise Misconfigured(f"broker_url {self.url!r}: write it as mqtt://HOST:1883 or mqtts://HOST:8883")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (8883 if self.uses_tls else 1883)

    @property
    def uses_tls(self) -> bool:
        return urlsplit(self.url).scheme == "mqtts"
