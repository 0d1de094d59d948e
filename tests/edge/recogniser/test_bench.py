"""`bench`: what is measured, what is told, and what goes into the file to send."""

import json

import pytest

from edge.__main__ import main
from edge.errors import EdgeError
from edge.hardware import machine
from edge.recogniser import bench
from edge.vision.model_store import ModelStore
from edge.vision.threads import cores
from tests.edge.vision.faces import BOTH


@pytest.fixture
def short(monkeypatch) -> None:
    """A tenth of the work, on a machine with models."""
    store = ModelStore.of_this_machine()
    try:
        store.pull()
    except EdgeError as error:
        pytest.skip(f"the models cannot be had here: {error}")
    monkeypatch.setattr(bench, "FRAMES", 8)
    monkeypatch.setattr(bench, "WARM_UP", 1)
    monkeypatch.setattr(bench, "GALLERIES", (50,))


def test_the_made_up_scene_goes_through_every_stage(short, capsys):
    assert main(["bench", "--json"]) == 0
    told = capsys.readouterr()
    report = json.loads(told.out)
    names = [stage["name"] for stage in report["stages"]]
    assert {"detect", "quality", "align", "embed, embedder.onnx", "embed, embedder.tflite", "match, 50 people"} <= {
        *names
    }
    assert all(stage["median_ms"] > 0 for stage in report["stages"])
    # Three faces are looked at once at least, and not in every frame.
    assert 3 <= report["looks"] < 3 * report["frames"]
    assert report["frames"] == 8
    assert report["frames_per_s"] > 0
    assert report["board"]["cores"] == cores()
    assert report["models"]["embedder"].startswith("dlib-resnet ")
    assert "attach" in told.err


@pytest.mark.media
def test_ones_own_clip_is_told_in_a_table(short, media, capsys, monkeypatch):
    monkeypatch.setattr("edge.recogniser.cli_bench.LONGEST_FRAMES", 6)
    assert main(["bench", "--clip", str(media / "clips" / BOTH)]) == 0
    told = capsys.readouterr().out
    assert f"scene: {BOTH}; 6 frames" in told
    assert "frames a second in one thread" in told
    assert "my-board.json" in told


def test_a_board_that_was_throttled_is_told_so(capsys, monkeypatch, short):
    monkeypatch.setattr(machine, "power", lambda: machine.Power(True, True, throttled_now=True))
    monkeypatch.setattr(machine, "cpu_temperature_c", lambda: 81.5)
    assert main(["bench"]) == 0
    told = capsys.readouterr().out
    assert "82 °C, throttled, undervoltage" in told
    assert "a stronger power supply or a fan" in told


def test_a_board_says_its_own_name(tmp_path, monkeypatch):
    file = tmp_path / "model"
    file.write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    monkeypatch.setattr(bench, "DEVICE_TREE", file)
    assert bench.board().name == "Raspberry Pi 5 Model B Rev 1.0"
    monkeypatch.setattr(bench, "DEVICE_TREE", tmp_path / "none")
    assert bench.board().name


def test_a_clip_that_is_not_there_is_said(capsys):
    assert main(["bench", "--clip", "nowhere.mp4"]) == 1
    assert "nowhere.mp4" in capsys.readouterr().err
