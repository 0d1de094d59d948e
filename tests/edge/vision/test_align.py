"""Where a face ends up in its chip."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.align import SIDE_PX, TEMPLATE, Aligner, similarity, upright
from edge.vision.types import Box, Face


@given(st.floats(0.05, 20), st.floats(-math.pi, math.pi), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_a_similarity_is_found_again_exactly(scale, angle, dx, dy):
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    moved = TEMPLATE @ turn.T + [dx, dy]
    found = similarity(moved, TEMPLATE)
    assert moved @ found[:, :2].T + found[:, 2] == pytest.approx(TEMPLATE, abs=1e-6)


def test_points_that_coincide_do_not_break_it():
    assert np.isfinite(similarity(np.ones((5, 2)), TEMPLATE)).all()


class AtTemplate:
    """A predictor that knows where the points are: at the chip's template, scaled into the square of the face."""

    def points(self, image, left, top, side):
        return (TEMPLATE + 0.5) / SIDE_PX * side + [left, top]


def coloured_square(side: int) -> np.ndarray:
    """A frame of gray with a face-sized square: red left, blue right half."""
    frame = np.full((3 * side, 3 * side, 3), 128, np.uint8)
    frame[side : 2 * side, side : side + side // 2] = (0, 0, 255)
    frame[side : 2 * side, side + side // 2 : 2 * side] = (255, 0, 0)
    return frame


@pytest.mark.parametrize("side", [40, 150, 301, 1000, 1500])
def test_the_chip_shows_the_same_whatever_the_size_of_the_face(side):
    frame = coloured_square(side)
    frame.flags.writeable = False
    square = side / 1.05
    box = Box(1.5 * side - square / 2, 1.5 * side - 0.535 * square, square, square)
    chip = Aligner(AtTemplate()).chip(frame, Face(box, 0.9, np.zeros((5, 2), np.float32)))
    small = cv2.resize(coloured_square(150)[150:300, 150:300], (SIDE_PX, SIDE_PX))
    inner = slice(6, -6)
    assert chip.shape == (SIDE_PX, SIDE_PX, 3)
    assert np.abs(chip[inner, inner].astype(int) - small[inner, inner]).mean() < 8


def test_what_is_outside_the_frame_is_black():
    frame = np.full((100, 100, 3), 200, np.uint8)
    box = Box(60.0, 10.0, 80.0, 80.0)
    chip = Aligner(AtTemplate()).chip(frame, Face(box, 0.9, np.zeros((5, 2), np.float32)))
    assert chip[75, :40].min() == 200
    assert chip[75, 120:].max() == 0


@pytest.mark.parametrize("at", [(100, 80), (300, 160), (-30, -20), (330, 200)])
@pytest.mark.parametrize("scale", [0.3, 0.9, 1.6])
def test_a_chip_is_what_the_whole_frame_gives(at, scale):
    """Only the part that is seen is turned."""
    frame = cv2.resize(np.random.default_rng(4).integers(0, 256, (48, 72, 3), np.uint8), (360, 240))
    frame.flags.writeable = False
    turn = scale * np.array([[math.cos(0.3), -math.sin(0.3)], [math.sin(0.3), math.cos(0.3)]])
    points = TEMPLATE @ turn.T + at
    whole = cv2.warpAffine(frame, similarity(points, TEMPLATE), (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR)
    assert np.abs(upright(frame, points).astype(int) - whole).max() <= 1


@pytest.mark.parametrize("points", [TEMPLATE + 5000, TEMPLATE * np.nan, TEMPLATE * np.inf, TEMPLATE - 1e12])
def test_points_outside_of_the_frame_give_a_black_chip(points):
    chip = upright(np.full((100, 100, 3), 200, np.uint8), points)
    assert chip.shape == (SIDE_PX, SIDE_PX, 3)
    assert not chip.any()
