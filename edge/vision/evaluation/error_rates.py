"""The two error rates of a comparison at a threshold, and the figures that follow from them.

Scores are distances: nearer is more alike, and a comparison at the threshold or below it is accepted. Terms and
formulas are those of ISO/IEC 19795-1 (biometric performance testing and reporting):

- FMR, false match rate: the share of impostor comparisons (two people) that are accepted;
- FNMR, false non-match rate: the share of genuine comparisons (one person) that are not;
- with one attempt and nobody turned away by the camera, FAR = FMR and TAR = 1 - FNMR;
- EER, equal error rate: where the two are the same;
- DET curve: FNMR over FMR for every threshold.
"""

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TOLERANCE = 1e-9
"""A hundred comparisons times 0.01 is one comparison, whatever floating point says."""


@dataclass(frozen=True, slots=True, eq=False)
class DetCurve:
    """Three arrays of the same shape (n,), by rising threshold."""

    threshold: Scores
    fmr: Scores
    fnmr: Scores


class ErrorRates:
    """FMR and FNMR of two samples of distances, each comparison with its own weight."""

    def __init__(
        self,
        genuine: Scores,
        impostors: Scores,
        genuine_weights: Scores | None = None,
        impostor_weights: Scores | None = None,
    ) -> None:
        """`genuine` is (n,), `impostors` (m,), the weights likewise (default: 1 each). What is NaN is left out and
        counted in `left_out`; infinity is a distance like any other: nothing accepts it."""
        self.genuine, self._genuine_share, lost_genuine = _sample(genuine, genuine_weights)
        self.impostors, self._impostor_share, lost_impostors = _sample(impostors, impostor_weights)
        self.left_out = lost_genuine + lost_impostors

    def fmr(self, threshold: float) -> float | None:
        """None without an impostor comparison."""
        return _share_within(self.impostors, self._impostor_share, threshold)

    def fnmr(self, threshold: float) -> float | None:
        """None without a genuine comparison."""
        accepted = _share_within(self.genuine, self._genuine_share, threshold)
        return None if accepted is None else max(0.0, 1.0 - accepted)

    def threshold_at(self, fmr: float) -> float | None:
        """The largest threshold whose FMR is not above `fmr`; comparisons as near as each other fall together.

        None when the sample cannot tell: it takes 1 / `fmr` impostor comparisons to see one error at that rate.
        """
        if fmr * len(self.impostors) < 1.0 - _TOLERANCE:
            return None
        may_pass = int(np.searchsorted(self._impostor_share, fmr + _TOLERANCE, "right")) - 1
        if may_pass >= len(self.impostors):
            return float("inf")
        return float(np.nextafter(self.impostors[may_pass], -np.inf))

    def tar_at(self, far: float) -> float | None:
        """TAR = 1 - FNMR at the threshold for `far`. None when either sample cannot tell."""
        threshold = self.threshold_at(far)
        fnmr = None if threshold is None else self.fnmr(threshold)
        return None if fnmr is None else 1.0 - fnmr

    def eer(self) -> float | None:
        """The mean of FMR and FNMR at the threshold where they are nearest to each other. None without both."""
        if not len(self.genuine) or not len(self.impostors):
            return None
        # FMR - FNMR rises with the threshold, from -1, where nothing is accepted, to 1: both samples are halved alike.
        points = [(sample, bisect_left(sample, 0.0, key=self._difference)) for sample in (self.genuine, self.impostors)]
        above = min(sample[k] for sample, k in points if k < len(sample))
        below = max([sample[k - 1] for sample, k in points if k > 0], default=-np.inf)
        at = min((float(below), float(above)), key=lambda threshold: abs(self._difference(threshold)))
        return ((self.fmr(at) or 0.0) + (self.fnmr(at) or 0.0)) / 2

    def det_curve(self, points: int = 400) -> DetCurve:
        """At most about `points` of each sample's distances, the ends included, and what accepts nothing."""
        thresholds = np.concatenate([[-np.inf], np.union1d(_thinned(self.genuine, points),
                                                           _thinned(self.impostors, points))])  # fmt: skip
        fmr = np.array([self.fmr(threshold) or 0.0 for threshold in thresholds])
        fnmr = np.array([self.fnmr(threshold) or 0.0 for threshold in thresholds])
        return DetCurve(thresholds, fmr, fnmr)

    def _difference(self, threshold: float) -> float:
        return (self.fmr(threshold) or 0.0) - (self.fnmr(threshold) or 0.0)


def _sample(scores: Scores, weights: Scores | None) -> tuple[Scores, Scores, int]:
    """The scores by rising distance, (n + 1,) shares of the weight of the first 0, 1, ... n, and how many were NaN."""
    scores = np.asarray(scores, np.float64)
    weights = np.ones(len(scores)) if weights is None else np.asarray(weights, np.float64)
    known = ~np.isnan(scores)
    if lost := int((~known).sum()):
        scores, weights = scores[known], weights[known]
    if len(scores) > 1 and (scores[1:] < scores[:-1]).any():
        order = np.argsort(scores, kind="stable")
        scores, weights = scores[order], weights[order]
    total = np.concatenate([[0.0], np.cumsum(weights)])
    return (scores, total / total[-1], lost) if total[-1] > 0 else (np.empty(0), np.zeros(1), lost)


def _share_within(scores: Scores, share: Scores, threshold: float) -> float | None:
    if not len(scores):
        return None
    # What infinity accepts is everything that is a distance at all, not the searches without a candidate.
    accepted = np.searchsorted(scores, threshold, "left" if threshold == np.inf else "right")
    return float(share[accepted])


def _thinned(scores: Scores, points: int) -> Scores:
    """Close together where distances are small: there the rates are small, and matter."""
    scores = scores[np.isfinite(scores)]
    if len(scores) <= points:
        return scores
    ranks = np.unique(np.concatenate([np.geomspace(1, len(scores), points), np.linspace(1, len(scores), points)])
                      .astype(np.intp)) - 1  # fmt: skip
    return scores[ranks]
