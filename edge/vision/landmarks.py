"""Five points of a face by dlib's cascade of regression forests, run in numpy.

Source: Kazemi and Sullivan, One Millisecond Face Alignment with an Ensemble of Regression Trees (2014).
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.runtime import Tensor
from edge.vision.types import Image

REACH = 0.25
"""How far outside the face's square, in squares, pixels are looked at; farther ones count as black."""
_GRAY = np.array([[1 / 3, 1 / 3, 1 / 3, -1 / 3]])
"""(b + g + r) // 3: with a third subtracted, rounding becomes flooring."""


class LandmarkPredictor:
    """The arrays of :func:`edge.vision.convert.dlib_landmarks.read_landmarks`, arranged so that a stage is a handful
    of numpy calls on whole forests."""

    def __init__(self, file: Path) -> None:
        with np.load(file, allow_pickle=False) as arrays:
            self._initial: Tensor = arrays["initial"]
            splits, thresholds = arrays["splits"], arrays["thresholds"]
            self._leaves: Tensor = arrays["leaves"]
            anchors, offsets = arrays["anchors"], arrays["offsets"]
        stages, trees, nodes = thresholds.shape
        # (stages, 2 * nodes * trees): the first pixel that every node of every tree compares, then every second one.
        self._compared = splits.transpose(0, 3, 2, 1).reshape(stages, -1).astype(np.intp)
        # Differences of gray levels are whole numbers, so comparing with the floor is exact.
        self._thresholds = np.floor(thresholds.transpose(0, 2, 1)).astype(np.int16).reshape(stages, -1)
        self._leaves = self._leaves.reshape(stages, trees * (nodes + 1), -1)
        self._first_leaves = np.arange(trees) * (nodes + 1)
        self._leaf_of = _leaf_table(nodes)
        self._node_bits = np.float32(2.0) ** np.arange(nodes, dtype=np.float32)
        self._all_trees = np.ones(trees, np.float32)
        self._places = np.array([_place_matrix(*pair) for pair in zip(anchors, offsets, strict=True)])
        self._turn = _turn_matrix(self._initial)

    def points(self, image: Image, left: float, top: float, side: float) -> Tensor:
        """(5, 2) px in `image` of the face in the square from (`left`, `top`): the outer and inner corner of the eye
        on the image's right, the outer and inner corner of the other eye, the base of the nose."""
        gray, x0, y0 = _gray_around(image, left, top, side)
        # dlib's rectangles include their last pixel.
        scale = np.float32(side - 1)
        basis = np.empty((2, 8), np.float32)
        basis[:, 7] = left - x0, top - y0
        shape = self._initial.reshape(-1)
        for stage, places in enumerate(self._places):
            basis[:, :7] = (self._turn @ shape).reshape(2, 7) * scale
            x, y = basis @ places
            # Rounds to the nearest pixel; what lies outside is black.
            pixels = cv2.remap(gray, x, y, cv2.INTER_NEAREST).ravel()
            shape = shape + self._moves(stage, pixels.astype(np.int16))
        found: Tensor = shape.reshape(-1, 2) * scale + np.array([left, top], np.float32)
        return found

    def _moves(self, stage: int, pixels: NDArray[np.int16]) -> Tensor:
        """What all trees of the stage together add to the shape, flat."""
        compared = pixels.take(self._compared[stage])
        half = len(compared) // 2
        brighter = compared[:half] - compared[half:] > self._thresholds[stage]
        answers = self._node_bits @ brighter.reshape(len(self._node_bits), -1).astype(np.float32)
        leaves = self._leaf_of.take(answers.astype(np.intp)) + self._first_leaves
        moves: Tensor = self._all_trees @ self._leaves[stage].take(leaves, axis=0)
        return moves


def _leaf_table(nodes: int) -> NDArray[np.intp]:
    """Which leaf a tree ends in, by the answers of all its nodes, one bit each. Node i goes on to 2 i + 1 if its
    answer is yes, else to 2 i + 2."""
    answers = np.arange(1 << nodes)
    node = np.zeros_like(answers)
    for _ in range((nodes + 1).bit_length() - 1):
        node = 2 * node + 2 - ((answers >> node) & 1)
    return node - nodes


def _place_matrix(anchors: NDArray[np.int16], offsets: Tensor) -> Tensor:
    """(8, pixels): the basis of a shape (its turned axes, its points, the corner), (2, 8), times this gives where the
    pixels are."""
    matrix = np.zeros((8, len(anchors)), np.float32)
    matrix[:2] = offsets.T
    matrix[2 + anchors, np.arange(len(anchors))] = 1
    matrix[7] = 1
    return matrix


def _turn_matrix(initial: Tensor) -> Tensor:
    """(14, 10): from a shape, flat, to x and then y of the two axes of the similarity that brings `initial` onto it,
    each followed by x and then y of the shape's five points."""
    centred = initial - initial.mean(axis=0)
    centred = centred / np.square(centred).sum()
    along, across = centred.ravel(), np.stack([-centred[:, 1], centred[:, 0]], axis=1).ravel()
    points = np.eye(10, dtype=np.float32)
    return np.vstack([along, -across, points[0::2], across, along, points[1::2]]).astype(np.float32)


def _gray_around(image: Image, left: float, top: float, side: float) -> tuple[NDArray[np.uint8], int, int]:
    """The gray part of `image` that can matter, and where it begins."""
    height, width = image.shape[:2]
    x0, x1 = (int(np.clip(edge, 0, width)) for edge in (left - REACH * side, left + (1 + REACH) * side + 1))
    y0, y1 = (int(np.clip(edge, 0, height)) for edge in (top - REACH * side, top + (1 + REACH) * side + 1))
    part = image[y0:y1, x0:x1]
    gray = cv2.transform(part, _GRAY) if part.size else np.zeros((1, 1), np.uint8)
    return np.asarray(gray, np.uint8), x0, y0
