"""An SMS aggregator: keeps what it took, takes each id once, and can be told to refuse."""

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from scripts.loopback.web import Quiet, WebService, post

TOKEN = "token of the tests"
RECEIPT_TOKEN = "token of the tests' receipts"


@dataclass(frozen=True)
class ShortMessage:
    id: str
    sender: str
    to: str
    text: str
    unicode: bool


class SmsService(WebService):
    """`messages` were taken; `doubles` came under an id that had been. `status` is answered to the next ones."""

    def __init__(self) -> None:
        self.status = 202
        self.token = TOKEN
        self.messages: list[ShortMessage] = []
        self.doubles = 0
        service = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = service.status
                if self.headers.get("Authorization") != f"Bearer {service.token}":
                    status = 401
                self.send_response(service._take(body) if status == 202 else status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        super().__init__(Handler)

    @property
    def url(self) -> str:
        return f"{self.origin}/send"

    def report(self, message: ShortMessage, status: str, to: str, *, token: str = RECEIPT_TOKEN) -> int:
        """To the callback at `to`, what became of it: delivered, failed, or on the way; what was answered."""
        said = {"id": message.id, "status": status, "reason": "absent subscriber" if status == "failed" else ""}
        return post(to, json.dumps(said).encode(), {"Authorization": f"Bearer {token}"})

    def _take(self, body: bytes) -> int:
        said = json.loads(body)
        message = ShortMessage(said["id"], said["from"], said["to"], said["text"], said["unicode"])
        if any(one.id == message.id for one in self.messages):
            self.doubles += 1
            return 409
        self.messages.append(message)
        return 202
