"""Memory and open handles of another process over time."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

EVERY_S = 0.5
WARM = 0.2
"""Share of the samples at the start that does not count: caches fill."""


@dataclass(frozen=True, slots=True)
class Sample:
    at_s: float
    rss_mb: float
    handles: int
    threads: int


def watch(process: "subprocess.Popen[str]", seconds: float) -> list[Sample]:
    """Until `seconds` have passed or the process has ended."""
    begun, samples = time.monotonic(), []
    while process.poll() is None and (at_s := time.monotonic() - begun) < seconds:
        if (sample := _sample(process.pid, at_s)) is not None:
            samples.append(sample)
        time.sleep(EVERY_S)
    return samples


def slope(at: list[float], values: list[float]) -> float:
    """By least squares, of what is warm: in units of `values` for one of `at`."""
    cold = int(WARM * len(at))
    return float(np.polyfit(at[cold:], values[cold:], 1)[0])


def _sample(pid: int, at_s: float) -> Sample | None:
    folder = Path(f"/proc/{pid}")
    try:
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        handles = sum(1 for _ in (folder / "fd").iterdir())
        return Sample(at_s, int(status["VmRSS"].split()[0]) * 1024 / 1e6, handles, int(status["Threads"]))
    except (OSError, KeyError):
        # It has just ended.
        return None
