"""How many threads each engine gets: a choice by the cores of the machine, made once at start."""

import os
from collections.abc import MutableMapping
from dataclasses import dataclass

MANY_CORES = 4


@dataclass(frozen=True, slots=True)
class Threads:
    detector: int
    looks: int
    """Alignment, embedding and liveness: one look at a time."""


ONE_EACH = Threads(detector=1, looks=1)


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0))


def threads_for(cores: int) -> Threads:
    """The camera, finding and looking are a thread each already (edge/recogniser/workers.py). With two cores more
    threads would take them from each other; with four the detector, which runs on every frame, gets a second."""
    return Threads(detector=2 if cores >= MANY_CORES else 1, looks=1)


def one_thread_for_numpy(environ: MutableMapping[str, str] = os.environ) -> None:
    """Before numpy is imported: its products are small, and its threads would spin. What is set stays."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environ.setdefault(name, "1")
