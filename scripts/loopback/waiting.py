"""Waiting for something to become true, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(condition: Callable[[], T], *, within_s: float = 45.0, saying: str = "") -> T:
    """The first true value of `condition`. Raises AssertionError after `within_s`."""
    deadline = time.monotonic() + within_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(saying or f"not true within {within_s} s: {condition}")
        time.sleep(0.02)
