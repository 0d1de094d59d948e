"""Is this face somebody's already? Views of one person against a gallery, before anything is saved. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Somebody who may be the same person, a sibling, or a stranger with such a face: only people can tell."""

    person: str
    distance: float
    """Of the nearest two templates, Euclidean."""


def look_alikes(
    views: NDArray[np.floating],
    persons: Sequence[str],
    templates: NDArray[np.floating],
    threshold: float,
    *,
    besides: str | None = None,
) -> list[LookAlike]:
    """Everybody with a template as near to one of `views` as `threshold`, the nearest first.

    `views` is (n, dimension) and `templates` (m, dimension), of one model; `persons[i]` owns `templates[i]`.
    `besides` is whose views they are: whoever is enrolled anew looks like themselves.
    """
    if len(persons) != len(templates):
        raise ValueError(f"{len(persons)} persons for {len(templates)} templates")
    if not len(templates) or not len(views):
        return []
    gallery = np.asarray(templates, np.float32)
    nearest: dict[str, float] = {}
    for view in np.asarray(views, np.float32):
        distances = np.linalg.norm(gallery - view, axis=1)
        for index in np.flatnonzero(distances <= threshold).tolist():
            person, distance = persons[index], float(distances[index])
            if person != besides and distance < nearest.get(person, np.inf):
                nearest[person] = distance
    found = [LookAlike(person, distance) for person, distance in nearest.items()]
    return sorted(found, key=lambda one: (one.distance, one.person))
