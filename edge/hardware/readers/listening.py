"""Every reader in a thread of its own, all of them heard in one place."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from edge.backoff import Backoff
from edge.hardware.keep_open import KeepOpen
from edge.hardware.readers.port import Presented, Reader

READ_S = 0.5


@contextmanager
def listen(
    readers: Sequence[Reader], heard: Callable[[Presented], None], *, backoff: Callable[[], Backoff] | None = None
) -> Iterator[None]:
    """While entered, `heard` gets whatever is shown, from the reader's thread: it must be quick and must not raise."""
    with ExitStack() as stack:
        for reader in readers:
            kept = KeepOpen(reader, partial(_hear, reader, heard), backoff=backoff() if backoff else None)
            stack.enter_context(kept)
        yield


def _hear(reader: Reader, heard: Callable[[Presented], None]) -> None:
    presented = reader.read(READ_S)
    if presented is not None:
        heard(presented)
