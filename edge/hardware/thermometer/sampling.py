"""Measures in a thread of its own, so that a slow or absent sensor never makes recognition wait."""

import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from edge.backoff import Backoff
from edge.errors import Rejected
from edge.hardware.keep_open import KeepOpen
from edge.hardware.thermometer.port import Datasheet, Thermogram, Thermometer

log = logging.getLogger(__name__)


class Sampler:
    """The newest measurement of `thermometer`, if there is one. Entered before and left after use."""

    def __init__(
        self,
        thermometer: Thermometer,
        *,
        backoff: Backoff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._thermometer = thermometer
        self._monotonic = monotonic
        self._kept = KeepOpen(thermometer, self._measure, backoff=backoff)
        self._newest: tuple[float, Thermogram] | None = None

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
        self._kept.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.__exit__(kind, error, trace)

    def _measure(self) -> None:
        begun_s = self._monotonic()
        try:
            measured = self._thermometer.read()
        except Rejected as error:
            log.warning("measurement passed over: %s", error)
        else:
            self._newest = (self._monotonic(), measured)
        self._kept.wait(max(0.0, self._thermometer.datasheet.interval_s - (self._monotonic() - begun_s)))
