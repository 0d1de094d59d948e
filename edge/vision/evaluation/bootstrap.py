"""How sure a figure is. People are drawn anew, not comparisons: those of one person are not independent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edge.vision.evaluation.error_rates import Scores

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true figure is with a confidence of LEVEL."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured share; `value` is None when the sample cannot tell, `interval` when its spread cannot."""

    value: float | None
    interval: Interval | None = None


def figures(
    statistic: Callable[[Scores], Sequence[float | None]], people: int, replicates: int, rng: np.random.Generator
) -> list[Figure]:
    """Each figure of `statistic`, which takes (people,) weights, with the percentiles of its bootstrap.

    Efron's percentile method over people drawn with replacement. An interval whose replicates are all alike says
    nothing about what was never seen: it is opened by the rule of three, see `never_seen`.
    """
    measured = statistic(np.ones(people))
    drawn = [statistic(rng.multinomial(people, np.full(people, 1 / people)).astype(np.float64))
             for _ in range(replicates)]  # fmt: skip
    return [_figure(value, [replicate[k] for replicate in drawn], people) for k, value in enumerate(measured)]


def _figure(value: float | None, replicates: Sequence[float | None], people: int) -> Figure:
    known = [replicate for replicate in replicates if replicate is not None]
    if value is None or not known:
        return Figure(value)
    low, high = (float(np.quantile(known, share)) for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    if low == high == 0.0:
        high = never_seen(people)
    elif low == high == 1.0:
        low = 1.0 - never_seen(people)
    return Figure(value, Interval(min(low, value), max(high, value)))


def never_seen(people: int) -> float:
    """The highest rate at which `people` independent trials still show no error with a chance of 5 %: 1 - 0.05^(1/n),
    about 3/n (the rule of three, ISO/IEC 19795-1). A person counts as one trial, however many photos there are."""
    return float(1.0 - (1.0 - LEVEL) ** (1.0 / people)) if people else 1.0
