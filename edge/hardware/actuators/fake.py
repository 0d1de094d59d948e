"""Actuators that a test or a demonstration looks at. Shipped, and never a default."""

from edge.hardware.fake_device import FakeDevice


class FakeRelay(FakeDevice):
    """Keeps the contract of `port.Relay` and records every pulse; time is what the test says it is."""

    def __init__(self, name: str = "fake relay") -> None:
        super().__init__(name)
        self.pulses: list[float] = []
        self.now_s = 0.0
        self._until_s = 0.0

    @property
    def is_on(self) -> bool:
        return self._open and self.now_s < self._until_s

    def open(self) -> None:
        super().open()
        self._until_s = 0.0

    def pulse(self, seconds: float) -> None:
        self._must_be_there()
        self.pulses.append(seconds)
        self._until_s = max(self._until_s, self.now_s + seconds)


class FakeVoice:
    """Keeps the contract of `port.Voice` and remembers what it was to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def close(self) -> None:
        pass
