"""The sequence oracle over 50 units, while everything that can be killed is killed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.chaos
def test_everything_that_was_recorded_is_stored_once_and_in_order() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "scripts.chaos_parts", "--short"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr[-2000:] + answer.stdout
    verdict = json.loads(answer.stdout.splitlines()[-1])
    assert verdict["events"] == verdict["stored"] == 2000
    assert (verdict["lost"], verdict["duplicated"], verdict["reordered"]) == (0, 0, 0)
    assert verdict["kills"] >= 4
