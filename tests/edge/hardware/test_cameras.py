"""One suite for everything that can be read here: what holds for a real clip holds for the fake."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.errors import Unavailable
from edge.hardware.fake import FakeCamera
from edge.hardware.image_folder import ImageFolder
from edge.hardware.ports import Camera
from edge.hardware.video_file import VideoFile
from tests.edge.hardware.clips import FRAMES, number_of, numbered_image, write_clip, write_folder


def fake_with_frames() -> FakeCamera:
    camera = FakeCamera()
    for number in range(FRAMES):
        camera.show(numbered_image(number), number / 10)
    camera.end()
    return camera


@pytest.fixture(params=["clip", "folder", "fake"])
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Camera:
    makers: dict[str, Callable[[], Camera]] = {
        "clip": lambda: VideoFile(write_clip(tmp_path / "clip.avi")),
        "folder": lambda: ImageFolder(write_folder(tmp_path / "folder")),
        "fake": fake_with_frames,
    }
    return makers[request.param]()


def test_every_picture_arrives_once_and_in_order(camera: Camera):
    camera.open()
    numbers = []
    while (picture := camera.read()) is not None:
        numbers.append(number_of(picture.image))
    camera.close()
    assert numbers == list(range(FRAMES))


def test_times_rise_from_zero(camera: Camera):
    camera.open()
    times = []
    while (picture := camera.read()) is not None:
        times.append(picture.at_s)
    camera.close()
    assert times[0] == 0
    assert times == sorted(set(times))


def test_pictures_are_three_channels_of_bytes(camera: Camera):
    camera.open()
    picture = camera.read()
    camera.close()
    assert picture is not None
    assert (picture.image.shape, picture.image.dtype.name) == ((48, 64, 3), "uint8")


def test_a_camera_has_a_name_before_it_is_opened(camera: Camera):
    assert camera.name


def test_closing_is_harmless_at_any_time(camera: Camera):
    camera.close()
    camera.open()
    camera.close()
    camera.close()


def test_the_fake_raises_what_a_real_camera_raises_when_it_is_unplugged():
    camera = FakeCamera()
    camera.open()
    camera.unplug()
    with pytest.raises(Unavailable):
        camera.read()
    camera.close()
    with pytest.raises(Unavailable):
        camera.open()
    assert camera.calls == ["open", "close", "open"]
