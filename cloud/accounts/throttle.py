"""Guessing made slow, without a lock that a stranger could turn against somebody.

Failures are counted for an address *and* a log-in name together: whoever guesses at somebody's password slows down
nobody at another address. At the same one, behind a school's or a carrier's NAT, a browser in which the owner has come
in before is counted by itself (known_device.py). A hash takes long enough to keep a guesser with many names busy
(passwords.py). The counts are in the database, so that it does not matter which of many processes is asked; what time
has forgiven is forgotten.
"""

from datetime import timedelta
from hashlib import sha256

from cloud.accounts import throttle_queries as queries
from cloud.kit.clock import Clock
from cloud.kit.db import Database

AT_ONCE = 5
EVERY = timedelta(seconds=30)
"""After AT_ONCE failures one more try is allowed EVERY so often."""


class Throttle:
    """None of its methods may be called within a transaction: each has one of its own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def wait_s(self, address: str, login: str, *, at_once: int = AT_ONCE) -> float:
        """Seconds until the next try of this pair is looked at; 0 means now. What stands for an address may be anything
        that tries come from."""
        with self._database.reading() as session:
            clears_at_ms = queries.clears_at_ms(session, _key(address, login))
        if clears_at_ms is None:
            return 0.0
        return max(0.0, (clears_at_ms - self._now_ms()) / 1000 - (at_once - 1) * EVERY.total_seconds())

    def failed(self, address: str, login: str) -> None:
        with self._database.writing() as session:
            queries.put_off(session, _key(address, login), self._now_ms(), EVERY // timedelta(milliseconds=1))

    def succeeded(self, address: str, login: str) -> None:
        with self._database.reading() as session:
            failed_before = queries.clears_at_ms(session, _key(address, login)) is not None
        if failed_before:
            with self._database.writing() as session:
                queries.clear(session, _key(address, login))

    def _now_ms(self) -> int:
        return int(self._clock().timestamp() * 1000)


def _key(address: str, login: str) -> str:
    return sha256(f"{address}\0{login}".encode()).hexdigest()
