"""The sequence oracle over 50 units, while everything that can be killed is killed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.chaos
def test_everything_that_was_recorded_is_stored_once_and_in_order() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "scripts.chaos_parts", "--short"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr[-2000:] + answer.stdout
    verdict = json.loads(answer.stdout.splitlines()[-1])
    assert verdict["events"] == verdict["stored"] == 3000
    assert (verdict["lost"], verdict["duplicated"], verdict["reordered"], verdict["statuses_twice"]) == (0, 0, 0, 0)
    assert verdict["statuses"] > 0
    # Each kind at least once; disks only where a machine lets us mount some, and then it says so.
    assert verdict["kills"] >= 5
    assert verdict["cuts"] >= 6
    assert verdict["clock_jumps"] >= 3
    assert verdict["disk_fills"] >= 2 or "NO DISKS ARE FILLED" in answer.stderr
