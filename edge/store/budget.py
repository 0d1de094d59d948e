"""Is there room for a term without the cloud? From what an event weighs; shown by the doctor and the metrics."""

import shutil
from dataclasses import dataclass
from pathlib import Path

DAYS_WANTED = 180
"""A term and its holidays: the promise is that no event is lost for want of room in that time."""
BYTES_PER_EVENT = 900
"""On disk, with everything that SQLite needs around it. tests/edge/store/test_budget.py measures it."""
EVENTS_PER_DAY = 4000
"""A gate of a large school: 826 pupils and 83 staff passing four times, and strangers."""
RESERVE_BYTES = 200 * 2**20
"""For the WAL, a salvage after damage, and the system."""


@dataclass(frozen=True, slots=True)
class Budget:
    free_mb: int
    days_left: int
    days_wanted: int = DAYS_WANTED

    @property
    def is_enough(self) -> bool:
        return self.days_left >= self.days_wanted


def budget(data_dir: Path, *, crop_bytes: int = 0, free_bytes: int | None = None) -> Budget:
    """`crop_bytes`: what kept enrolment crops will still take (crops.py: room_for_crops)."""
    free = shutil.disk_usage(data_dir).free if free_bytes is None else free_bytes
    days = max(0, free - RESERVE_BYTES - crop_bytes) // (BYTES_PER_EVENT * EVENTS_PER_DAY)
    return Budget(free_mb=free // 2**20, days_left=int(days))
