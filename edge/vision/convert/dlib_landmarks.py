"""dlib's five-point face landmark predictor, read from its .dat into arrays.

A cascade of regression forests: every stage samples pixels relative to the points found so far, and every tree's
leaf moves all five points a little. Source: Kazemi and Sullivan, One Millisecond Face Alignment with an Ensemble of
Regression Trees (2014), and dlib's shape_predictor.h.
"""

import io

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected
from edge.vision.convert.dlib_format import integers, reals

_POINTS = 5
_MATRIX_HEADER = (-2 * _POINTS, -1)


def read_landmarks(data: bytes) -> bytes:
    """The predictor as an .npz for :class:`edge.vision.landmarks.LandmarkPredictor`:

    `initial` (5, 2) in units of the face's square; `splits` (stages, trees, nodes, 2) which two pixels are compared;
    `thresholds` (stages, trees, nodes); `leaves` (stages, trees, nodes + 1, 5, 2); `anchors` (stages, pixels) the
    point a pixel belongs to and `offsets` (stages, pixels, 2) where it lies from there.

    Raises Rejected if `data` is not such a predictor.
    """
    values = integers(data)
    stages = _Cursor(values)
    stages.expect(1)
    initial = stages.matrices(1)
    count = stages.next()
    forests = [_forest(stages) for _ in range(count)]
    stages.expect(count)
    anchors = np.array([stages.take(stages.next()) for _ in range(count)])
    stages.expect(count)
    offsets = np.array([reals(stages.take(4 * stages.next())).reshape(-1, 2) for _ in range(count)])
    stages.expect_end()
    file = io.BytesIO()
    np.savez(
        file,
        initial=initial.reshape(_POINTS, 2),
        splits=np.array([forest[0] for forest in forests], np.int16),
        thresholds=np.array([forest[1] for forest in forests]),
        leaves=np.array([forest[2] for forest in forests]),
        anchors=anchors.astype(np.int16),
        offsets=offsets,
    )
    return file.getvalue()


def _forest(stages: "_Cursor") -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """All trees of one stage have the same depth, so the whole forest is one block of numbers."""
    trees = stages.next()
    nodes = stages.peek()
    # A node: two pixels, a threshold. A leaf: the matrix header and ten moves.
    tree_size = 1 + 4 * nodes + 1 + (nodes + 1) * (2 + 4 * _POINTS)
    block = stages.take(trees * tree_size).reshape(trees, tree_size)
    splits = block[:, 1 : 1 + 4 * nodes].reshape(trees, nodes, 4)
    leaves = block[:, 2 + 4 * nodes :].reshape(trees, nodes + 1, 2 + 4 * _POINTS)
    sizes_fit = (block[:, 0] == nodes).all() and (block[:, 1 + 4 * nodes] == nodes + 1).all()
    if not sizes_fit or not (leaves[:, :, :2] == _MATRIX_HEADER).all():
        raise Rejected("the trees of a stage differ in depth or in points: not the five-point predictor")
    moves = reals(leaves[:, :, 2:]).reshape(trees, nodes + 1, _POINTS, 2)
    return splits[:, :, :2], reals(splits[:, :, 2:])[:, :, 0], moves


class _Cursor:
    def __init__(self, values: NDArray[np.int64]) -> None:
        self._values = values
        self._at = 0

    def next(self) -> int:
        return int(self.take(1)[0])

    def peek(self) -> int:
        value = self.next()
        self._at -= 1
        return value

    def take(self, count: int) -> NDArray[np.int64]:
        taken = self._values[self._at : self._at + count]
        if len(taken) < count or count < 0:
            raise Rejected("the file ends in the middle of the predictor")
        self._at += count
        return taken

    def expect(self, wanted: int) -> None:
        found = self.next()
        if found != wanted:
            raise Rejected(f"{found} where {wanted} was expected: not the five-point predictor")

    def matrices(self, count: int) -> NDArray[np.float32]:
        block = self.take(count * (2 + 4 * _POINTS)).reshape(count, -1)
        if not (block[:, :2] == _MATRIX_HEADER).all():
            raise Rejected("a shape that does not have five points: not the five-point predictor")
        return reals(block[:, 2:])

    def expect_end(self) -> None:
        if self._at != len(self._values):
            raise Rejected(f"{len(self._values) - self._at} values left over: not the five-point predictor")
