"""The service asked without a socket, and put back as it was: for tests that send very many requests."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any
from unittest import mock

import anyio.to_thread
import httpx
from starlette.types import ASGIApp, Message, Scope

from tests.cloud.pages.people import PASSWORD

SERVICE = "http://127.0.0.1"
IN_A_THREAD = anyio.to_thread.run_sync


class Asking:
    """What the service raises comes out here, with the line that raised it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._runner = asyncio.Runner()

    def ask(self, *requests: httpx.Request) -> list[httpx.Response]:
        """One after another. A stream is left after its first piece."""
        with mock.patch.object(anyio.to_thread, "run_sync", self._at_once):
            return self._runner.run(self._ask_all(requests))

    def log_in(self, login: str) -> str:
        """The cookie of a new session."""
        [answer] = self.ask(httpx.Request("POST", f"{SERVICE}/login", data={"login": login, "password": PASSWORD}))
        assert answer.status_code == 303, answer.text
        return answer.headers["set-cookie"].partition(";")[0]

    def close(self) -> None:
        self._runner.close()

    async def _at_once(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What is not async waits for nobody here, so it needs no thread: handing it to one costs as much again."""
        if asyncio.get_running_loop() is self._runner.get_loop():
            return call(*arguments)
        return await IN_A_THREAD(call, *arguments, **options)

    async def _ask_all(self, requests: Sequence[httpx.Request]) -> list[httpx.Response]:
        return [await self._ask(request) for request in requests]

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        sent = [request.read()]
        heard: list[Message] = []
        enough = asyncio.Event()

        async def receive() -> Message:
            if sent:
                return {"type": "http.request", "body": sent.pop(), "more_body": False}
            await enough.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            heard.append(message)
            if message.get("body") or not message.get("more_body", True):
                enough.set()

        await self._app(_scope(request), receive, send)
        start = next(message for message in heard if message["type"] == "http.response.start")
        body = b"".join(message.get("body", b"") for message in heard)
        return httpx.Response(start["status"], headers=start["headers"], content=body, request=request)


def _scope(request: httpx.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "root_path": "",
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": (request.url.host, 80),
    }


class Rewinding:
    """A database in a file, as it was when this was made."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(file)) as now:
            now.backup(self._kept)

    def rewind(self) -> None:
        with closing(sqlite3.connect(self._file)) as now:
            self._kept.backup(now)

    def close(self) -> None:
        self._kept.close()
