"""Measures in a thread of its own, so that a slow or absent sensor never makes recognition wait."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from edge.backoff import Backoff
from edge.errors import Misconfigured, Rejected, Unavailable
from edge.hardware.thermometer.port import Datasheet, Thermogram, Thermometer

log = logging.getLogger(__name__)

LEAVE_S = 2.0


class Sampler:
    """The newest measurement of `thermometer`, if there is one. Entered before and left after use.

    A sensor that vanishes is tried again with full jitter; one that only a person can mend is said once and left
    alone. Neither is ever an error for whoever asks: a gate without a thermometer is still a gate.
    """

    def __init__(
        self,
        thermometer: Thermometer,
        *,
        backoff: Backoff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._thermometer = thermometer
        self._backoff = backoff or Backoff(first_s=0.5, ceiling_s=30.0)
        self._monotonic = monotonic
        self._leaving = threading.Event()
        self._newest: tuple[float, Thermogram] | None = None
        self._thread: threading.Thread | None = None

    @property
    def datasheet(self) -> Datasheet:
        return self._thermometer.datasheet

    def latest(self, max_age_s: float) -> Thermogram | None:
        """What was measured within the last `max_age_s`, or None. Never waits; any thread may ask."""
        newest = self._newest
        if newest is None or self._monotonic() - newest[0] > max_age_s:
            return None
        return newest[1]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="thermometer", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        if self._thread is not None:
            # A bus that hangs beyond what it may is left behind: the thread is a daemon.
            self._thread.join(LEAVE_S)

    def _run(self) -> None:
        while not self._leaving.is_set():
            try:
                self._thermometer.open()
                log.info("thermometer ok name=%s", self._thermometer.name)
                self._measure_until_gone()
            except Unavailable as error:
                pause_s = self._backoff.next_s()
                log.warning("thermometer lost next_try_s=%.1f: %s", pause_s, error)
                self._leaving.wait(pause_s)
            except Misconfigured as error:
                log.error("thermometer off: %s", error)
                return
            finally:
                self._thermometer.close()

    def _measure_until_gone(self) -> None:
        while not self._leaving.is_set():
            begun_s = self._monotonic()
            try:
                measured = self._thermometer.read()
            except Rejected as error:
                log.warning("measurement passed over: %s", error)
            else:
                self._newest = (self._monotonic(), measured)
                self._backoff.succeeded()
            self._leaving.wait(max(0.0, self._thermometer.datasheet.interval_s - (self._monotonic() - begun_s)))
