"""Zalo's ZNS and its OAuth service: tokens that end, refresh tokens that work once, any error."""

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from threading import Lock
from urllib.parse import parse_qs

from scripts.loopback.web import Quiet, WebService, post

APP_ID, APP_SECRET, TEMPLATE_ID = "1001", "app secret", "42"
OA_SECRET = "secret of the official account"


@dataclass(frozen=True)
class Zns:
    phone: str
    title: str
    content: str
    tracking_id: str


class Zalo(WebService):
    """`messages` were taken. `error` is answered to the next ones: 0, -100, -118, -144 ... `refreshes` were granted."""

    def __init__(self) -> None:
        self.error = 0
        self.messages: list[Zns] = []
        self.refused: list[int] = []
        self.refreshes = 0
        self.access_token, self.refresh_token = "access 0", "refresh 0"
        self._lock = Lock()
        zalo = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with zalo._lock:
                    answer = zalo._grant(body, headers) if "oa/access_token" in self.path else zalo._take(body, headers)
                content = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        super().__init__(Handler)

    @property
    def url(self) -> str:
        return self.origin

    def say_received(self, message: Zns, to: str, *, oa_secret: str = OA_SECRET, app_id: str = APP_ID) -> int:
        """To the webhook at `to`, that it has come to the phone; the status that was answered."""
        event = {
            "event_name": "user_received_message",
            "app_id": app_id,
            "sender": {"id": "3001"},
            "recipient": {"id": "5001"},
            "message": {"delivery_time": "1", "msg_id": "m1", "tracking_id": message.tracking_id},
            "timestamp": "1763251620000",
        }
        return self.post_event(event, to, oa_secret=oa_secret)

    def post_event(self, event: dict[str, object], to: str, *, oa_secret: str = OA_SECRET) -> int:
        """Any event, signed with this key."""
        body = json.dumps(event, indent=1).encode()
        signed = f"{event['app_id']}{body.decode()}{event['timestamp']}{oa_secret}"
        headers = {"X-ZEvent-Signature": f"mac={sha256(signed.encode()).hexdigest()}"}
        return post(to, body, headers)

    def expire(self) -> None:
        """The access token ends before its time."""
        self.access_token = "ended"

    def _grant(self, body: bytes, headers: dict[str, str]) -> dict[str, object]:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        known = form.get("app_id") == APP_ID and headers.get("secret_key") == APP_SECRET
        if not known or form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh_token:
            return {"error": -14014, "error_name": "Invalid refresh token"}
        self.refreshes += 1
        self.access_token, self.refresh_token = f"access {self.refreshes}", f"refresh {self.refreshes}"
        return {"access_token": self.access_token, "refresh_token": self.refresh_token, "expires_in": "90000"}

    def _take(self, body: bytes, headers: dict[str, str]) -> dict[str, object]:
        token = headers.get("access_token", "")
        proof = hmac.digest(APP_SECRET.encode(), token.encode(), "sha256").hex()
        error = -124 if token != self.access_token or headers.get("appsecret_proof") != proof else self.error
        message = json.loads(body)
        if error == 0 and message["template_id"] != TEMPLATE_ID:
            error = -109
        if error:
            self.refused.append(error)
            return {"error": error, "message": "refused"}
        data = message["template_data"]
        self.messages.append(Zns(message["phone"], data["title"], data["content"], message["tracking_id"]))
        return {"error": 0, "message": "Success", "data": {"msg_id": f"m{len(self.messages)}", "sent_time": "0"}}
