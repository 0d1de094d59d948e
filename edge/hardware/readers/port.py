"""What a reader must do, whatever it reads."""

from dataclasses import dataclass
from typing import Protocol

from edge.contract import Method


@dataclass(frozen=True, slots=True)
class Presented:
    """Somebody showed something. Who that is, and whether it counts, is decided elsewhere."""

    method: Method
    text: str | None
    """What stands on it: a card's text or number, a finger's slot; None for a finger that the sensor does not know."""
    reader: str
    """The reader's name: two of them may be two gates."""
    at_s: float
    """`time.monotonic()` when it was complete."""


class Reader(Protocol):
    """One reader, opened, read and closed from one thread.

    A driver MUST raise Misconfigured from `open` for what only a person can mend and Unavailable for what may pass.
    It MUST survive any input: garbage is dropped or handed on as text, and never raises. It MUST NOT hand out the
    same showing twice (a finger that stays on the glass, a code that stays in the picture), and MUST allow `open`
    again after `close`. It MAY drop what was shown while nobody read.
    """

    @property
    def name(self) -> str:
        """For messages to people, and to tell two readers apart."""

    def open(self) -> None: ...

    def read(self, timeout_s: float) -> Presented | None:
        """What is shown next, or None if that takes longer than `timeout_s`. Raises Unavailable when it is gone."""

    def close(self) -> None:
        """Let go of the device. MUST be harmless when not open, and MUST NOT raise."""
