"""1:1: is this the same person as on the other photo?"""

from dataclasses import dataclass

import numpy as np

from edge.vision.evaluation.bootstrap import Figure, figures
from edge.vision.evaluation.error_rates import DetCurve, ErrorRates, Flags, Scores
from edge.vision.evaluation.samples import Pairs

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


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    genuine_pairs: int
    impostor_pairs: int
    tar_at_far: tuple[Figure, ...]
    """For each of FARS."""
    eer: Figure
    bands: tuple[Band, ...]
    det: DetCurve


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
    return Verification(len(near), len(apart), tuple(tar), eer, tuple(bands), rates.det_curve())


def _band(pairs: Pairs, genuine: Flags, band: tuple[float, float],
          threshold: float | None) -> Band:  # fmt: skip
    low, high = band
    inside = (pairs.quality >= low) & (pairs.quality < high)
    rates = ErrorRates(pairs.distance[inside & genuine], pairs.distance[inside & ~genuine])
    fnmr = None if threshold is None else rates.fnmr(threshold)
    far = None if threshold is None else rates.fmr(threshold)
    return Band(low, high, len(rates.genuine), len(rates.impostors), None if fnmr is None else 1.0 - fnmr, far)
