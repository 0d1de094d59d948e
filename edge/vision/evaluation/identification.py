"""1:N, open set: who of the gallery is this, or nobody of them?

Terms of ISO/IEC 19795-1: a mated search is one whose person is enrolled, a non-mated search that of a stranger.

- FPIR, false positive identification rate: the share of non-mated searches that return somebody;
- FNIR, false negative identification rate: the share of mated searches that do not return their own person. Here
  only the nearest person is ever returned (rank 1), so another one's name counts as not returned;
- rank-1 identification rate: the share of mated searches whose nearest person is their own, at any distance.
"""

from dataclasses import dataclass

import numpy as np

from edge.vision.evaluation.bootstrap import Figure, figures
from edge.vision.evaluation.error_rates import ErrorRates, Flags, Scores
from edge.vision.evaluation.samples import Indices, Sample, distances

FPIRS = (1e-1, 1e-2, 1e-3)
ENROLLED_PHOTOS = 3
"""How many photos of a person the gallery gets, if there is one more to search with."""
SEARCHES = 30_000
"""Galleries are drawn until about so many searches were made, ..."""
MOST_DRAWS = 40
"""... or so many galleries."""


@dataclass(frozen=True, slots=True, eq=False)
class Searches:
    """What searches against drawn galleries returned; all arrays are (n,)."""

    person: Indices
    """Who was searched for."""
    mated: Flags
    correct: Flags
    """Was the nearest person of the gallery their own?"""
    distance: Scores
    """To the nearest person."""
    margin: Scores
    """How much farther the nearest *other* person is; infinite in a gallery of one."""

    def named_rates(self, threshold: float, margin: float, weights: Scores) -> list[float | None]:
        """FPIR, FNIR and the share of mated searches given another one's name, by a threshold and a margin."""
        named = (self.distance <= threshold) & (self.margin >= margin)
        of = weights[self.person]
        return [
            _share(of, ~self.mated, named),
            _share(of, self.mated, ~(named & self.correct)),
            _share(of, self.mated, named & ~self.correct),
        ]

    def rates(self, weights: Scores) -> ErrorRates:
        """FPIR and FNIR over the threshold alone: FPIR is the `fmr`, FNIR the `fnmr` of the result."""
        own = np.where(self.correct, self.distance, np.inf)[self.mated]
        of = weights[self.person]
        return ErrorRates(own, self.distance[~self.mated], of[self.mated], of[~self.mated])

    def rank1(self, weights: Scores) -> float | None:
        return _share(weights[self.person], self.mated, self.correct)


def search(sample: Sample, gallery_people: int, draws: int, rng: np.random.Generator) -> Searches:
    """`draws` galleries of `gallery_people` drawn people; everybody's other photos are searched for."""
    parts = [_search_once(sample, gallery_people, rng) for _ in range(draws)]
    return Searches(*(np.concatenate([getattr(part, name) for part in parts]) for name in
                      ("person", "mated", "correct", "distance", "margin")))  # fmt: skip


def _search_once(sample: Sample, gallery_people: int, rng: np.random.Generator) -> Searches:
    chosen = rng.permutation(len(sample.names))[:gallery_people]
    enrolled, probing = [], [np.flatnonzero(~np.isin(sample.person, chosen))]
    for person in chosen:
        photos = rng.permutation(np.flatnonzero(sample.person == person))
        count = max(1, min(ENROLLED_PHOTOS, len(photos) - 1))
        enrolled.append(photos[:count])
        probing.append(photos[count:])
    gallery, probes = np.concatenate(enrolled), np.concatenate(probing)
    begins = np.concatenate([[0], np.cumsum([len(photos) for photos in enrolled])[:-1]]).astype(np.intp)
    between = distances(sample.templates[probes], sample.templates[gallery], sample.distance)
    by_person = np.minimum.reduceat(between, begins, axis=1)
    nearest = by_person.argmin(axis=1)
    rows = np.arange(len(probes))
    distance = by_person[rows, nearest]
    by_person[rows, nearest] = np.inf
    person = sample.person[probes]
    return Searches(
        person, np.isin(person, chosen), chosen[nearest] == person, distance, by_person.min(axis=1) - distance
    )


@dataclass(frozen=True, slots=True)
class OpenSet:
    """What a gallery of one size does to its own people and to strangers."""

    gallery_people: int
    galleries: int
    mated: int
    non_mated: int
    fnir_at_fpir: tuple[Figure, ...]
    """For each of FPIRS, by the threshold alone."""
    by_threshold: tuple[tuple[float, Figure, Figure, Figure], ...]
    """Threshold; then FPIR, FNIR and wrong names with the margin."""


def open_set(
    sample: Sample, gallery_people: int, thresholds: tuple[float, ...], margin: float, replicates: int,
    rng: np.random.Generator,
) -> OpenSet:  # fmt: skip
    """Intervals are over the people searched for; which people the galleries hold varies from draw to draw."""
    draws = draws_for(len(sample))
    searches = search(sample, gallery_people, draws, rng)

    def statistic(weights: Scores) -> list[float | None]:
        rates = searches.rates(weights)
        found: list[float | None] = []
        for fpir in FPIRS:
            # The same photos are searched for again and again: what can be told is told by their number.
            threshold = rates.threshold_at(fpir) if fpir * len(sample) >= 1.0 else None
            found.append(None if threshold is None else rates.fnmr(threshold))
        for threshold in thresholds:
            found += searches.named_rates(threshold, margin, weights)
        return found

    found = figures(statistic, len(sample.names), replicates, rng)
    named = found[len(FPIRS) :]
    return OpenSet(
        gallery_people, draws, int(searches.mated.sum()), int((~searches.mated).sum()), tuple(found[: len(FPIRS)]),
        tuple((threshold, *named[3 * k : 3 * k + 3]) for k, threshold in enumerate(thresholds)),  # type: ignore[misc]
    )  # fmt: skip


def rank1(sample: Sample, replicates: int, rng: np.random.Generator) -> Figure:
    """Everybody in the gallery, by turns with other photos."""
    searches = search(sample, len(sample.names), draws_for(len(sample)), rng)
    return figures(lambda weights: [searches.rank1(weights)], len(sample.names), replicates, rng)[0]


def draws_for(photos: int) -> int:
    return int(np.clip(SEARCHES // max(photos, 1), 3, MOST_DRAWS))


def sizes_for(people: int) -> tuple[int, ...]:
    """A quarter, half and three quarters of the people: the others are the strangers."""
    return tuple(sorted({max(1, people // 4), people // 2, people * 3 // 4}))


def _share(weights: Scores, among: Flags,
           which: Flags) -> float | None:  # fmt: skip
    total = float(weights[among].sum())
    return float(weights[among & which].sum()) / total if total > 0 else None
