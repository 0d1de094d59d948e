"""A unit's uplink, a real broker and the service's worker, killed with -9 in turn: every event is stored once."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from cloud.attendance.tables import Observation
from cloud.school.tables import School
from edge.clock import SystemClock
from edge.store.db import connect
from edge.store.outbox import Outbox
from tests.edge.sightings import record
from tests.services.mosquitto import Mosquitto
from tests.services.waiting import eventually

EVENTS = 2000


class Service:
    """One process of ours that can be killed and started again."""

    def __init__(self, environment: Mapping[str, str], *command: str) -> None:
        self._command = [sys.executable, "-m", *command]
        self._environment = environment
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env={**os.environ, **self._environment}, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def environment(tmp_path: Path, broker: Mosquitto) -> dict[str, str]:
    return {
        "DIEMDANH_CLOUD_DATABASE_URL": f"sqlite:///{tmp_path}/cloud.sqlite3",
        "DIEMDANH_CLOUD_BROKER_URL": broker.url,
        "DIEMDANH_EDGE_BROKER_URL": broker.url,
        "DIEMDANH_EDGE_DATA_DIR": str(tmp_path / "unit"),
        "DIEMDANH_EDGE_UPLINK": "mqtt",
        "DIEMDANH_EDGE_ACK_TIMEOUT_S": "2",
    }


@pytest.fixture
def cloud_database(environment: dict[str, str]) -> Iterator[Engine]:
    """Of a school that has registered the unit gate-1."""
    cloud = [sys.executable, "-m", "cloud"]
    subprocess.run([*cloud, "migrate"], env={**os.environ, **environment}, check=True, capture_output=True)
    engine = create_engine(environment["DIEMDANH_CLOUD_DATABASE_URL"])
    with Session(engine) as session:
        session.add(School(name="Trường thử", level="primary", slug="thu"))
        session.commit()
    added = [*cloud, "device", "add", "gate-1", "--school", "thu", "--name", "Cổng chính"]
    subprocess.run(added, env={**os.environ, **environment}, check=True, capture_output=True)
    yield engine
    engine.dispose()


def stored(engine: Engine) -> set[int]:
    with Session(engine) as session:
        return set(session.scalars(select(Observation.seq)))


def rows(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Observation)) or 0


@pytest.mark.long
@pytest.mark.chaos
def test_two_thousand_events_are_stored_once_each_while_everything_is_killed_in_turn(
    environment: dict[str, str], cloud_database: Engine, broker: Mosquitto, tmp_path: Path
):
    outbox = Outbox(connect(tmp_path / "unit"), SystemClock())
    worker, uplink = Service(environment, "cloud", "worker"), Service(environment, "edge", "uplink")
    recorded: list[int] = []
    try:
        for victim in (uplink, broker, worker, broker, uplink, worker, uplink, broker):
            before = rows(cloud_database)
            recorded += record(outbox, EVENTS // 8)
            eventually(partial(_grew, cloud_database, before), within_s=60, saying="nothing arrives")
            victim.kill()
            victim.start()
        eventually(lambda: outbox.backlog() == 0, within_s=120, saying="the backlog does not drain by itself")
    finally:
        uplink.kill()
        worker.kill()
    assert len(recorded) == EVENTS
    assert rows(cloud_database) == EVENTS
    assert stored(cloud_database) == set(recorded)


def _grew(engine: Engine, before: int) -> bool:
    return rows(engine) > before
