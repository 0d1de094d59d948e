"""The demo's own check, as a newcomer runs it: from a face in a clip to a message on a parent's phone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.long
def test_a_passage_in_a_clip_reaches_the_parents_phone(tmp_path: Path) -> None:
    demo = subprocess.run(
        [sys.executable, "-m", "scripts.demo_parts", "--check", "--port", "0", "--folder", str(tmp_path / "demo")],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=230,
    )  # fmt: skip
    assert demo.returncode == 0, demo.stderr
    result = json.loads(demo.stdout.splitlines()[-1])
    assert result["recognised"] == {"Trần Minh An": 1}
    assert result["unknown"] == 1
    assert result["events_stored"] == 2
    # To each guardian by the first way that reaches them: a phone that takes Web Push, and e-mail.
    assert result["messages_delivered"] == 2


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    demo = subprocess.run(
        [sys.executable, "-m", "scripts.demo_parts", "--check", "--port", "0", "--source", "nowhere.mp4",
         "--folder", str(tmp_path / "demo")],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=230,
    )  # fmt: skip
    assert demo.returncode == 1
    assert "nowhere.mp4" in demo.stderr
    assert "Traceback" not in demo.stderr
