"""A panel as the service runs it, over a unit's real database."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.contract import CameraState, LivenessState, Method, Outcome, Sighting
from edge.panel.guard import set_pin
from edge.store import uplink_signs, vital_signs
from edge.store.db import connect
from edge.store.key_file import read_or_make_key
from edge.store.live import LiveBoard
from edge.store.outbox import Outbox
from edge.store.people import People, PersonCard
from edge.store.vital_signs import VitalSigns
from tests.services.ports import free_port, is_open
from tests.services.waiting import eventually

PIN = "271828"
CARDS = (
    PersonCard("hs-1", "Nguyễn Thị Ánh", "Ánh", "1A"),
    PersonCard("hs-2", "Trần Văn Bình", "Bình", "1A"),
    PersonCard("hs-3", "Đặng Thùy Dương", "Dương", "2B"),
)


@dataclass
class Unit:
    data_dir: Path
    connection: apsw.Connection
    outbox: Outbox
    live: LiveBoard
    clock: SystemClock

    def sees(
        self, person: str | None, outcome: Outcome = Outcome.IDENTIFIED, temperature_c: float | None = None
    ) -> int:
        """As the recogniser records it."""

        def sighting(seq: int) -> Sighting:
            return Sighting(
                seq=seq,
                captured_at=self.clock.now(),
                clock=self.clock.reading(),
                outcome=outcome,
                method=Method.FACE,
                person=person,
                temperature_c=temperature_c,
            )

        return self.outbox.append(sighting).seq

    def is_well(self) -> None:
        """Camera and uplink have just said so."""
        vital_signs.write(self.connection, VitalSigns(CameraState.OK, 12.0, liveness=LivenessState.MISSING), self.clock)
        uplink_signs.write(self.connection, "mqtt", self.clock)


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return _unit(tmp_path)


@pytest.fixture(scope="module")
def shared_unit(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    """For tests that are refused everything."""
    return _unit(tmp_path_factory.mktemp("panel"))


def _unit(folder: Path) -> Unit:
    data_dir = folder / "unit"
    clock = SystemClock()
    connection = connect(data_dir)
    People(connection, read_or_make_key(data_dir)).replace(CARDS)
    set_pin(data_dir, PIN)
    unit = Unit(data_dir, connection, Outbox(connection, clock), LiveBoard(data_dir), clock)
    unit.is_well()
    return unit


@pytest.fixture
def start_panel(unit: Unit) -> Iterator[Callable[..., str]]:
    """Start `diemdanh-edge panel`; the address. Settings are keyword arguments."""
    with _panels(unit) as start:
        yield start


@pytest.fixture(scope="module")
def shared_panel(shared_unit: Unit) -> Iterator[str]:
    """The address of one panel: starting it takes longer than being refused."""
    with _panels(shared_unit) as start:
        yield start()


@contextmanager
def _panels(unit: Unit) -> Iterator[Callable[..., str]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(**settings: object) -> str:
        port = free_port()
        given = {"data_dir": unit.data_dir, "panel_port": port, **settings}
        environment = {f"DIEMDANH_EDGE_{key.upper()}": str(value) for key, value in given.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "edge", "panel"], env={**os.environ, **environment}, stderr=subprocess.DEVNULL
        )
        running.append(process)
        eventually(lambda: is_open(port), saying="the panel did not start")
        return f"http://127.0.0.1:{port}"

    yield start
    for process in running:
        process.terminate()
        assert process.wait(20) == 0
