"""`diemdanh-enroll check` says what is wrong with a photo before a child is asked to come again."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from enroll.__main__ import main


@pytest.mark.media
def test_each_photo_gets_its_own_verdict(tmp_path: Path, media: Path, capsys: pytest.CaptureFixture[str]) -> None:
    portrait = media / "faces" / "lfw10" / "Gerhard_Schroeder" / "Gerhard_Schroeder_0005.jpg"
    person = cv2.imread(str(portrait))
    assert person is not None
    (tmp_path / "good.jpg").write_bytes(portrait.read_bytes())
    cv2.imwrite(str(tmp_path / "two.jpg"), np.hstack([person, person]))
    cv2.imwrite(str(tmp_path / "nobody.png"), np.full((300, 300, 3), 127, np.uint8))
    masked = person.copy()
    masked[140:, 70:180] = (200, 160, 110)
    cv2.imwrite(str(tmp_path / "masked.jpg"), masked)
    cv2.imwrite(str(tmp_path / "blurred.jpg"), cv2.GaussianBlur(person, (0, 0), 9))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff not a photo")

    assert main(["check", str(tmp_path), "--json"]) == 1
    said = capsys.readouterr()
    verdicts = {Path(line["photo"]).stem: line for line in map(json.loads, said.out.splitlines())}
    assert {name: line["verdict"] for name, line in verdicts.items()} == {
        "good": "ok", "two": "two_faces", "nobody": "no_face", "blurred": "poor", "masked": "poor", "broken": "corrupt",
    }  # fmt: skip
    assert "2 faces" in verdicts["two"]["why"]
    assert "no face" in verdicts["nobody"]["why"]
    assert verdicts["blurred"]["reasons"][0] == "blurred"
    assert "hold still" in verdicts["blurred"]["why"]
    assert verdicts["masked"]["reasons"] == ["covered"]
    assert "bỏ khẩu trang" in verdicts["masked"]["why"]
    assert "take off mask" in verdicts["masked"]["why"]
    assert "not a picture" in verdicts["broken"]["why"]
    assert "1 of 6 photos" in said.err


def test_a_folder_without_photos_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 1
    assert "no photos there" in capsys.readouterr().err
