"""The school bell, where one is wired: it rings as the school's calendar was sent here, with a network or without."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from edge.clock import Clock
from edge.hardware.actuators.bell import Bell, Ring
from edge.hardware.actuators.gpio import GpioRelay
from edge.settings import EdgeSettings
from edge.store.db import connect
from edge.store.told import rings


class SentRings:
    """Asked by the bell's own thread, which the connection then belongs to."""

    def __init__(self, data_dir: Path, seconds: float, clock: Clock) -> None:
        self._data_dir = data_dir
        self._seconds = seconds
        self._clock = clock
        self._connection: apsw.Connection | None = None

    def __call__(self) -> Sequence[Ring]:
        if self._connection is None:
            self._connection = connect(self._data_dir)
        return [Ring(at, self._seconds) for at in rings(self._connection, self._clock.now())]


@contextmanager
def school_bell(settings: EdgeSettings, clock: Clock) -> Iterator[None]:
    if settings.bell_pin is None:
        yield
        return
    relay = GpioRelay(settings.bell_pin, active_high=not settings.bell_low_is_on)
    with Bell(relay, SentRings(settings.data_dir, settings.bell_s, clock), clock):
        yield
