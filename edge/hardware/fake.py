"""A camera and an indicator that a test or a demonstration drives by hand. Shipped, and never a default.

camera = FakeCamera()
camera.show(image)        # the next picture
camera.unplug()           # from now on as if it were gone
camera.plug_in()
camera.end()              # like the last picture of a clip
"""

import queue

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected, Unavailable
from edge.hardware.ports import Picture, Signal

TIMEOUT_S = 10.0


class FakeCamera:
    """Keeps the contract of `ports.Camera`, raises the real errors, and records what was done to it."""

    def __init__(self, name: str = "fake camera") -> None:
        self.calls: list[str] = []
        self._name = name
        self._waiting: queue.Queue[Picture | Exception | None] = queue.Queue()
        self._gone = False
        self._open = False

    @property
    def name(self) -> str:
        return self._name

    def show(self, image: NDArray[np.uint8], at_s: float | None = None) -> None:
        self._waiting.put(Picture(image, at_s))

    def show_garbage(self) -> None:
        self._waiting.put(Rejected(f"{self._name}: one damaged picture"))

    def unplug(self) -> None:
        self._gone = True
        self._waiting.put(Unavailable(f"{self._name}: no more pictures. Was it unplugged?"))

    def plug_in(self) -> None:
        self._gone = False

    def end(self) -> None:
        self._waiting.put(None)

    def open(self) -> None:
        self.calls.append("open")
        if self._gone:
            raise Unavailable(f"{self._name}: no such camera. Plug it in.")
        self._open = True

    def read(self) -> Picture | None:
        if not self._open:
            raise Unavailable(f"{self._name}: not open.")
        try:
            shown = self._waiting.get(timeout=TIMEOUT_S)
        except queue.Empty:
            raise Unavailable(f"{self._name}: no picture for {TIMEOUT_S:.0f} s.") from None
        if isinstance(shown, Exception):
            raise shown
        return shown

    def close(self) -> None:
        self.calls.append("close")
        self._open = False


class FakeIndicator:
    """Remembers what it showed; can be unplugged too."""

    def __init__(self) -> None:
        self.shown: list[Signal] = []
        self.is_gone = False

    def show(self, signal: Signal) -> None:
        if self.is_gone:
            raise Unavailable("fake indicator: no such device. Plug it in.")
        self.shown.append(signal)
