"""Whose face is it most like? 2,000 templates take 0.02 ms, and nothing is approximated."""

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.errors import Misconfigured, Rejected
from edge.vision.distance import from_euclidean
from edge.vision.nearest import Nearest
from edge.vision.types import Distance, Template

MAX_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Mate:
    """Somebody whom a face is easily taken for, and how far their nearest template is."""

    person: str
    distance: float


@dataclass(frozen=True, slots=True)
class Expected:
    """Who has a lesson behind this door now: the classes, and everybody in them."""

    classes: tuple[str, ...]
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """The nearest template. Name and distance are of the same one."""

    person: str
    distance: float
    margin: float | None
    """How much farther the nearest *other* person is; None when the gallery holds one person only."""
    candidates: tuple[str, ...]
    """The people by distance, `person` first, at most MAX_CANDIDATES."""
    mates: tuple[Mate, ...] = ()
    """Everybody who is linked to `person` as a look-alike, by distance: of the whole gallery, whoever was searched."""


class Gallery:
    """Everybody whom this unit may know, several templates a person. It never changes: build a new one instead."""

    def __init__(
        self,
        persons: Sequence[str],
        templates: NDArray[np.floating],
        model: str,
        mates: Mapping[str, frozenset[str]] | None = None,
        distance: Distance = "euclidean",
    ) -> None:
        """`persons[i]` owns `templates[i]`; `templates` is (n, dimension), `model` the digest of their embedder.

        `mates` has the look-alikes of whoever has any; those who are not in the gallery do not count. For the cosine
        distance both sides are brought to length 1: then |a - b|² / 2 = 1 - cos(a, b).

        Raises Rejected when the two do not fit together or a template is not finite.
        """
        templates = np.ascontiguousarray(templates, dtype=np.float32)
        if templates.ndim != 2 or len(persons) != len(templates):
            raise Rejected(f"{len(persons)} names do not fit templates of shape {templates.shape}")
        finite = np.isfinite(templates).all(axis=1)
        if not finite.all():
            raise Rejected(f"template {int(np.argmin(finite))} of {len(templates)} is not finite: enrol it again")
        self.model = model
        self.distance: Distance = distance
        if distance == "cosine":
            lengths = np.linalg.norm(templates, axis=1, keepdims=True)
            if not lengths.all():
                raise Rejected(f"template {int(np.argmin(lengths))} of {len(templates)} is zero: enrol it again")
            templates = templates / lengths
        self._templates = templates
        self._nearest = Nearest(templates)
        self._people = tuple(dict.fromkeys(persons))
        place = {person: index for index, person in enumerate(self._people)}
        self._owner = np.array([place[person] for person in persons], dtype=np.intp)
        # Whose templates are where: those of person i are rows[first[i] : first[i + 1]].
        self._rows = np.argsort(self._owner, kind="stable")
        self._first = np.searchsorted(self._owner[self._rows], np.arange(len(self._people) + 1))
        # So many templates are of MAX_CANDIDATES people at least, if there are so many.
        self._enough = (MAX_CANDIDATES - 1) * int(np.diff(self._first).max(initial=0)) + 1
        self._mates = {
            place[person]: tuple(sorted(place[one] for one in linked if one in place))
            for person, linked in (mates or {}).items()
            if person in place
        }
        self.expected: Expected | None = None
        self._is_expected = np.ones(len(self._people), bool)

    @classmethod
    def empty(cls, model: str, dimension: int = 128, distance: Distance = "euclidean") -> "Gallery":
        return cls((), np.empty((0, dimension), np.float32), model, distance=distance)

    def expecting(self, expected: Expected | None) -> "Gallery":
        """The same people, some of them expected. Shares the templates: it costs next to nothing."""
        view = copy.copy(self)
        view.expected = expected
        if expected is not None:
            view._is_expected = np.array([person in expected.people for person in self._people], bool)
        return view

    @property
    def people(self) -> tuple[str, ...]:
        return self._people

    def has_mates(self, person: str) -> bool:
        """Whether anybody here is linked to `person` as a look-alike."""
        return person in self._people and bool(self._mates.get(self._people.index(person)))

    def __len__(self) -> int:
        """How many templates there are."""
        return len(self._templates)

    def match(self, probe: Template, model: str, *, expected_only: bool = False) -> Match | None:
        """The nearest template by the model's distance; None in an empty gallery or for a probe that is not finite.

        With `expected_only` nobody else is searched. Raises Misconfigured when `model`, the digest of the probe's
        embedder, is not the gallery's: distances between the vectors of two networks mean nothing.
        """
        if not len(self):
            return None
        if model != self.model:
            raise Misconfigured(
                f"the gallery was made with model {self.model} and the camera runs {model}: enrol again with {model}"
            )
        if not np.isfinite(probe).all():
            return None
        if len(probe) != self._templates.shape[1]:
            raise Misconfigured(
                f"the gallery's templates have {self._templates.shape[1]} numbers and the camera's {len(probe)}: "
                f"enrol again with {model}"
            )
        if self.distance == "cosine":
            probe = probe / (np.linalg.norm(probe) or np.float32(1))
        among = self._is_expected[self._owner] if expected_only else None
        near = self._nearest.of(probe, self._enough, among)
        if not len(near):
            return None
        # Measured again without cancellation, the nearest first: everybody's first one is their nearest.
        squares, owners = np.square(self._templates[near] - probe).sum(axis=1), self._owner[near]
        exact: dict[int, float] = {}
        for place in np.lexsort((owners, squares)):
            exact.setdefault(int(owners[place]), from_euclidean(math.sqrt(squares[place]), self.distance))
            if len(exact) == MAX_CANDIDATES:
                break
        order = list(exact)
        nearest = exact[order[0]]
        mates = [Mate(self._people[one], self._distance_to(one, probe)) for one in self._mates.get(order[0], ())]
        return Match(
            person=self._people[order[0]],
            distance=nearest,
            margin=exact[order[1]] - nearest if len(order) > 1 else None,
            candidates=tuple(self._people[index] for index in order),
            mates=tuple(sorted(mates, key=lambda mate: mate.distance)),
        )

    def _distance_to(self, person: int, probe: Template) -> float:
        own = self._templates[self._rows[self._first[person] : self._first[person + 1]]]
        square = float(np.square(own - probe).sum(axis=1).min())
        return from_euclidean(math.sqrt(square), self.distance)
