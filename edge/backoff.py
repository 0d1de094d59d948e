"""How long to wait before trying again, so that fifty units do not knock at the same moment."""

import random
from collections.abc import Callable


class Backoff:
    """Exponential with full jitter: uniform between 0 and the doubling ceiling.

    Rule: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    def __init__(self, first_s: float, ceiling_s: float, chance: Callable[[], float] = random.random) -> None:
        self._first_s = first_s
        self._ceiling_s = ceiling_s
        self._chance = chance
        self._failures = 0

    def next_s(self) -> float:
        """Seconds to wait after one more failure."""
        ceiling = min(self._ceiling_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return ceiling * self._chance()

    def succeeded(self) -> None:
        self._failures = 0
