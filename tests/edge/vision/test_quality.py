"""A better shot scores higher; what cannot be read scores nothing."""

import cv2
import numpy as np
import pytest

from edge.vision.quality import assess, geometric_quality, quality
from edge.vision.types import Box, Face

FRONTAL = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


def face(side: float = 100.0, x: float = 20.0, y: float = 20.0, nose: float = 0.5) -> Face:
    points = FRONTAL.copy()
    points[2, 0] = nose
    return Face(Box(x, y, side, side), 0.9, points * side + np.array([x, y], np.float32))


@pytest.fixture
def picture() -> np.ndarray:
    """Something with detail, at an ordinary brightness."""
    noise = np.random.default_rng(3).integers(60, 200, (70, 70, 3), np.uint8)
    return cv2.resize(noise, (280, 280), interpolation=cv2.INTER_NEAREST)


def test_it_is_between_nothing_and_one(picture):
    assert 0 < quality(picture, face()) <= 1


def test_it_is_never_higher_than_its_geometric_part(picture):
    assert quality(picture, face()) <= geometric_quality(face(), 280, 280)


@pytest.mark.parametrize(
    "worse",
    [face(side=40), face(nose=0.65), face(x=-40), face(x=230), face(y=-50)],
    ids=["small", "turned", "cut off left", "cut off right", "cut off above"],
)
def test_worse_geometry_scores_lower(picture, worse):
    assert quality(picture, worse) < 0.9 * quality(picture, face())


def test_a_blurred_face_scores_lower(picture):
    assert quality(cv2.GaussianBlur(picture, (0, 0), 6), face()) < 0.7 * quality(picture, face())


@pytest.mark.parametrize("light", [0.1, 0.02], ids=["dark", "night"])
def test_a_dark_face_scores_lower(picture, light):
    assert quality((picture * light).astype(np.uint8), face()) < 0.7 * quality(picture, face())


def test_a_burnt_out_face_scores_lower(picture):
    burnt = np.clip(picture.astype(int) + 150, 0, 255).astype(np.uint8)
    assert quality(burnt, face()) < 0.7 * quality(picture, face())


@pytest.mark.parametrize(
    "nothing",
    [face(side=0), face(side=-5), face(x=5000), face(nose=0.3), face(nose=0.9), face(side=float("nan"))],
    ids=["no area", "negative", "outside", "profile", "profile the other way", "not a number"],
)
def test_what_cannot_be_read_scores_nothing(picture, nothing):
    assert quality(picture, nothing) == 0.0


def test_a_box_that_is_none_has_a_reason_and_no_score(picture):
    for nothing in (face(side=0), face(side=-5), face(x=5000), face(side=float("nan")), face(x=float("inf"))):
        told = assess(picture, nothing)
        assert told.score == 0.0
        assert len(told.reasons) == 1
