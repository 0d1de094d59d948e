"""How much memory a unit needs: the peak of a real `diemdanh-edge run` that knows a school."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from edge.store.db import connect
from edge.store.delivered_keys import DeliveredKeys
from edge.store.key_file import read_or_make_key
from edge.store.roster import Enrolled, Roster

PEOPLE = 2_000
A_PERSON = 3

_PEAK = """
import atexit, re, sys
from pathlib import Path
from edge.__main__ import main

@atexit.register
def tell():
    sys.stderr.write(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

sys.exit(main(sys.argv[1:]))
"""


def peak_memory_mb(clip: Path, model: str) -> float:
    """VmHWM of the child process, in MB of 1,000,000 bytes: `run --once` over `clip`, live, as at a gate."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _enrol(folder, model)
        ran = subprocess.run(
            [sys.executable, "-c", _PEAK, "run", "--source", str(clip), "--once"],
            env={**os.environ, "DIEMDANH_EDGE_DATA_DIR": name},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != 0:
            sys.exit(f"the recogniser failed:\n{ran.stderr}")
        peak = int(ran.stderr.split()[-1]) * 1024 / 1e6
    print(f"memory:     {peak:.0f} MB at most, a recogniser with {PEOPLE:,} people of {A_PERSON} templates each")
    return round(peak, 1)


def _enrol(folder: Path, model: str) -> None:
    random = np.random.default_rng(3)
    roster = Roster(connect(folder), read_or_make_key(folder), DeliveredKeys(folder / "roster-keys").get)
    roster.replace(
        {
            f"hs-{number}": [
                Enrolled(f"hs-{number}", (random.standard_normal(128) / 8).astype(np.float32), model, 0.8)
                for _ in range(A_PERSON)
            ]
            for number in range(PEOPLE)
        }
    )
