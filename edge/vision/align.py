"""A face upright and centred, as the embedder was trained to see it.

Two ways: dlib's, 150x150 px by its own landmark predictor, and ArcFace's, 112x112 px by the detector's five points.
The template points are those of dlib's `get_face_chip_details` (padding 0.25), in its predictor's order, and those of
InsightFace's `face_align.py`.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.landmarks import LandmarkPredictor
from edge.vision.resize import resized
from edge.vision.runtime import Tensor
from edge.vision.types import Box, Chip, Face, Image

SIDE_PX = 150
_PADDING = 0.25
_MEAN_SHAPE = np.array(
    [
        [0.8595674595992, 0.2134981538014],
        [0.6460604764104, 0.2289674387677],
        [0.1205750620789, 0.2137274526848],
        [0.3340850613712, 0.2290642403242],
        [0.4901123135679, 0.6277975316475],
    ]
)
TEMPLATE = (_MEAN_SHAPE + _PADDING) / (2 * _PADDING + 1) * SIDE_PX - 0.5
"""(5, 2) px in the chip. Half a pixel less: dlib counts from a pixel's corner, OpenCV from its centre."""

SQUARE_SIDE = 1.05
SQUARE_DOWN = 0.035
"""The predictor was trained on dlib's own boxes. A square of SQUARE_SIDE * sqrt(w * h), centred SQUARE_DOWN * h below
the centre of a YuNet box, is where it does best (measured on LFW)."""


class Aligner:
    def __init__(self, predictor: LandmarkPredictor) -> None:
        self.predictor = predictor

    def chip(self, image: Image, face: Face) -> Chip:
        """The face, cut out; what lies outside the frame is black."""
        return upright(*self.landmarks(image, face))

    def landmarks(self, image: Image, face: Face) -> tuple[Image, Tensor]:
        """(5, 2) px in the image that is given with them: the surroundings of a large face are halved."""
        image, box = _halved(image, face.box)
        side = SQUARE_SIDE * math.sqrt(box.area)
        left = box.x + box.width / 2 - side / 2
        top = box.y + box.height * (0.5 + SQUARE_DOWN) - side / 2
        return image, self.predictor.points(image, left, top, side)


def upright(image: Image, points: Tensor) -> Chip:
    """The chip of the face with these five points."""
    return _cut_out(image, similarity(points, TEMPLATE), SIDE_PX)


def _cut_out(image: Image, turn: NDArray[np.float64], side_px: int) -> Chip:
    """What `turn` brings into a square of `side_px`; black where there is no picture.

    With a fourth channel OpenCV takes half the time, the copy that it needs included; so only what is seen is copied.
    """
    (a, b, x), (d, e, y) = cv2.invertAffineTransform(turn).tolist()
    across = x, x + a * side_px, x + b * side_px, x + (a + b) * side_px
    down = y, y + d * side_px, y + e * side_px, y + (d + e) * side_px
    height, width = image.shape[:2]
    # Comparisons with what is no number are false, and leave nothing.
    left, right = max(min(across) - 1, 0), min(max(across) + 2, width)
    top, bottom = max(min(down) - 1, 0), min(max(down) + 2, height)
    if not (left < right and top < bottom):
        return np.zeros((side_px, side_px, 3), np.uint8)
    left, top = int(left), int(top)
    part = cv2.cvtColor(image[top : math.ceil(bottom), left : math.ceil(right)], cv2.COLOR_BGR2BGRA)
    moved = turn.copy()
    moved[:, 2] += turn[:, :2] @ (left, top)
    chip = cv2.warpAffine(part, moved, (side_px, side_px), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.cvtColor(chip, cv2.COLOR_BGRA2BGR), np.uint8)


ARCFACE_SIDE_PX = 112
ARCFACE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
"""(5, 2) px in a chip of ARCFACE_SIDE_PX, in the order of `Points`."""


class ArcFaceAligner:
    def __init__(self, side_px: int = ARCFACE_SIDE_PX) -> None:
        self._side_px = side_px
        self._template = ARCFACE * (side_px / ARCFACE_SIDE_PX)

    def chip(self, image: Image, face: Face) -> Chip:
        """The face, cut out; what lies outside the frame is black."""
        onto = self._template
        if len(face.points) == 4:
            onto = np.vstack([onto[:3], onto[3:].mean(axis=0)])
        part, box = _halved(image, face.box, self._side_px)
        # In the part, which may be halved, by where the box went.
        shrunk = box.width / face.box.width if face.box.width else 1.0
        points = (face.points - (face.box.x, face.box.y)) * shrunk + (box.x, box.y)
        return _cut_out(part, similarity(points, onto), self._side_px)


def similarity(points: NDArray[np.floating], onto: NDArray[np.floating]) -> NDArray[np.float64]:
    """(2, 3): the turn, scale and shift that bring `points` closest to `onto` (least squares), both (n, 2)."""
    # As complex numbers, a turn and a scale is one factor. Five points are too few for numpy to be quick.
    here = [complex(x, y) for x, y in points.tolist()]
    there = [complex(x, y) for x, y in onto.tolist()]
    centre, goal = sum(here) / len(here), sum(there) / len(there)
    size = sum(abs(one - centre) ** 2 for one in here) or 1.0
    factor = sum((one - centre).conjugate() * (other - goal) for one, other in zip(here, there, strict=True)) / size
    shift = goal - factor * centre
    return np.array([[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]])


def _halved(image: Image, box: Box, side_px: int = SIDE_PX) -> tuple[Image, Box]:
    """The surroundings of `box`, halved until the face is not much larger than the chip: sampling a large face
    bilinearly would skip pixels."""
    halvings = 0
    while math.sqrt(box.area) / 2**halvings > 2 * side_px:
        halvings += 1
    if not halvings:
        return image, box
    height, width = image.shape[:2]
    x0, y0 = max(0, int(box.x - box.width)), max(0, int(box.y - box.height))
    x1, y1 = min(width, int(box.x + 2 * box.width)), min(height, int(box.y + 2 * box.height))
    step = 1 << halvings
    size = max(1, (x1 - x0) // step), max(1, (y1 - y0) // step)
    part = resized(image[y0 : y0 + size[1] * step, x0 : x0 + size[0] * step], *size)
    return part, Box((box.x - x0) / step, (box.y - y0) / step, box.width / step, box.height / step)
