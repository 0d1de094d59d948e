"""An SMS aggregator for one test."""

from collections.abc import Iterator

import pytest

from scripts.loopback.sms import SmsService

__all__ = ["SmsService", "sms"]


@pytest.fixture
def sms() -> Iterator[SmsService]:
    service = SmsService()
    service.start()
    yield service
    service.stop()
