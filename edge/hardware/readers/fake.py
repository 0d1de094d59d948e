"""A reader that a test or a demonstration drives by hand. It is shipped, and never a default.

reader = FakeReader(Method.CARD)
reader.show("0004512345")
reader.unplug()
reader.plug_in()
"""

import queue
import time

from edge.contract import Method
from edge.errors import Unavailable
from edge.hardware.readers.port import Presented


class FakeReader:
    """Keeps the contract of `port.Reader`, raises the real errors, and records what was done to it."""

    def __init__(self, method: Method, name: str = "fake reader") -> None:
        self.calls: list[str] = []
        self.name = name
        self._method = method
        self._shown: queue.Queue[str | None] = queue.Queue()
        self._gone = False
        self._open = False

    def show(self, text: str | None) -> None:
        self._shown.put(text)

    def unplug(self) -> None:
        self._gone = True

    def plug_in(self) -> None:
        self._gone = False

    def open(self) -> None:
        self.calls.append("open")
        if self._gone:
            raise Unavailable(f"{self.name}: No such device. Plug it in.")
        self._open = True

    def read(self, timeout_s: float) -> Presented | None:
        if not self._open or self._gone:
            raise Unavailable(f"{self.name}: No such device. Was it unplugged?")
        try:
            return Presented(self._method, self._shown.get(timeout=timeout_s), self.name, time.monotonic())
        except queue.Empty:
            return None

    def close(self) -> None:
        self.calls.append("close")
        self._open = False
