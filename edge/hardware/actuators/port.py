"""What an actuator must do. Lights and sounds for a passer-by keep `edge.hardware.ports.Indicator`."""

from typing import Protocol


class Relay(Protocol):
    """A switch with something behind it: a door's latch, a bell. Off unless it is told otherwise.

    A driver MUST raise Misconfigured from `open` for what only a person can mend and Unavailable, from any method, for
    what may pass. It MUST be off after `open`, after `close` and when its process ends in an orderly way.
    """

    @property
    def name(self) -> str: ...

    def open(self) -> None: ...

    def pulse(self, seconds: float) -> None:
        """On for `seconds`, then off by itself. MUST return at once. A pulse while it is on never shortens it."""

    def close(self) -> None:
        """Off, and let go. MUST be harmless when not open, and MUST NOT raise."""


class Voice(Protocol):
    """Says something aloud."""

    def say(self, text: str) -> None:
        """MUST return at once and MUST NOT raise. While it speaks, only the newest wish waits: a greeting for
        somebody who has left is worse than none. `text` may be a name, so it MUST NOT be logged."""

    def close(self) -> None:
        """Fall silent. MUST be harmless when closed already."""
