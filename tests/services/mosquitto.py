"""Mosquitto for one test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.loopback.mosquitto import Mosquitto

__all__ = ["Mosquitto", "broker"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()
