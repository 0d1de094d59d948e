"""A day of 24 hours, small: what the register says in the evening is what happened."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.chaos
def test_the_roll_of_a_day_with_two_outages_and_a_lost_clock_is_the_truth() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "scripts.school_day_parts", "--short"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr[-2000:] + answer.stdout
    verdict = json.loads(answer.stdout.splitlines()[-1])
    assert verdict["events"] == verdict["stored"] > 300
    assert verdict["half_days"] == 180
    assert (verdict["wrong"], verdict["told_wrongly"], verdict["disagreements"], verdict["staff_wrong"]) == (0, 0, 0, 0)
    assert "outage over" in answer.stderr
