"""A Web Push service for one test."""

from collections.abc import Iterator

import pytest

from scripts.loopback.push import PushService, Subscription

__all__ = ["PushService", "Subscription", "push"]


@pytest.fixture
def push() -> Iterator[PushService]:
    service = PushService()
    service.start()
    yield service
    service.stop()
