"""Five points of a face by dlib's cascade of regression forests, run in numpy.

Source: Kazemi and Sullivan, One Millisecond Face Alignment with an Ensemble of Regression Trees (2014).
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.types import Image

REACH = 0.35
"""How far outside the face's square, in squares, pixels are looked at; farther ones count as black."""
_GRAY = np.array([[1 / 3, 1 / 3, 1 / 3, -1 / 3]])
"""(b + g + r) // 3: with a third subtracted, rounding becomes flooring."""


class LandmarkPredictor:
    """`points` are in the order of the predictor: right eye's outer and inner corner on the image's right, the other
    eye's outer and inner corner, and the base of the nose."""

    def __init__(self, file: Path) -> None:
        with np.load(file, allow_pickle=False) as arrays:
            self._initial = arrays["initial"]
            splits = arrays["splits"].astype(np.intp)
            self._thresholds = arrays["thresholds"]
            self._leaves = arrays["leaves"]
            self._anchors = arrays["anchors"].astype(np.intp)
            self._offsets = arrays["offsets"]
        stages, trees, nodes = self._thresholds.shape
        self._first, self._second = splits[..., 0].reshape(stages, -1), splits[..., 1].reshape(stages, -1)
        self._thresholds = self._thresholds.reshape(stages, -1)
        self._leaves = self._leaves.reshape(stages, trees * (nodes + 1), -1)
        self._tree_nodes = np.arange(trees) * nodes
        self._tree_leaves = np.arange(trees) * (nodes + 1) - nodes
        self._depth = (nodes + 1).bit_length() - 1
        centred = self._initial - self._initial.mean(axis=0)
        self._centred = centred / np.square(centred).sum()

    def points(self, image: Image, left: float, top: float, side: float) -> NDArray[np.float32]:
        """(5, 2) px in `image` of the face in the square from (`left`, `top`)."""
        gray, x0, y0 = _gray_around(image, left, top, side)
        height, width = gray.shape
        flat = gray.ravel()
        corner = np.array([left - x0, top - y0], np.float32)
        # dlib's rectangles include their last pixel.
        scale = np.float32(side - 1)
        shape = self._initial.copy()
        for stage in range(len(self._thresholds)):
            turned = self._offsets[stage] @ self._turn(shape)
            places = (turned + shape[self._anchors[stage]]) * scale + (corner + np.float32(0.5))
            x, y = np.floor(places).astype(np.intp).T
            inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
            pixels = flat.take(y * width + x, mode="clip") * inside
            shape += self._moves(stage, pixels.astype(np.float32))
        found: NDArray[np.float32] = shape * scale + (corner + np.array([x0, y0], np.float32))
        return found

    def _moves(self, stage: int, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """The sum of what every tree of the stage says: (5, 2)."""
        first, second, thresholds = self._first[stage], self._second[stage], self._thresholds[stage]
        node = np.zeros_like(self._tree_nodes)
        for _ in range(self._depth):
            at = self._tree_nodes + node
            brighter = pixels.take(first.take(at)) - pixels.take(second.take(at)) > thresholds.take(at)
            node = 2 * node + 2 - brighter
        leaves: NDArray[np.float32] = self._leaves[stage].take(self._tree_leaves + node, axis=0).sum(axis=0)
        return leaves.reshape(-1, 2)

    def _turn(self, shape: NDArray[np.float32]) -> NDArray[np.float32]:
        """(2, 2): how the initial shape is turned and scaled to become `shape`, to be multiplied from the right."""
        moved = shape - shape.mean(axis=0)
        along = float((self._centred * moved).sum())
        across = float((self._centred[:, 0] * moved[:, 1] - self._centred[:, 1] * moved[:, 0]).sum())
        return np.array([[along, across], [-across, along]], np.float32)


def _gray_around(image: Image, left: float, top: float, side: float) -> tuple[NDArray[np.uint8], int, int]:
    """The gray part of `image` that can matter, and where it begins."""
    height, width = image.shape[:2]
    x0, x1 = (int(np.clip(edge, 0, width)) for edge in (left - REACH * side, left + (1 + REACH) * side + 1))
    y0, y1 = (int(np.clip(edge, 0, height)) for edge in (top - REACH * side, top + (1 + REACH) * side + 1))
    part = image[y0:y1, x0:x1]
    if part.size == 0:
        return np.zeros((1, 1), np.uint8), x0, y0
    return np.asarray(cv2.transform(part, _GRAY), np.uint8), x0, y0
