"""Which vectors are nearest to one? Exact always; of very many, most are ruled out by a look at a part of each.

Turned onto the axes along which they differ most, the first few coordinates and the length of the rest already say
how near a vector can be at best (Cauchy and Schwarz): whoever cannot be near enough is not compared. What is left is
measured in full, so nothing is approximated, and what cannot be ruled out costs a full comparison.
"""

import numpy as np
from numpy.typing import NDArray

from edge.vision.runtime import Tensor

SKETCH_FROM = 20_000
"""Fewer vectors are compared in full: that takes a tenth of a millisecond."""
SKETCH_AXES = 47
"""Coordinates of the sketch, one more for the length of the rest."""
_SAMPLE = 5_000
"""Vectors by which the axes are chosen."""
_BLOCKS = 4_096
_ROUNDING = 1e-5
"""Of a square computed with cancellation, in shares of the largest square."""

Indices = NDArray[np.intp]


class Nearest:
    """`vectors` is (n, dimension) and is kept, not copied."""

    def __init__(self, vectors: Tensor) -> None:
        self._vectors = vectors
        self._squares: Tensor = np.einsum("ij,ij->i", vectors, vectors)
        self._axes: Tensor | None = None
        if len(vectors) >= SKETCH_FROM and vectors.shape[1] > SKETCH_AXES:
            # Those of the covariance with the largest eigenvalues.
            sample = vectors[:: max(1, len(vectors) // _SAMPLE)]
            axes: Tensor = np.linalg.eigh(np.cov(sample.T))[1][:, : -SKETCH_AXES - 1 : -1].astype(np.float32)
            # Column after column: numpy's product with a vector is fastest so.
            self._sketch = np.empty((len(vectors), SKETCH_AXES + 1), np.float32, order="F")
            np.matmul(vectors, axes, out=self._sketch[:, :-1])
            self._sketch[:, -1] = _rest(self._squares, self._sketch[:, :-1])
            self._axes = axes

    def of(self, probe: Tensor, count: int, among: NDArray[np.bool_] | None = None) -> Indices:
        """The indices of the `count` nearest by Euclidean distance, in no order; all if there are not so many. With
        `among`, (n,), others do not count."""
        if self._axes is None:
            return self._in_full(probe, count, among)
        seen = probe @ self._axes
        square = probe @ probe
        at_least = self._sketch @ np.append(seen, _rest(square, seen)).astype(np.float32)
        at_least *= -2.0
        at_least += self._squares
        if among is not None:
            at_least[~among] = np.inf
        # Nobody who is at least as far as the last of these is among the nearest.
        first = _smallest(at_least, count)
        worst = float(self._squares_to(first, probe).max())
        slack = _ROUNDING * max(float(square), float(self._squares.max(initial=0.0)))
        left = np.flatnonzero(at_least <= worst - float(square) + slack)
        if len(left) > len(self._vectors) // 8:
            return self._in_full(probe, count, among)
        left = left[np.isfinite(at_least[left])]
        return left[_smallest(self._squares_to(left, probe), count)]

    def _in_full(self, probe: Tensor, count: int, among: NDArray[np.bool_] | None) -> Indices:
        # |a - b|² = |a|² - 2ab + |b|²: one matrix product.
        squares = self._squares - 2.0 * (self._vectors @ probe)
        if among is not None:
            squares[~among] = np.inf
        found = _smallest(squares, count)
        return found[np.isfinite(squares[found])]

    def _squares_to(self, indices: Indices, probe: Tensor) -> Tensor:
        found: Tensor = np.square(self._vectors[indices] - probe).sum(axis=1)
        return found


def _rest(square: NDArray[np.floating] | np.floating, part: Tensor) -> Tensor:
    """The length of what `part` of a vector leaves out."""
    return np.asarray(np.sqrt(np.maximum(square - np.square(part).sum(axis=-1), 0.0)), np.float32)


def _smallest(values: Tensor, count: int) -> Indices:
    """The indices of the `count` smallest: they are in the `count` blocks whose smallest are the smallest."""
    if count >= len(values):
        return np.arange(len(values))
    rows = len(values) // _BLOCKS
    if rows < 2 or count >= _BLOCKS:
        return np.argpartition(values, count)[:count]
    whole = rows * _BLOCKS
    minima = values[:whole].reshape(rows, _BLOCKS).min(axis=0)
    blocks = np.argpartition(minima, count)[:count]
    candidates = np.concatenate([(blocks + np.arange(rows)[:, None] * _BLOCKS).ravel(), np.arange(whole, len(values))])
    return candidates[np.argpartition(values[candidates], count)[:count]]
