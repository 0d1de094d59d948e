"""How often a picture passes for a living face, and a living face for a picture. Terms and formulas: ISO/IEC 30107-3.

APCER of a kind = 1 - (attack presentations classified as attacks) / (attack presentations of the kind)
BPCER = (bona fide presentations classified as attacks) / (bona fide presentations)

A presentation counts as an attack when its score is below the threshold. One in which no face was found has no score:
it is a non-response (APNRR, BPNRR) and in neither of the two. Kinds are never averaged: the worst is what counts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.vision.evaluation.attacks import Kind
from edge.vision.evaluation.bootstrap import Figure, figures
from edge.vision.evaluation.error_rates import Scores

WISHED_BPCER = 0.05
"""For the threshold that is chosen on half of the people: of twenty looks at children one may be wrong, for it is the
vote of several looks that decides."""


@dataclass(frozen=True, slots=True, eq=False)
class Presentations:
    """Looks at faces: all arrays are (n,)."""

    names: tuple[str, ...]
    person: NDArray[np.intp]
    kind: tuple[Kind | None, ...]
    """None: bona fide, the face itself."""
    score: Scores
    """0 (a picture) to 1 (a living face); NaN when no face was found."""

    def of_people(self, people: NDArray[np.intp]) -> "Presentations":
        """Theirs alone; the people are numbered anew."""
        number = np.full(len(self.names), -1, np.intp)
        number[people] = np.arange(len(people))
        kept = np.flatnonzero(number[self.person] >= 0)
        return Presentations(
            tuple(self.names[index] for index in people),
            number[self.person[kept]],
            tuple(self.kind[index] for index in kept),
            self.score[kept],
        )

    def where(self, kind: Kind | None) -> NDArray[np.bool_]:
        return np.array([one is kind for one in self.kind], np.bool_)


@dataclass(frozen=True, slots=True)
class Rates:
    """At one threshold."""

    threshold: float
    bpcer: Figure
    apcer: dict[Kind, Figure]

    @property
    def worst(self) -> Kind | None:
        """The kind that passes most often."""
        measured = {kind: figure.value for kind, figure in self.apcer.items() if figure.value is not None}
        return max(measured, key=lambda kind: measured[kind]) if measured else None


@dataclass(frozen=True, slots=True)
class NonResponse:
    """Shares of the presentations in which no face was found."""

    bona_fide: float | None
    attacks: dict[Kind, float | None]


def rates_at(shown: Presentations, threshold: float, replicates: int, rng: np.random.Generator) -> Rates:
    """With intervals by bootstrap over people."""

    def statistic(weights: Scores) -> list[float | None]:
        each = weights[shown.person]
        return [_share(each, passes if kind else ~passes, shown.where(kind) & found) for kind in (None, *Kind)]

    found, passes = np.isfinite(shown.score), shown.score >= threshold
    bpcer, *apcer = figures(statistic, len(shown.names), replicates, rng)
    return Rates(threshold, bpcer, dict(zip(Kind, apcer, strict=True)))


def non_response(shown: Presentations) -> NonResponse:
    missed, each = ~np.isfinite(shown.score), np.ones(len(shown.score))
    return NonResponse(
        _share(each, missed, shown.where(None)), {kind: _share(each, missed, shown.where(kind)) for kind in Kind}
    )


def threshold_for(shown: Presentations, bpcer: float = WISHED_BPCER) -> float | None:
    """The highest threshold at which no more than `bpcer` of the bona fide presentations count as attacks.

    None without any bona fide presentation.
    """
    scores = np.sort(shown.score[shown.where(None) & np.isfinite(shown.score)])
    return float(scores[min(int(bpcer * len(scores)), len(scores) - 1)]) if len(scores) else None


def halves(people: int, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """People for choosing a threshold, and others for measuring what it is worth."""
    order = rng.permutation(people).astype(np.intp)
    return np.sort(order[: people // 2]), np.sort(order[people // 2 :])


def _share(weights: Scores, hits: NDArray[np.bool_], among: NDArray[np.bool_]) -> float | None:
    whole = float(weights[among].sum())
    return float(weights[among & hits].sum()) / whole if whole > 0 else None
