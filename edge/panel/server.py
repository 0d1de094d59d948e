"""HTTP for the browser at the gate: the standard library's server, on loopback only.

One screen looks at it, so threads will do, and a Raspberry Pi keeps its memory for seeing.
"""

import json
import logging
import mimetypes
import re
from dataclasses import asdict
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from pathlib import Path
from typing import Any

from edge.errors import EdgeError, Rejected
from edge.panel.desk import Desk
from edge.panel.guard import Guard

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
PAGES = {"/": "panel.html", "/guard": "guard.html"}
_PICTURE = re.compile(r"/guard/face/([0-9]{1,12})[.]jpg")
LARGEST_BODY = 4096
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class PanelServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, desk: Desk, guard: Guard) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.desk, self.guard = desk, guard
        port = self.server_address[1]
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    def handle_error(self, request: object, client_address: object) -> None:
        log.debug("a browser left in the middle of an answer", exc_info=True)


class Handler(BaseHTTPRequestHandler):
    server: PanelServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        if not self._is_for_us():
            return
        path = self.path.partition("?")[0]
        if path in PAGES:
            self._send_file(STATIC / PAGES[path])
        elif path.startswith("/static/") and "/" not in path[8:]:
            self._send_file(STATIC / path[8:])
        elif path == "/screen":
            self._send_json(asdict(self.server.desk.screen()))
        elif path == "/metrics":
            self._send(self.server.desk.metrics(), "text/plain; version=0.0.4; charset=utf-8")
        elif path == "/guard/list" and self._may_act():
            self._send_json(self.server.desk.lists())
        elif path == "/guard/waiting" and self._may_act(acting=False):
            # The page asks for it by itself: that nobody touches it must be noticed all the same.
            self._send_json(self.server.desk.waiting())
        elif (picture := _PICTURE.fullmatch(path)) and self._may_act(acting=False):
            self._send_picture(int(picture[1]))
        elif path not in {"/guard/list", "/guard/waiting"} and not picture:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        if not self._is_for_us():
            return
        body = self._body()
        if body is None:
            return
        if self.path == "/guard/unlock":
            self._unlock(str(body.get("pin", "")))
        elif not self._may_act():
            return
        elif self.path == "/guard/lock":
            self.server.guard.lock()
            self._send_json({})
        elif self.path == "/guard/mark":
            self._answer(lambda: {"held": self.server.desk.mark(str(body.get("person", "")))})
        elif self.path == "/guard/undo":
            self._answer(lambda: {"undone": self.server.desk.undo(_number(body.get("held")))})
        elif self.path == "/guard/assign":
            item, person = _number(body.get("item")), str(body.get("person", ""))
            self._answer(lambda: self.server.desk.assign(item, person))
        elif self.path == "/guard/dismiss":
            self._answer(lambda: self.server.desk.dismiss(_number(body.get("item"))))
        elif self.path == "/guard/take-back":
            self._answer(lambda: {"taken_back": self.server.desk.take_back(_number(body.get("item")))})
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send_picture(self, item: int) -> None:
        picture = self.server.desk.picture(item)
        if picture is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._send(picture, "image/jpeg")

    def _unlock(self, pin: str) -> None:
        guard = self.server.guard
        token = guard.unlock(pin)
        if token is None:
            self._send_json({"set_up": guard.is_set_up, "wait_s": ceil(guard.wait_s())}, status=HTTPStatus.FORBIDDEN)
            return
        self._send_json({}, cookie=f"guard={token}; HttpOnly; SameSite=Strict; Path=/guard")

    def _may_act(self, *, acting: bool = True) -> bool:
        """Answers 403 itself."""
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("guard")
        if cookie is not None and self.server.guard.is_open(cookie.value, acting=acting):
            return True
        self._send_json({"set_up": self.server.guard.is_set_up, "wait_s": 0}, status=HTTPStatus.FORBIDDEN)
        return False

    def _is_for_us(self) -> bool:
        """A page of the Internet that had its name point at 127.0.0.1 is not; neither is another site's form."""
        origin = self.headers.get("Origin")
        ours = self.headers.get("Host") in self.server.hosts
        if ours and (origin is None or origin.removeprefix("http://") in self.server.hosts):
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def _body(self) -> dict[str, Any] | None:
        """Answers 400 itself."""
        try:
            length = int(self.headers.get("Content-Length", "0"))
            if not 0 <= length <= LARGEST_BODY:
                raise ValueError("too large")
            content = json.loads(self.rfile.read(length) or b"{}")
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST)
            return None
        return content

    def _answer(self, work: Any) -> None:
        try:
            self._send_json(work())
        except Rejected as error:
            self._send_json({"problem": str(error)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except EdgeError as error:
            log.error("check-in not taken: %s", error)
            self._send_json({"problem": str(error)}, status=HTTPStatus.SERVICE_UNAVAILABLE)

    def _send_file(self, file: Path) -> None:
        if not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._send(file.read_bytes(), f"{kind}; charset=utf-8")

    def _send_json(self, content: object, *, status: HTTPStatus = HTTPStatus.OK, cookie: str | None = None) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self._send(body, "application/json; charset=utf-8", status=status, cookie=cookie)

    def _send(self, body: bytes, kind: str, *, status: HTTPStatus = HTTPStatus.OK, cookie: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        log.debug(format, *args)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
