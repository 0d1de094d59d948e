"""Zalo's ZNS for one test."""

from collections.abc import Iterator

import pytest

from scripts.loopback.zalo import Zalo

__all__ = ["Zalo", "zalo"]


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    service = Zalo()
    service.start()
    yield service
    service.stop()
