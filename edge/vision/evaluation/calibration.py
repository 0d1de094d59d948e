"""A threshold and a margin for one gallery, by what its own people look like to each other.

Everybody of the gallery is once the stranger: their templates are searched for in a gallery without them. The share of
these searches that returns somebody is the FPIR of ISO/IEC 19795-1, measured on the very faces the gate will see. A
threshold published for pairs of adults says nothing about it.
"""

from dataclasses import dataclass

import numpy as np

from edge.vision.evaluation.bootstrap import Figure, figures
from edge.vision.evaluation.error_rates import Scores
from edge.vision.evaluation.samples import Indices, Sample, distances

FEWEST_PEOPLE = 5
"""Of fewer, each is more than a fifth of the result."""
_STEPS = 10_000
"""Distances are kept with four decimals, rounded to the strict side."""


@dataclass(frozen=True, slots=True)
class Preset:
    """The manifest's thresholds."""

    threshold: float
    ask_threshold: float
    margin: float
    laxest: float
    """That of one pair: no gallery is a reason to go beyond."""


@dataclass(frozen=True, slots=True)
class LookAlikes:
    one: str
    other: str
    distance: float


@dataclass(frozen=True, slots=True)
class Choice:
    threshold: float
    ask_threshold: float
    margin: float
    gallery_people: int
    fpir: Figure
    """At the threshold, the margin not counted: with it there are fewer."""
    mated: int
    """Searches for somebody by one of their own other templates; 0 when everybody has one template only."""
    named: float | None
    """The share of these that names them."""
    look_alikes: tuple[LookAlikes, ...]
    """Nearer to each other than the ask threshold, the nearest first."""


class Neighbours:
    """Every template of a sample, and how far everybody is from it."""

    def __init__(self, sample: Sample) -> None:
        self.names = sample.names
        self.person: Indices = sample.person
        people, rows = len(sample.names), np.arange(len(sample))
        order = np.argsort(sample.person, kind="stable")
        begins = np.searchsorted(sample.person[order], np.arange(people))
        between = distances(sample.templates, sample.templates, sample.distance)
        # A template is no evidence of itself.
        between[rows, rows] = np.inf
        by_person = np.minimum.reduceat(between[:, order], begins, axis=1)
        self.own: Scores = by_person[rows, self.person]
        """(n,) to the nearest of their own other templates; infinite without one."""
        by_person[rows, self.person] = np.inf
        self.others: Scores = by_person
        """(n, people), infinite for their own person."""

    def fpir(self, threshold: float, gallery_people: int, weights: Scores) -> float:
        """For galleries of `gallery_people` drawn from the m others of each search, of whom k are near enough:
        the mean of 1 - C(m - k, g) / C(m, g). For larger galleries than that: 1 - (1 - FPIR_m)^(g / m), as if further
        people were like these."""
        most = len(self.names) - 1
        drawn = min(gallery_people, most)
        near = (self.others <= threshold).sum(axis=1)
        left = most - np.arange(most)
        missed = np.concatenate([[1.0], np.cumprod(np.maximum(left - drawn, 0) / left)])
        of = weights[self.person]
        fpir = float((of * (1.0 - missed[near])).sum() / of.sum())
        return fpir if drawn == gallery_people else 1.0 - (1.0 - fpir) ** (gallery_people / most)

    def threshold_for(self, fpir: float, gallery_people: int, laxest: float) -> float:
        """The largest distance between two people at which FPIR is not above `fpir`; `laxest` at most."""
        alike = np.ones(len(self.names))
        candidates = np.unique(self.others[self.others <= laxest])
        low, high = 0, len(candidates)
        while low < high:
            middle = (low + high) // 2
            if self.fpir(float(candidates[middle]), gallery_people, alike) > fpir + 1e-12:
                high = middle
            else:
                low = middle + 1
        if low == len(candidates):
            return laxest
        return float(candidates[low - 1] if low else np.nextafter(candidates[0], 0.0))

    def margin_for(self, share: float, threshold: float, least: float) -> float:
        """The smallest margin, `least` or more, with which no more than `share` of the searches for enrolled people
        are answered with another one's name."""
        mated = np.isfinite(self.own)
        nearest = self.others.min(axis=1)
        by = np.sort((self.own - nearest)[mated & (nearest <= threshold) & (nearest < self.own)])[::-1]
        allowed = int(share * int(mated.sum()))
        return least if len(by) <= allowed else max(least, _up(float(by[allowed])))

    def look_alikes(self, distance: float) -> tuple[LookAlikes, ...]:
        nearest: dict[tuple[int, int], float] = {}
        for row, other in np.argwhere(self.others <= distance):
            pair = (min(int(self.person[row]), int(other)), max(int(self.person[row]), int(other)))
            nearest[pair] = min(nearest.get(pair, np.inf), float(self.others[row, other]))
        found = [LookAlikes(self.names[one], self.names[other], far) for (one, other), far in nearest.items()]
        return tuple(sorted(found, key=lambda pair: (pair.distance, pair.one, pair.other)))

    def named(self, threshold: float, margin: float) -> tuple[int, float | None]:
        """How many searches for enrolled people there are, and the share of them that gives their name."""
        mated = np.isfinite(self.own)
        if not mated.any():
            return 0, None
        clear = self.others.min(axis=1) - self.own >= margin
        return int(mated.sum()), float((clear & (self.own <= threshold))[mated].mean())


def people_needed(fpir: float) -> int:
    """At a rate of one in a hundred it takes a hundred people to see one."""
    return max(FEWEST_PEOPLE, int(np.ceil(1.0 / fpir - 1e-9)))


def calibrate(
    sample: Sample, fpir: float, gallery_people: int, preset: Preset, replicates: int, rng: np.random.Generator
) -> Choice | None:
    """The choice for a gallery of `gallery_people`, or None when there are fewer people than `people_needed`."""
    if len(sample.names) < people_needed(fpir):
        return None
    neighbours = Neighbours(sample)
    threshold = _down(neighbours.threshold_for(fpir, gallery_people, preset.laxest))
    margin = neighbours.margin_for(fpir, threshold, preset.margin)
    ask_threshold = round(threshold + preset.ask_threshold - preset.threshold, 4)
    measured = figures(
        lambda weights: [neighbours.fpir(threshold, gallery_people, weights)], len(sample.names), replicates, rng
    )[0]
    mated, named = neighbours.named(threshold, margin)
    alike = neighbours.look_alikes(ask_threshold)
    return Choice(threshold, ask_threshold, margin, gallery_people, measured, mated, named, alike)


def _down(distance: float) -> float:
    return float(np.floor(distance * _STEPS + 1e-9) / _STEPS)


def _up(distance: float) -> float:
    """Strictly more than `distance`."""
    return float((np.floor(distance * _STEPS + 1e-9) + 1) / _STEPS)
