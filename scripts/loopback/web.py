"""What the providers here have in common: an HTTP server on a free port, in a thread of its own."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

PATIENCE_S = 60
LOOKS_EVERY_S = 0.02
"""Whether it is to stop: each of hundreds of tests waits for that once."""


class Quiet:
    """For handlers: what they are asked is not printed."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class WebService:
    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, args=(LOOKS_EVERY_S,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def post(to: str, body: bytes, headers: dict[str, str]) -> int:
    """As a provider calls back; the status that was answered."""
    answer = httpx.post(to, content=body, headers={"Content-Type": "application/json", **headers}, timeout=PATIENCE_S)
    return answer.status_code
