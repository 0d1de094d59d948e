"""An embedder's own distance and the Euclidean one, for templates of length 1: |a - b|² = 2 (1 - cos(a, b))."""

import math

from edge.vision.types import Distance


def as_euclidean(value: float, distance: Distance) -> float:
    return math.sqrt(2.0 * max(0.0, value)) if distance == "cosine" else value


def from_euclidean(value: float, distance: Distance) -> float:
    return value * value / 2.0 if distance == "cosine" else value
