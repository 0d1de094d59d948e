"""A reader that a test or a demonstration drives by hand. It is shipped, and never a default.

reader = FakeReader(Method.CARD)
reader.show("0004512345")
reader.unplug()
reader.plug_in()
"""

import queue
import time

from edge.contract import Method
from edge.hardware.fake_device import FakeDevice
from edge.hardware.readers.port import Presented


class FakeReader(FakeDevice):
    """Keeps the contract of `port.Reader`, raises the real errors, and records what was done to it."""

    def __init__(self, method: Method, name: str = "fake reader") -> None:
        super().__init__(name)
        self._method = method
        self._shown: queue.Queue[str | None] = queue.Queue()

    def show(self, text: str | None) -> None:
        self._shown.put(text)

    def read(self, timeout_s: float) -> Presented | None:
        self._must_be_there()
        try:
            return Presented(self._method, self._shown.get(timeout=timeout_s), self.name, time.monotonic())
        except queue.Empty:
            return None
