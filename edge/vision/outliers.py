"""Templates that do not look like their own person: a wrong photo in the folder, a sibling, a hand before the face."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.vision.distance import as_euclidean, from_euclidean
from edge.vision.types import Distance


@dataclass(frozen=True, slots=True)
class Outlier:
    index: int
    """Of the template among all that were given."""
    person: str
    number: int
    """Which of the person's templates it is, from 1."""
    distance: float
    """To the nearest other template of the person."""


def outliers(
    persons: Sequence[str], templates: NDArray[np.floating], limit: float, measure: Distance = "euclidean"
) -> list[Outlier]:
    """Templates farther than `limit` from all others of their person, while some of those others agree.

    `templates` is (n, dimension), `limit` a distance: that at which two photos are not even taken for one
    pair of adults. Where no two agree nobody can say which one is wrong, and none is left out.
    """
    templates, limit = np.asarray(templates, np.float32), as_euclidean(limit, measure)
    of: dict[str, list[int]] = defaultdict(list)
    for index, person in enumerate(persons):
        of[person].append(index)
    found = []
    for person, indices in of.items():
        if len(indices) < 3:
            continue
        own = templates[indices]
        between = np.linalg.norm(own[:, None] - own[None], axis=2)
        np.fill_diagonal(between, np.inf)
        nearest = between.min(axis=1)
        if (nearest <= limit).any():
            found += [
                Outlier(index, person, number, from_euclidean(float(distance), measure))
                for number, (index, distance) in enumerate(zip(indices, nearest, strict=True), 1)
                if distance > limit
            ]
    return sorted(found, key=lambda one: one.index)
