"""The day's time: it runs as fast as the machine's, and is put forward when nothing happens."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from edge.contract import ClockReading
from scripts.chaos_parts.hands import SharedNumber

BEGINS = datetime(2026, 11, 15, 21, 0, tzinfo=UTC)
"""04:00 of a Monday where the school stands: the nightly check at 01:30 is part of the day."""
LONG = timedelta(hours=24)


class DayClock:
    """True time, the same for every process of the run."""

    def __init__(self, folder: Path) -> None:
        self._begun_ms, self._ahead_ms = SharedNumber(folder / "begun_ms"), SharedNumber(folder / "ahead_ms")

    def begin(self) -> None:
        self._begun_ms.set(int(time.monotonic() * 1000))

    def monotonic_s(self) -> float:
        """Seconds of this day."""
        return time.monotonic() + (self._ahead_ms.get() - self._begun_ms.get()) / 1000

    def __call__(self) -> datetime:
        return BEGINS + timedelta(seconds=self.monotonic_s())

    def put_forward(self, to: datetime) -> None:
        self._ahead_ms.set(self._ahead_ms.get() + max(0, int((to - self()).total_seconds() * 1000)))


@dataclass(frozen=True, slots=True)
class Reset:
    """A unit without a battery starts again in 1970, and hears what time it is some time later."""

    unit: str
    at: datetime
    right_at: datetime


def reading_at(unit: str, moment: datetime, reset: Reset) -> tuple[datetime, ClockReading]:
    """What a unit's clock says at a true moment."""
    anew = unit == reset.unit and moment >= reset.at
    started = reset.at if anew else BEGINS - timedelta(days=30)
    trusted = not anew or moment >= reset.right_at
    since = moment - started
    reading = ClockReading(
        boot_id=uuid5(NAMESPACE_URL, f"{unit} {started}"),
        monotonic_ms=int(since.total_seconds() * 1000),
        trusted=trusted,
    )
    return (moment if trusted else datetime(1970, 1, 1, tzinfo=UTC) + since), reading


class UnitClock:
    """A unit's clock in the middle of the day. What its uplink waits for goes by the day's own seconds."""

    def __init__(self, unit: str, day: DayClock, reset: Reset) -> None:
        self._unit, self._day, self._reset = unit, day, reset

    def now(self) -> datetime:
        return reading_at(self._unit, self._day(), self._reset)[0]

    def monotonic_s(self) -> float:
        return self._day.monotonic_s()

    def reading(self) -> ClockReading:
        return reading_at(self._unit, self._day(), self._reset)[1]
