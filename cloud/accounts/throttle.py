"""Guessing made slow, without a lock that a stranger could turn against somebody.

Failures are counted for an address *and* a log-in name together: whoever guesses at somebody's password only slows
down themselves. A hash takes long enough to keep a guesser with many names busy (passwords.py).
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

AT_ONCE = 5
EVERY_S = 30.0
"""After AT_ONCE failures one more try is allowed every EVERY_S seconds."""
REMEMBERED = 10_000
"""Pairs kept; the one that failed longest ago is forgotten first, so memory stays bounded."""


@dataclass(slots=True)
class _Bucket:
    failures: float
    at_s: float


class Throttle:
    """One process's memory: `n` processes allow `n` times as many tries, which is still few."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, address: str, login: str) -> float:
        """Seconds until the next try of this pair is looked at; 0 means now."""
        with self._lock:
            bucket = self._buckets.get((address, login))
            if bucket is None:
                return 0.0
            return max(0.0, (self._failures(bucket) - (AT_ONCE - 1)) * EVERY_S)

    def failed(self, address: str, login: str) -> None:
        with self._lock:
            bucket = self._buckets.pop((address, login), None)
            failures = self._failures(bucket) if bucket else 0.0
            self._buckets[address, login] = _Bucket(failures + 1, self._monotonic_s())
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)

    def succeeded(self, address: str, login: str) -> None:
        with self._lock:
            self._buckets.pop((address, login), None)

    def _failures(self, bucket: _Bucket) -> float:
        """What is left of the count: it runs down by one every EVERY_S."""
        return max(0.0, bucket.failures - (self._monotonic_s() - bucket.at_s) / EVERY_S)
