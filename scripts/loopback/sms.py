"""An SMS aggregator: keeps what it took, takes each id once, and can be told to refuse."""

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

TOKEN = "token of the tests"


@dataclass(frozen=True)
class ShortMessage:
    id: str
    sender: str
    to: str
    text: str
    unicode: bool


class SmsService:
    """`messages` were taken; `doubles` came under an id that had been. `status` is answered to the next ones."""

    def __init__(self) -> None:
        self.status = 202
        self.token = TOKEN
        self.messages: list[ShortMessage] = []
        self.doubles = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = service.status
                if self.headers.get("Authorization") != f"Bearer {service.token}":
                    status = 401
                self.send_response(service._take(body) if status == 202 else status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/send"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, body: bytes) -> int:
        said = json.loads(body)
        message = ShortMessage(said["id"], said["from"], said["to"], said["text"], said["unicode"])
        if any(one.id == message.id for one in self.messages):
            self.doubles += 1
            return 409
        self.messages.append(message)
        return 202
