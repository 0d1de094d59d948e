"""What a person is told when a clip or folder is not what it should be."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.errors import Misconfigured, Rejected
from edge.hardware.select import open_source
from edge.hardware.video_file import VideoFile
from tests.edge.hardware.clips import FRAMES, number_of, read_all, write_clip, write_folder


def test_a_missing_file_is_named_with_what_a_source_may_be():
    with pytest.raises(Misconfigured, match=r"'no/such\.mp4'.*A source is a video file"):
        open_source("no/such.mp4")


def test_a_file_that_is_no_video_is_named(tmp_path: Path):
    (tmp_path / "noise.mp4").write_bytes(b"\0" * 5000)
    with pytest.raises(Misconfigured, match=r"noise\.mp4: not a video"), open_source(str(tmp_path / "noise.mp4")):
        pass


def test_a_clip_that_breaks_off_gives_its_good_part_and_then_says_where(tmp_path: Path):
    whole = write_clip(tmp_path / "clip.avi").read_bytes()
    sixth_frame = [match.start() for match in re.finditer(b"00dc", whole)][5]
    (tmp_path / "cut.avi").write_bytes(whole[:sixth_frame])
    clip = VideoFile(tmp_path / "cut.avi")
    clip.open()
    images: list[NDArray[np.uint8]] = []
    with pytest.raises(Rejected, match=r"cut\.avi: damaged, it breaks off after frame \d+ of 12"):
        read_all(clip, images)
    clip.close()
    assert [number_of(image) for image in images][:4] == [0, 1, 2, 3]
    assert len(images) <= 5


def test_a_damaged_picture_in_a_folder_is_passed_over_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    folder = write_folder(tmp_path / "folder")
    (folder / "005.png").write_bytes(b"not a picture")
    with open_source(str(folder)) as source:
        numbers = [number_of(frame.image) for frame in source]
    assert numbers == [number for number in range(FRAMES) if number != 5]
    assert "005.png" in caplog.text


def test_a_folder_without_pictures_is_refused(tmp_path: Path):
    with pytest.raises(Misconfigured, match="no pictures in it"), open_source(str(tmp_path)):
        pass


def test_a_folder_of_nothing_but_damage_is_rejected(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(Rejected, match="not one of its pictures"), open_source(str(tmp_path)) as source:
        list(source)
