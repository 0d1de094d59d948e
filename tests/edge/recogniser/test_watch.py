"""The newcomer's first try, on real clips: `diemdanh-edge watch`."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.__main__ import main
from edge.errors import EdgeError
from edge.vision.model_store import ModelStore

FEMALE = "head-pose-face-detection-female.gif"
MALE = "head-pose-face-detection-male.gif"
BOTH = "head-pose-face-detection-female-and-male.gif"
WALKING = "face-demographics-walking-and-pause.gif"
KEYS = ["t_s", "track", "outcome", "name", "distance", "margin", "quality", "liveness"]

pytestmark = pytest.mark.media


@pytest.fixture(params=["yunet", "blazeface"])
def detector(request: pytest.FixtureRequest) -> str:
    store = ModelStore.of_this_machine()
    try:
        store.pull([request.param, "dlib-5-points", "dlib-resnet"])
    except EdgeError as error:
        pytest.skip(f"the model {request.param} cannot be had here: {error}")
    return str(request.param)


def still(media: Path, clip: str, number: int = 0) -> np.ndarray:
    capture = cv2.VideoCapture(str(media / "clips" / clip))
    for _ in range(number):
        capture.grab()
    return capture.read()[1]


@pytest.fixture
def gallery(media: Path, tmp_path: Path) -> Path:
    """One still of each of the two."""
    folder = tmp_path / "gallery"
    folder.mkdir()
    cv2.imwrite(str(folder / "Lê Thị Hoa.png"), still(media, FEMALE))
    cv2.imwrite(str(folder / "nam.png"), still(media, MALE))
    return folder


def watched(capsys, source: Path, gallery: Path, detector: str) -> list[dict]:
    arguments = ["watch", "--source", str(source), "--gallery", str(gallery), "--detector", detector, "--json"]
    assert main(arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_both_people_are_named(media, gallery, detector, capsys):
    lines = watched(capsys, media / "clips" / BOTH, gallery, detector)
    assert sorted(line["name"] for line in lines) == ["Lê Thị Hoa", "nam"]
    for line in lines:
        assert list(line) == KEYS
        assert line["outcome"] == "identified"
        assert 0 < line["distance"] < 0.5
        assert line["margin"] > 0.05
        assert 0 < line["quality"] <= 1


def test_the_same_woman_is_named_on_another_day_and_the_others_stay_unknown(media, gallery, detector, capsys):
    lines = watched(capsys, media / "clips" / WALKING, gallery, detector)
    outcomes = sorted((line["outcome"], line["name"] or "") for line in lines)
    assert outcomes == [("identified", "Lê Thị Hoa"), ("unknown", ""), ("unknown", "")]


@pytest.mark.parametrize("numbers", [(7, 50), (15, 21), (22, 61)])
def test_it_does_not_hang_on_which_stills_were_chosen(media, tmp_path, detector, capsys, numbers):
    for name, clip, number in zip(("woman", "man"), (FEMALE, MALE), numbers, strict=True):
        (tmp_path / "gallery" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "gallery" / name / "1.png"), still(media, clip, number))
    for clip, names in ((BOTH, {"woman", "man"}), (WALKING, {"woman", None})):
        lines = watched(capsys, media / "clips" / clip, tmp_path / "gallery", detector)
        assert {line["name"] for line in lines} == names


def test_for_people_it_is_readable(media, gallery, detector, capsys):
    arguments = ["watch", "--source", str(media / "clips" / BOTH), "--gallery", str(gallery), "--detector", detector]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "Lê Thị Hoa" in said.out
    assert "{" not in said.out
    assert "gallery: 2 people, 2 photos" in said.err
    assert "56 frames" in said.err


def test_photos_that_cannot_be_used_are_named_and_the_rest_goes_on(media, gallery, detector, capsys):
    cv2.imwrite(str(gallery / "wall.png"), np.full((300, 300, 3), 120, np.uint8))
    cv2.imwrite(str(gallery / "couple.png"), still(media, BOTH))
    (gallery / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    (gallery / "empty.jpg").write_bytes(b"")
    arguments = ["watch", "--source", str(media / "clips" / BOTH), "--gallery", str(gallery), "--detector", detector]
    assert main([*arguments, "--json"]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    for file, reason in (
        ("wall.png", "no face found"),
        ("couple.png", "2 faces found"),
        ("damaged.jpg", "not a picture"),
        ("empty.jpg", "not a picture"),
    ):
        assert any(file in line and reason in line for line in said.err.splitlines()), file


def test_an_empty_gallery_is_an_error_with_advice(media, tmp_path, detector, capsys):
    (tmp_path / "empty").mkdir()
    arguments = ["watch", "--source", str(media / "clips" / BOTH), "--gallery", str(tmp_path / "empty")]
    assert main([*arguments, "--detector", detector]) == 1
    assert "put NAME.jpg files or NAME/ folders" in capsys.readouterr().err


def test_a_source_that_is_none_is_an_error_with_advice(gallery, detector, capsys):
    assert main(["watch", "--source", "no-such.mp4", "--gallery", str(gallery), "--detector", detector]) == 1
    assert "no-such.mp4" in capsys.readouterr().err
