"""Room that is kept for events: a file that is given up when the disk is full, so that the next passages still fit.

Whatever else fills a card (logs, pictures for review, a copy of a damaged database), events come last to suffer.
"""

import contextlib
import logging
import os
import shutil
from enum import StrEnum
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "reserve"
SIZE_BYTES = 16 * 2**20
"""Events of four days at a large school's gate (budget.py): time to look at the unit."""
ROOM_FACTOR = 4
"""Laid down only where so many times as much is free: it must not be what fills the disk."""


class DiskState(StrEnum):
    OK = "ok"
    FULL = "full"
    """The reserve is given up, and there is no room to lay it down again: events have days left, nothing else fits."""
    READ_ONLY = "read_only"
    """Nothing can be written: how a failing card ends."""


def disk_state(data_dir: Path, *, free_bytes: int | None = None) -> DiskState:
    if not os.access(data_dir, os.W_OK):
        return DiskState.READ_ONLY
    if Reserve(data_dir).is_there:
        return DiskState.OK
    free = shutil.disk_usage(data_dir).free if free_bytes is None else free_bytes
    return DiskState.OK if free >= ROOM_FACTOR * SIZE_BYTES else DiskState.FULL


class Reserve:
    def __init__(self, data_dir: Path, size_bytes: int = SIZE_BYTES) -> None:
        self._file = data_dir / FILE
        self._size_bytes = size_bytes

    @property
    def is_there(self) -> bool:
        return self._file.exists()

    def lay(self) -> bool:
        """Whether it is there now. At every start: what was given up comes back when there is room again."""
        if self.is_there:
            return True
        try:
            if shutil.disk_usage(self._file.parent).free < ROOM_FACTOR * self._size_bytes:
                return False
            with self._file.open("xb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size_bytes)
        except OSError as error:
            log.error("no reserve laid down: %s", error)
            with contextlib.suppress(OSError):
                self._file.unlink(missing_ok=True)
            return False
        return True

    def give_up(self) -> bool:
        """Whether there was one: then what did not fit may fit now."""
        try:
            self._file.unlink()
        except OSError:
            return False
        log.error("the disk is full: the reserve was given up for events; make room on the data partition")
        return True
