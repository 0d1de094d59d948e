"""How well a face may be recognised, 0 to 1: the product of what can go wrong. Best shots are chosen by it.

A score is for comparing shots of one track; as an absolute it is a rough guide only. What spoils a shot, and a person
could change, is told by reasons: `assess`. Their limits are from the hundred portraits of LFW that the tests use, as
they are and made worse one way at a time: between the worst hundredth of the good ones and most of the bad ones.
`diemdanh-edge evaluate` tells how often each reason is given, and what the photos with it are worth.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.align import ArcFaceAligner
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


class Weakness(StrEnum):
    """What spoils a shot, and a person could change."""

    SMALL = "small"
    TURNED = "turned"
    CUT_OFF = "cut_off"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Quality:
    score: float
    """0 to 1, as `quality` gives it."""
    reasons: tuple[Weakness, ...]
    """What spoils the shot, the worst first; empty when nothing does."""


LEAST_PX = 50.0
"""Of the shorter side of the box: below it a chip is blown up three times and more."""
LEAST_INSIDE = 0.985
"""Share of the box within the frame. Good portraits: 1. Detectors shrink the box to what they see, so a face that is
cut by a third is found out in half of the cases only."""
MOST_BURNT = 0.1
"""Share of pixels at _BURNT_GRAY and above. Good portraits: 0.014 and less; with twice the light: 0.1 and more in
nineteen of twenty. The limit for dark is DARK itself. Good portraits: 90 and more; with a quarter of the light: 45."""
LEAST_FRONTAL = 0.35
"""Of `_frontality`: about 30 degrees. One good portrait in twenty is a half profile, and is told so."""
LEAST_SHARP = 0.3
"""Spread of the Laplacian over that of the gray levels, at _LOOK_PX: light does not change it. Good portraits: 0.36 and
more; blurred by 3 px of a face of 93 px: 0.26 and less; masked ones: 0.34 and more."""
LEAST_FEATURES = 0.25
"""How much the gray level varies from row to row around the mouth, over how much it varies around the eyes: lips, teeth
and beards do so, cloth and a hand hardly. Good portraits: 0.31 and more; with a plain mask painted on, whatever its
colour: 0.24 and less. It sees nothing of a mask with a printed mouth, of sunglasses, or of a helmet that leaves the
face free; a hand or scarf is seen only if it hides the mouth."""
_MOUTH, _EYES = (slice(84, 104), slice(45, 68)), (slice(44, 60), slice(30, 82))
"""Rows and columns of ArcFace's chip."""
_BURNT_GRAY = 250
_CHIP = ArcFaceAligner()


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


def assess(image: Image, face: Face) -> Quality:
    """The score with its reasons. What one fault makes impossible to judge is not accused: a small or dark face is not
    called blurred, a blurred one not covered."""
    side = min(face.box.width, face.box.height)
    part = _part(image, face.box)
    if part.size == 0:
        return Quality(0.0, (Weakness.CUT_OFF if side > 0 else Weakness.SMALL,))
    gray = cv2.cvtColor(cv2.resize(part, (_LOOK_PX, _LOOK_PX), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    # How near to its limit, 1 and above is well: the least is the worst.
    of = {
        Weakness.SMALL: side / LEAST_PX,
        Weakness.CUT_OFF: _inside(face.box, image.shape[1], image.shape[0]) / LEAST_INSIDE,
        Weakness.DARK: float(cv2.mean(gray)[0]) / DARK,
        Weakness.BRIGHT: MOST_BURNT / max(float((gray >= _BURNT_GRAY).mean()), 1e-6),
        Weakness.TURNED: _frontality(face) / LEAST_FRONTAL,
    }
    if all(share >= 1.0 for share in of.values()):
        of[Weakness.BLURRED] = _sharpness(gray) / LEAST_SHARP
        if of[Weakness.BLURRED] >= 1.0:
            of[Weakness.COVERED] = _features(image, face) / LEAST_FEATURES
    reasons = sorted((reason for reason, share in of.items() if share < 1.0), key=lambda reason: of[reason])
    return Quality(quality(image, face), tuple(reasons))


def _look(image: Image, box: Box) -> tuple[float, float]:
    """Sharpness, 0 to 1, and the mean gray level of the face; 0 and 0 where none of it is inside the picture."""
    part = _part(image, box)
    if part.size == 0:
        return 0.0, 0.0
    look = cv2.cvtColor(cv2.resize(part, (_LOOK_PX, _LOOK_PX), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    _, spread = cv2.meanStdDev(cv2.Laplacian(look, cv2.CV_16S))
    return _rising(float(spread[0, 0]), 0.0, SHARP_ENOUGH), float(cv2.mean(look)[0])


def _part(image: Image, box: Box) -> Image:
    """What of the box is in the frame; nothing of a box that is none."""
    if not all(map(math.isfinite, (box.x, box.y, box.width, box.height))) or box.area == 0:
        return image[:0, :0]
    x0, y0 = max(0, int(box.x)), max(0, int(box.y))
    return image[y0 : max(y0, int(box.y + box.height) + 1), x0 : max(x0, int(box.x + box.width) + 1)]


def _sharpness(gray: NDArray[Any]) -> float:
    _, edges = cv2.meanStdDev(cv2.Laplacian(gray, cv2.CV_16S))
    _, levels = cv2.meanStdDev(gray)
    return float(edges[0, 0]) / max(float(levels[0, 0]), 1.0)


def _features(image: Image, face: Face) -> float:
    chip = cv2.cvtColor(_CHIP.chip(image, face), cv2.COLOR_BGR2GRAY).astype(np.float32)
    return float(chip[_MOUTH].mean(axis=1).std()) / max(float(chip[_EYES].std()), 1.0)


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
