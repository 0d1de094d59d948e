"""How well a face may be recognised, 0 to 1: the product of what can go wrong. Best shots are chosen by it.

A score is for comparing shots of one track; as an absolute it is a rough guide only.
"""

import math
from enum import StrEnum

import cv2
import numpy as np

from edge.vision.types import Box, Face, Image

SMALLEST_PX = 20.0
LARGE_ENOUGH_PX = 110.0
"""Of the shorter side of the box: a 150 px chip gains nothing beyond."""
_LOOK_PX = 64
"""Sharpness and light are judged on the face at this size."""
SHARP_ENOUGH = 22.0
"""Standard deviation of the Laplacian at _LOOK_PX of an ordinary, sharp portrait; motion blur halves it or worse."""
DARK, BRIGHT = 60.0, 215.0
"""Mean gray levels beyond which detail starts to be lost."""
CLEARLY = 0.75
"""A part of the score below this is worth telling a person."""


class Weakness(StrEnum):
    """What a person can do better at the next photo."""

    SMALL = "small"
    TURNED = "turned"
    CUT_OFF = "cut_off"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"


def geometric_quality(face: Face, width_px: int, height_px: int) -> float:
    """Size, frontality, and how much is inside the frame. Costs nothing: the whole quality is never higher."""
    return _size(face.box) * _frontality(face) * _inside(face.box, width_px, height_px)


def quality(image: Image, face: Face) -> float:
    """Geometry, sharpness and light."""
    geometry = geometric_quality(face, image.shape[1], image.shape[0])
    if geometry == 0.0:
        return 0.0
    sharpness, light = _look(image, face.box)
    return geometry * sharpness * _light(light)


def weaknesses(image: Image, face: Face) -> tuple[Weakness, ...]:
    """Why the quality is what it is: the worst first, always at least one."""
    sharpness, light = _look(image, face.box)
    parts = {
        Weakness.SMALL: _size(face.box),
        Weakness.TURNED: _frontality(face),
        Weakness.CUT_OFF: _inside(face.box, image.shape[1], image.shape[0]),
        Weakness.BLURRED: sharpness,
        Weakness.DARK if light < DARK else Weakness.BRIGHT: _light(light),
    }
    worst_first = sorted(parts, key=lambda weakness: parts[weakness])
    return tuple(weakness for weakness in worst_first if parts[weakness] < CLEARLY) or (worst_first[0],)


def _look(image: Image, box: Box) -> tuple[float, float]:
    """Sharpness, 0 to 1, and the mean gray level of the face; 0 and 0 where none of it is inside the picture."""
    x0, y0 = max(0, int(box.x)), max(0, int(box.y))
    part = image[y0 : max(y0, int(box.y + box.height) + 1), x0 : max(x0, int(box.x + box.width) + 1)]
    if part.size == 0:
        return 0.0, 0.0
    look = cv2.cvtColor(cv2.resize(part, (_LOOK_PX, _LOOK_PX), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    _, spread = cv2.meanStdDev(cv2.Laplacian(look, cv2.CV_16S))
    return _rising(float(spread[0, 0]), 0.0, SHARP_ENOUGH), float(cv2.mean(look)[0])


def _size(box: Box) -> float:
    return _rising(min(box.width, box.height), SMALLEST_PX, LARGE_ENOUGH_PX)


def _frontality(face: Face) -> float:
    """1 when the nose is midway between the eyes, 0 when it is over one of them."""
    (left_x, left_y), (right_x, right_y), (nose_x, nose_y) = ((float(x), float(y)) for x, y in face.points[:3])
    across_x, across_y = right_x - left_x, right_y - left_y
    span = across_x * across_x + across_y * across_y
    if span <= 0.0:
        return 0.0
    share = ((nose_x - left_x) * across_x + (nose_y - left_y) * across_y) / span
    return max(0.0, 1.0 - 2.0 * abs(share - 0.5))


def _inside(box: Box, width_px: int, height_px: int) -> float:
    across = min(box.x + box.width, width_px) - max(box.x, 0.0)
    down = min(box.y + box.height, height_px) - max(box.y, 0.0)
    return max(0.0, across) * max(0.0, down) / box.area if box.area > 0 else 0.0


def _light(mean_gray: float) -> float:
    return _rising(mean_gray, 0.0, DARK) * _rising(255.0 - mean_gray, 0.0, 255.0 - BRIGHT)


def _rising(value: float, nothing: float, enough: float) -> float:
    """0 at `nothing`, 1 from `enough` on; a square root, so that near the good end little matters."""
    share = (value - nothing) / (enough - nothing)
    return math.sqrt(min(1.0, max(0.0, share))) if np.isfinite(share) else 0.0
