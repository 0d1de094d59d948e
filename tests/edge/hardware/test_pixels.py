"""Frames as odd cameras give them: converted, or passed over with a word; nothing raises further in."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from edge.backoff import Backoff
from edge.errors import Rejected
from edge.hardware.fake import FakeCamera
from edge.hardware.live import LiveSource
from edge.hardware.pixels import Pixels
from edge.hardware.recorded import RecordedSource
from tests.edge.hardware.clips import number_of, numbered_image

COLOUR = np.dstack([np.full((4, 6), level, np.uint8) for level in (10, 100, 200)])


def pixels() -> Pixels:
    return Pixels("camera")


def test_what_is_right_already_is_not_copied():
    assert pixels().as_bgr(COLOUR) is COLOUR


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1)])
def test_gray_becomes_three_equal_channels(shape: tuple[int, ...]):
    gray = np.arange(24, dtype=np.uint8).reshape(shape)
    converted = pixels().as_bgr(gray)
    assert converted.shape == (4, 6, 3)
    assert (converted == gray.reshape(4, 6, 1)).all()


def test_a_fourth_channel_is_left_out():
    four = np.dstack([COLOUR, np.zeros((4, 6), np.uint8)])
    assert (pixels().as_bgr(four) == COLOUR).all()


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_deep_pixels_keep_their_brightness_at_any_depth(bits: int):
    deep = COLOUR.astype(np.uint16) << (bits - 8)
    assert (pixels().as_bgr(deep) == COLOUR).all()


def test_a_dark_frame_after_a_bright_one_is_of_the_same_camera():
    camera = pixels()
    camera.as_bgr(np.full((2, 2), 4000, np.uint16))
    assert camera.as_bgr(np.full((2, 2), 800, np.uint16)).max() == 800 >> 4


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (None, "no picture in it"),
        (np.zeros((0, 5, 3), np.uint8), "5x0 px has nothing in it"),
        (np.zeros((4, 5, 2), np.uint8), r"shape \(4, 5, 2\) is no picture"),
        (np.zeros(9, np.uint8), r"shape \(9,\) is no picture"),
        (np.zeros((4, 5, 3), np.float32), "type float32: known are 8 and 16 bits"),
        (np.full((4, 5), np.nan), "type float64"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_to_do(odd: NDArray[Any] | None, said: str):
    with pytest.raises(Rejected, match=said):
        pixels().as_bgr(odd)


@given(
    st.sampled_from([np.uint8, np.uint16, np.int16, np.int32, np.float32, np.bool_]).flatmap(
        lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6))
    )
)
def test_any_array_is_a_picture_or_is_refused(odd: NDArray[Any]):
    try:
        image = pixels().as_bgr(odd)
    except Rejected:
        return
    assert image.shape == (*odd.shape[:2], 3)
    assert image.dtype == np.uint8


def test_a_camera_that_gives_rubbish_between_pictures_goes_on(caplog: pytest.LogCaptureFixture):
    camera = FakeCamera()
    for number in range(5):
        camera.show(np.zeros((2, 2, 2), np.uint8), number * 1.0)
    camera.show(numbered_image(3)[:, :, 0], 9.0)
    with LiveSource(camera, backoff=Backoff(first_s=0.001, ceiling_s=0.001)) as source:
        frame = next(iter(source))
        camera.unplug()
    assert (number_of(frame.image), frame.image.shape[2]) == (3, 3)
    assert re.findall(r"picture passed over name=fake camera count=(\d)", caplog.text) == ["1", "2", "4"]


def test_a_clip_of_nothing_but_rubbish_is_an_error_and_not_an_empty_clip():
    camera = FakeCamera()
    camera.show(np.zeros((0, 0, 3), np.uint8), 0.0)
    camera.end()
    with pytest.raises(Rejected, match="not one of its 1 pictures"), RecordedSource(camera, real_time=False) as source:
        list(source)
