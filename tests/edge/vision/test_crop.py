"""What enrolment may keep of a photo: enough for any aligner, small, and without finding the face again."""

import numpy as np
import pytest

from edge.errors import Rejected
from edge.vision.align import ARCFACE, ArcFaceAligner
from edge.vision.crop import MAX_BYTES, crop_of, read_crop
from edge.vision.types import Box, Face, Image


def face_at(x: float, y: float, zoom: float, turned: float = 0.0) -> Face:
    """A face of 112 * `zoom` px, its points turned by `turned` radians."""
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    points = (ARCFACE - 56) @ turn.T * zoom + 56 * zoom + (x, y)
    return Face(Box(x, y, 112 * zoom, 112 * zoom), 0.9, points.astype(np.float32))


def smooth(height: int, width: int) -> Image:
    """No two places look alike, and JPEG hardly changes it."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    waves = [127 + 100 * np.sin(x / width * 9 + shift) * np.cos(y / height * 7 + shift) for shift in (0.0, 1.0, 2.0)]
    return np.stack(waves, axis=2).astype(np.uint8)


@pytest.mark.parametrize(("x", "y", "zoom", "turned"), [
    (500.0, 300.0, 1.0, 0.0), (200.0, 100.0, 4.0, 0.5), (-20.0, 5.0, 1.5, -0.4), (900.0, 600.0, 2.0, 0.3),
])  # fmt: skip
def test_a_chip_of_the_crop_is_that_of_the_photo(x: float, y: float, zoom: float, turned: float):
    """Inside the picture, at its edges, large and tilted."""
    photo, face = smooth(800, 1200), face_at(x, y, zoom, turned)
    content = crop_of(photo, face)
    kept = ArcFaceAligner().chip(*read_crop(content)).astype(int)
    whole = ArcFaceAligner().chip(photo, face).astype(int)
    # At the border between the picture and the black beyond it a pixel's shift is all or nothing.
    assert np.mean(np.abs(kept - whole) > 8) < 0.02
    assert len(content) <= MAX_BYTES


def test_a_crop_that_packs_badly_is_small_all_the_same():
    noise = np.random.default_rng(1).integers(0, 256, (900, 900, 3), np.uint8)
    assert len(crop_of(noise, face_at(200, 200, 4.0))) <= MAX_BYTES


def test_a_face_outside_the_picture_and_what_is_no_crop_are_refused():
    with pytest.raises(Rejected, match="outside the picture"):
        crop_of(smooth(100, 100), face_at(400, 400, 1.0))
    whole = crop_of(smooth(300, 300), face_at(50, 50, 1.0))
    for damaged in (b"", b"{}\n", b'{"box": 1}\n', whole[:200], whole.partition(b"\n")[0]):
        with pytest.raises(Rejected):
            read_crop(damaged)
