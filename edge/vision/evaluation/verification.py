"""1:1: is this the same person as on the other photo?"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from edge.vision.evaluation.bootstrap import Figure, figures
from edge.vision.evaluation.error_rates import DetCurve, ErrorRates, Flags, Scores
from edge.vision.evaluation.samples import Pairs, Sample, distances

FARS = (1e-2, 1e-3, 1e-4)
BAND_FAR = 1e-3
BANDS = ((0.0, 0.4), (0.4, 0.7), (0.7, float("inf")))
"""Quality of the worse photo: hardly fit, fair, good. Fixed, so that two evaluations can be compared."""


@dataclass(frozen=True, slots=True)
class Band:
    """What one threshold, that of BAND_FAR over all pairs, does to the pairs of one quality."""

    low: float
    high: float
    genuine_pairs: int
    impostor_pairs: int
    tar: float | None
    far: float | None


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Photos that one reason spoils most, and what that costs at the threshold of BAND_FAR over all pairs."""

    reason: str
    """Empty: nothing does."""
    photos: int
    genuine_pairs: int
    """Of which it spoils at least one photo."""
    tar: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    genuine_pairs: int
    impostor_pairs: int
    tar_at_far: tuple[Figure, ...]
    """For each of FARS."""
    eer: Figure
    bands: tuple[Band, ...]
    det: DetCurve
    threshold: float | None
    """That of BAND_FAR; None when the sample cannot tell."""


def verify(pairs: Pairs, people: int, replicates: int, rng: np.random.Generator) -> Verification:
    """Every comparison of two photos, once.

    In the bootstrap a pair weighs as often as its people were drawn: a genuine one once a draw of the person, an
    impostor pair the product of both. A person drawn twice is no impostor of themselves.
    """
    genuine, of = pairs.is_genuine, pairs
    near, apart = of.distance[genuine], of.distance[~genuine]
    owner, first, second = of.first[genuine], of.first[~genuine], of.second[~genuine]

    def statistic(weights: Scores) -> list[float | None]:
        rates = ErrorRates(near, apart, weights[owner], weights[first] * weights[second])
        return [*(rates.tar_at(far) for far in FARS), rates.eer()]

    *tar, eer = figures(statistic, people, replicates, rng)
    rates = ErrorRates(near, apart)
    threshold = rates.threshold_at(BAND_FAR)
    bands = [_band(pairs, genuine, band, threshold) for band in BANDS]
    return Verification(len(near), len(apart), tuple(tar), eer, tuple(bands), rates.det_curve(), threshold)


def _band(pairs: Pairs, genuine: Flags, band: tuple[float, float],
          threshold: float | None) -> Band:  # fmt: skip
    low, high = band
    inside = (pairs.quality >= low) & (pairs.quality < high)
    rates = ErrorRates(pairs.distance[inside & genuine], pairs.distance[inside & ~genuine])
    fnmr = None if threshold is None else rates.fnmr(threshold)
    far = None if threshold is None else rates.fmr(threshold)
    return Band(low, high, len(rates.genuine), len(rates.impostors), None if fnmr is None else 1.0 - fnmr, far)


def by_reason(sample: Sample, threshold: float | None) -> tuple[Spoilt, ...]:
    """For every reason in the sample, the most frequent first; none for a sample without reasons."""
    reasons = np.array(sample.reasons)
    if not len(reasons):
        return ()
    pairs, accepted = Counter[str](), Counter[str]()
    for person in range(len(sample.names)):
        own = np.flatnonzero(sample.person == person)
        near = distances(sample.templates[own], sample.templates[own], sample.distance)
        for one, other in zip(*np.triu_indices(len(own), 1), strict=True):
            # A pair is whole only if nothing spoils either.
            spoilt = {reasons[own[one]], reasons[own[other]]} - {""} or {""}
            pairs.update(spoilt)
            if threshold is not None and near[one, other] <= threshold:
                accepted.update(spoilt)
    return tuple(
        Spoilt(str(reason), photos, pairs[reason],
               accepted[reason] / pairs[reason] if threshold is not None and pairs[reason] else None)
        for reason, photos in Counter(reasons.tolist()).most_common()
    )  # fmt: skip
