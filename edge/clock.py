"""What time it is, and how far that can be trusted. Injected, so that tests may turn the hands."""

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol
from uuid import UUID

from edge.contract import ClockReading

SCHOOL_TIME = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam keeps no summer time, and a small board may come without a table of zones."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, as well as the unit knows."""

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back within one boot."""

    def reading(self) -> ClockReading:
        """Both, with the boot they belong to and whether wall time is trusted."""


class SystemClock:
    """The machine's own clock. Wall time is trusted from `trusted_from` on: a Pi without RTC boots in the past."""

    def __init__(self, trusted_from: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._trusted_from = trusted_from
        self._boot_id = UUID(_BOOT_ID.read_text().strip())

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()

    def reading(self) -> ClockReading:
        return ClockReading(
            boot_id=self._boot_id,
            monotonic_ms=int(self.monotonic_s() * 1000),
            trusted=self.now() >= self._trusted_from,
        )
