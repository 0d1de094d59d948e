"""Templates with their owners, and every comparison between two of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected
from edge.vision.evaluation.error_rates import Flags, Scores
from edge.vision.types import Distance

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Photos as templates; `person` and `quality` are (n,), `templates` (n, dimension), `names` one a person."""

    names: tuple[str, ...]
    person: Indices
    templates: NDArray[np.float32]
    quality: Scores
    distance: Distance = "euclidean"
    reasons: tuple[str, ...] = ()
    """What spoils each photo most, empty where nothing does; or nothing of any."""

    @classmethod
    def of(
        cls,
        owners: Sequence[str],
        templates: NDArray[np.floating],
        quality: Sequence[float],
        distance: Distance = "euclidean",
        reasons: Sequence[str] = (),
    ) -> "Sample":
        """Raises Rejected when the three do not fit together. Templates that are not finite are left out."""
        templates = np.asarray(templates, np.float32)
        if templates.ndim != 2 or not len(owners) == len(templates) == len(quality):
            raise Rejected(f"{len(owners)} owners and {len(quality)} qualities do not fit {templates.shape} templates")
        usable = np.isfinite(templates).all(axis=1)
        owners = [owner for owner, kept in zip(owners, usable, strict=True) if kept]
        names = tuple(dict.fromkeys(owners))
        place = {name: index for index, name in enumerate(names)}
        person = np.array([place[owner] for owner in owners], np.intp)
        return cls(
            names,
            person,
            templates[usable],
            np.asarray(quality, np.float64)[usable],
            distance,
            tuple(reason for reason, kept in zip(reasons, usable, strict=False) if kept),
        )

    def __len__(self) -> int:
        return len(self.person)

    def of_people(self, people: Indices) -> "Sample":
        """Their photos alone; the people keep their names and are numbered anew."""
        number = np.full(len(self.names), -1, np.intp)
        number[people] = np.arange(len(people))
        kept = np.flatnonzero(number[self.person] >= 0)
        names = tuple(self.names[index] for index in people)
        return Sample(names, number[self.person[kept]], self.templates[kept], self.quality[kept], self.distance,
                      tuple(self.reasons[photo] for photo in kept) if self.reasons else ())  # fmt: skip

    def at_most(self, photos: int, rng: np.random.Generator) -> "Sample":
        """People drawn by chance, all their photos with them, until `photos` are reached."""
        if len(self) <= photos:
            return self
        order = rng.permutation(len(self.names))
        reached = np.cumsum(np.bincount(self.person, minlength=len(self.names))[order])
        return self.of_people(np.sort(order[: max(2, int(np.searchsorted(reached, photos, "right")))]))


def distances(one: NDArray[np.float32], other: NDArray[np.float32], distance: Distance = "euclidean") -> Scores:
    """(n, m) distances of (n, dimension) and (m, dimension): |a - b|² = |a|² - 2ab + |b|², or 1 - cos(a, b)."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    if distance == "cosine":
        across = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
        return np.asarray(1.0 - a @ b.T / np.where(across > 0, across, 1.0))
    squares = np.einsum("ij,ij->i", a, a)[:, None] + np.einsum("ij,ij->i", b, b) - 2.0 * (a @ b.T)
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every two photos once, by rising distance; all arrays are (number of pairs,)."""

    distance: Scores
    first: Indices
    """The person on the first photo."""
    second: Indices
    quality: Scores
    """Of the worse photo."""

    @property
    def is_genuine(self) -> Flags:
        return np.asarray(self.first == self.second)


def all_pairs(sample: Sample) -> Pairs:
    one, other = np.triu_indices(len(sample), 1)
    distance = distances(sample.templates, sample.templates, sample.distance)[one, other]
    order = np.argsort(distance, kind="stable")
    one, other = one[order], other[order]
    quality = np.minimum(sample.quality[one], sample.quality[other])
    return Pairs(distance[order], sample.person[one], sample.person[other], quality)
