"""How fast a provider is spoken to: a bucket of a second's worth that fills as time goes by."""

from datetime import datetime


class Pace:
    """Used by one thread. What a worker may send; several workers share a provider's limit by dividing it."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._room = max(1.0, per_s)
        self._left = self._room
        self._at: datetime | None = None

    def take(self, most: int, now: datetime) -> int:
        """How many of `most` may go now."""
        if self._at is not None and now > self._at:
            self._left = min(self._room, self._left + (now - self._at).total_seconds() * self._per_s)
        self._at = now
        taken = min(most, int(self._left))
        self._left -= taken
        return taken

    def give_back(self, unused: int) -> None:
        self._left = min(self._room, self._left + unused)
