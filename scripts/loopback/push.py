"""A Web Push service and the browser behind it, in one: it hands out subscriptions and decrypts what arrives."""

import base64
import os
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scripts.loopback.web import Quiet, WebService


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Subscription:
    """What `PushManager.subscribe()` gives a page, and the browser's half of the keys (RFC 8291)."""

    endpoint: str
    private_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _base64url(point)

    @property
    def auth(self) -> str:
        return _base64url(self.secret)

    def decrypt(self, body: bytes) -> bytes:
        plain: bytes = http_ece.decrypt(
            body, private_key=self.private_key, auth_secret=self.secret, version="aes128gcm"
        )
        return plain


@dataclass(frozen=True)
class Delivery:
    path: str
    headers: dict[str, str]
    text: str


class PushService(WebService):
    """`deliveries` were accepted. `status` is answered to the next ones: 201, 410 (gone), 429, 500 ..."""

    def __init__(self) -> None:
        self.status = 201
        self.deliveries: list[Delivery] = []
        self.refused = 0
        self._subscriptions: dict[str, Subscription] = {}
        service = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                subscription = service._subscriptions.get(self.path)
                status = service.status if subscription else 404
                if subscription and status == 201:
                    plain = subscription.decrypt(body).decode()
                    service.deliveries.append(Delivery(self.path, dict(self.headers), plain))
                else:
                    service.refused += 1
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        super().__init__(Handler)

    def subscribe(self) -> Subscription:
        path = f"/push/{len(self._subscriptions) + 1}"
        self._subscriptions[path] = Subscription(endpoint=f"{self.origin}{path}")
        return self._subscriptions[path]
