"""Two people who are nearer to each other than a face may be to its own name: one enrolled twice, or look-alikes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.vision.distance import as_euclidean, from_euclidean
from edge.vision.types import Distance

BLOCK = 1000
"""Templates compared with all others at a time: 20,000 of them never take more than 80 MB."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`one` comes before `other`; the distance is that of their nearest templates."""

    one: str
    other: str
    distance: float


def duplicates(
    persons: Sequence[str], templates: NDArray[np.floating], threshold: float, measure: Distance = "euclidean"
) -> list[Duplicate]:
    """Every pair of people with templates nearer than `threshold` or as near, the nearest first."""
    limit = as_euclidean(threshold, measure)
    templates = np.asarray(templates, np.float32)
    squares = np.einsum("ij,ij->i", templates, templates)
    nearest: dict[tuple[str, str], float] = {}
    for begin in range(0, len(templates), BLOCK):
        block = templates[begin : begin + BLOCK]
        # A little more than asked for, because |a|² - 2ab + |b|² loses digits; what is found is measured again.
        rough = squares[begin : begin + BLOCK, None] - 2.0 * (block @ templates.T) + squares
        for row, column in zip(*np.nonzero(rough <= limit**2 + 1e-3), strict=True):
            first, second = sorted((persons[begin + row], persons[column]))
            if first == second:
                continue
            distance = float(np.linalg.norm(block[row] - templates[column]))
            if distance <= limit and distance < nearest.get((first, second), np.inf):
                nearest[first, second] = distance
    found = [Duplicate(one, other, from_euclidean(distance, measure)) for (one, other), distance in nearest.items()]
    return sorted(found, key=lambda pair: (pair.distance, pair.one, pair.other))
