"""How much memory and how many files a process holds, as the kernel counts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Footprint:
    resident_mb: float
    files: int


def footprint(pid: int) -> Footprint:
    process = Path("/proc") / str(pid)
    lines = (process / "status").read_text().splitlines()
    resident_kb = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return Footprint(round(resident_kb / 1024, 1), len(list((process / "fd").iterdir())))


def growth(hourly: Sequence[Footprint]) -> Footprint:
    """From the middle of what was seen to its end: a leak goes on, warming up does not."""
    middle, end = hourly[len(hourly) // 2], hourly[-1]
    return Footprint(round(end.resident_mb - middle.resident_mb, 1), end.files - middle.files)
