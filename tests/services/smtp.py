"""An SMTP server for one test."""

from collections.abc import Iterator

import pytest

from scripts.loopback.smtp import Mail

__all__ = ["Mail", "mail"]


@pytest.fixture
def mail() -> Iterator[Mail]:
    server = Mail()
    server.start()
    yield server
    server.stop()
