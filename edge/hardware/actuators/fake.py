"""Actuators that a test or a demonstration looks at. Shipped, and never a default."""

from edge.errors import Unavailable


class FakeRelay:
    """Keeps the contract of `port.Relay` and records every pulse; time is what the test says it is."""

    def __init__(self, name: str = "fake relay") -> None:
        self.name = name
        self.pulses: list[float] = []
        self.calls: list[str] = []
        self.now_s = 0.0
        self._until_s = 0.0
        self._gone = False
        self._open = False

    @property
    def is_on(self) -> bool:
        return self._open and self.now_s < self._until_s

    def unplug(self) -> None:
        self._gone = True

    def plug_in(self) -> None:
        self._gone = False

    def open(self) -> None:
        self.calls.append("open")
        if self._gone:
            raise Unavailable(f"{self.name}: No such device. Plug it in.")
        self._open, self._until_s = True, 0.0

    def pulse(self, seconds: float) -> None:
        if not self._open or self._gone:
            raise Unavailable(f"{self.name}: No such device. Was it unplugged?")
        self.pulses.append(seconds)
        self._until_s = max(self._until_s, self.now_s + seconds)

    def close(self) -> None:
        self.calls.append("close")
        self._open = False


class FakeVoice:
    """Keeps the contract of `port.Voice` and remembers what it was to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def close(self) -> None:
        pass
