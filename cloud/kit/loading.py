"""How a program of the service starts."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """What the block loads stays until the process ends, so Python's collector leaves it alone: looking through it over
    and over takes a quarter of a start, and later everybody waits half a second each time."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
