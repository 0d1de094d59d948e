"""The real server on loopback, in a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from tests.services.ports import free_port
from tests.services.waiting import eventually


@contextmanager
def serving(app: FastAPI, port: int | None = None) -> Iterator[str]:
    """Yields the service's address."""
    with serving_as(
        uvicorn.Config(app, port=port or free_port(), log_level="warning", timeout_graceful_shutdown=1)
    ) as url:
        yield url


@contextmanager
def serving_as(config: uvicorn.Config) -> Iterator[str]:
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started, saying="the service did not start")
        yield f"http://127.0.0.1:{config.port}"
    finally:
        server.should_exit = True
        thread.join()
