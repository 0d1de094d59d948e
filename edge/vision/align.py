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
    turn = similarity(points, TEMPLATE)
    return np.asarray(cv2.warpAffine(image, turn, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR), np.uint8)


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
        turn = similarity(points, onto)
        side = self._side_px, self._side_px
        return np.asarray(cv2.warpAffine(part, turn, side, flags=cv2.INTER_LINEAR), np.uint8)


def similarity(points: NDArray[np.floating], onto: NDArray[np.floating]) -> NDArray[np.float64]:
    """(2, 3): the turn, scale and shift that bring `points` closest to `onto` (least squares), both (n, 2)."""
    centre, goal = points.mean(axis=0), onto.mean(axis=0)
    here, there = points - centre, onto - goal
    size = float(np.square(here).sum()) or 1.0
    along = float((here * there).sum()) / size
    across = float((here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0]).sum()) / size
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, goal - turn @ centre])


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
