"""What every fake device shares: it can be unplugged and plugged in again, and remembers what was done to it."""

from edge.errors import Unavailable


class FakeDevice:
    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: list[str] = []
        self._gone = False
        self._open = False

    def unplug(self) -> None:
        """From now on as if it were gone."""
        self._gone = True

    def plug_in(self) -> None:
        self._gone = False

    def open(self) -> None:
        self.calls.append("open")
        if self._gone:
            raise Unavailable(f"{self.name}: Remote I/O error. Plug it in.")
        self._open = True

    def close(self) -> None:
        self.calls.append("close")
        self._open = False

    def _must_be_there(self) -> None:
        if not self._open:
            raise Unavailable(f"{self.name}: not open.")
        if self._gone:
            raise Unavailable(f"{self.name}: Remote I/O error. Was it unplugged?")
