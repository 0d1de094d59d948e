"""The shipped systemd units are ones that systemd accepts."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = sorted(
    file
    for kind in ("service", "path", "timer")
    for file in (Path(__file__).parent.parent / "systemd").glob(f"*.{kind}")
)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_it(unit: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine")
    answer = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    # The environment that it will run in is not on this machine, and that alone may be missed.
    complaints = [line for line in answer.stderr.splitlines() if "is not executable: No such file" not in line]
    assert complaints == []
