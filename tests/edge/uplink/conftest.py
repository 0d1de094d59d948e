import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.clock import SystemClock
from edge.store.db import connect
from edge.store.outbox import Outbox
from tests.edge.uplink.consumer import Consumer
from tests.services.mosquitto import Mosquitto

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "unit"


@pytest.fixture
def outbox(data_dir: Path) -> Outbox:
    return Outbox(connect(data_dir), SystemClock())


@pytest.fixture
def cloud(broker: Mosquitto) -> Iterator[Consumer]:
    consumer = Consumer(broker.port)
    assert consumer.is_ready.wait(10)
    yield consumer
    consumer.close()


@pytest.fixture
def start_uplink(data_dir: Path, broker: Mosquitto) -> Iterator[Start]:
    """Start `diemdanh-edge uplink` as the service does; settings are keyword arguments."""
    running: list[subprocess.Popen[bytes]] = []

    def start(**settings: object) -> subprocess.Popen[bytes]:
        given = {"device": "gate-1", "data_dir": data_dir, "broker_url": broker.url, "uplink": "mqtt", **settings}
        environment = {f"DIEMDANH_EDGE_{key.upper()}": str(value) for key, value in given.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "edge", "uplink"], env={**os.environ, **environment}, stderr=subprocess.DEVNULL
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
