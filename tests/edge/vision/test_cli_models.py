"""`diemdanh-edge models`: what a person sees, and the exit code a script sees."""

from pathlib import Path

import pytest

from edge.__main__ import main
from edge.vision import model_store
from tests.edge.vision.library import CONTENT, folder_with, manifest


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache, and a folder of models that has everything but the preferred detector."""
    folder = folder_with(tmp_path / "models", *(set(CONTENT) - {"best.bin"}))
    monkeypatch.setenv("DIEMDANH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DIEMDANH_MODEL_PATH", str(folder))
    monkeypatch.setattr(model_store, "read_manifest", manifest)
    return tmp_path / "cache"


def test_pull_then_list_then_verify(capsys):
    assert main(["models", "pull"]) == 0
    assert "taking second instead" in capsys.readouterr().err
    assert main(["models", "list"]) == 0
    listed = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "not here" in listed["best"]
    assert "not here" not in listed["second"]
    assert main(["models", "verify"]) == 0
    assert capsys.readouterr().out == "second: ok\npoints: ok\nembedder: ok\n"


def test_verify_names_the_altered_file_and_fails(machine, capsys):
    assert main(["models", "pull"]) == 0
    (points,) = (machine / "models" / "points").glob("*/points.bin")
    points.write_bytes(b"altered")
    assert main(["models", "verify"]) == 1
    said = capsys.readouterr().out
    assert "points.bin" in said
    assert "second: ok" in said


def test_verify_on_a_fresh_machine_says_what_to_do(capsys):
    assert main(["models", "verify"]) == 1
    assert "models pull" in capsys.readouterr().err


def test_a_pull_that_fails_says_why(capsys):
    assert main(["models", "pull", "best"]) == 1
    assert "best.bin" in capsys.readouterr().err


def test_an_unknown_model_is_answered_with_the_known_ones(capsys):
    assert main(["models", "pull", "yolo"]) == 1
    assert "best, second, points, embedder" in capsys.readouterr().err
