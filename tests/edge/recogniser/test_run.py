"""`enrol`, `run` and `status` on real photos and a real clip."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from edge.clock import SystemClock
from edge.contract import Outcome
from edge.store.db import connect
from edge.store.outbox import Outbox

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def unit(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a unit that knows the woman and the man of two clips, by one still each."""
    folder = tmp_path_factory.mktemp("unit")
    for person, clip in (("hs-f", "head-pose-face-detection-female"), ("hs-m", "head-pose-face-detection-male")):
        still = _first_frame(media / "clips" / f"{clip}.gif")
        (folder / "photos" / person).mkdir(parents=True)
        cv2.imwrite(str(folder / "photos" / person / "still.png"), still)
    shutil.copytree(folder / "photos" / "hs-m", folder / "photos" / "Nguyễn Văn A")
    (folder / "photos" / "hs-x.jpg").write_bytes(b"not a picture")
    enrolled = edge(folder, "enrol", str(folder / "photos"))
    assert enrolled.returncode == 1
    assert "hs-x.jpg: is not a picture" in enrolled.stderr
    assert "Nguyễn Văn A/still.png: its name is not a reference" in enrolled.stderr
    assert "2 people enrolled, 2 not" in enrolled.stderr
    return folder


def edge(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge", *arguments],
        env={**os.environ, "DIEMDANH_EDGE_DATA_DIR": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
    )


def _first_frame(clip: Path):
    arrived, image = cv2.VideoCapture(str(clip)).read()
    assert arrived
    return image


def test_everybody_in_the_clip_is_recorded_before_anything_is_said(unit: Path, media: Path):
    clip = media / "clips" / "head-pose-face-detection-female-and-male.gif"
    ran = edge(unit, "run", "--source", str(clip), "--once", "--pace", "fast", "--json")
    assert ran.returncode == 0, ran.stderr
    *said, summary = [json.loads(line) for line in ran.stdout.splitlines()]
    assert summary == {"frames": 56}
    assert {line["person"] for line in said if line["outcome"] == Outcome.IDENTIFIED} == {"hs-f", "hs-m"}
    assert all(line["capture_to_commit_ms"] > 0 for line in said)
    recorded = Outbox(connect(unit / "data"), SystemClock()).read(after=0, upto=2**62, limit=100)
    assert {line["seq"] for line in said} <= {sighting.seq for sighting in recorded}
    assert json.loads(edge(unit, "status", "--json").stdout)["roster_size"] == 2


def test_what_is_logged_names_nobody(unit: Path, media: Path):
    clip = media / "clips" / "head-pose-face-detection-female-and-male.gif"
    ran = edge(unit, "run", "--source", str(clip), "--once", "--pace", "fast")
    assert ran.stdout == ""
    assert "hs-f" not in ran.stderr


def test_a_source_that_is_not_there_is_said_and_ends_with_1(unit: Path):
    ran = edge(unit, "run", "--source", "nowhere.mp4", "--once")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "nowhere.mp4" in ran.stderr
    assert "Traceback" not in ran.stderr
