"""The units' clock, and the hand that turns it."""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.clock import SystemClock


class SharedNumber:
    """A number in a file that is mapped into memory: other processes see it at once, and it outlives a kill."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    def get(self) -> int:
        (value,) = struct.unpack("<q", self._memory[:8])
        return int(value)

    def set(self, value: int) -> None:
        self._memory[:8] = struct.pack("<q", value)


class TurnedClock(SystemClock):
    """The machine's clock, so many seconds off; what has passed since the start is not touched, as on a real one."""

    def __init__(self, off_s: SharedNumber) -> None:
        super().__init__()
        self._off_s = off_s

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._off_s.get())


def to_1970() -> int:
    """So many seconds off is the machine's clock when it begins anew."""
    return -int(time.time())
