"""QR codes in the camera's pictures, read by zxing-cpp beside recognition: at most a few pictures a second, the part
where a card is held, in whatever time is left.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.contract import Method
from edge.errors import Misconfigured
from edge.hardware.readers.port import Presented

READS_A_SECOND = 5.0
SAME_SHOWING_S = 3.0
"""A code that was in the picture less than this ago is still the same showing."""
MAX_CODES = 4


@dataclass(frozen=True, slots=True)
class Region:
    """Where a card is looked for, as shares of the picture."""

    left: float = 0.15
    top: float = 0.2
    right: float = 0.85
    bottom: float = 1.0

    def of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height_px, width_px = image.shape[:2]
        return image[
            int(self.top * height_px) : int(self.bottom * height_px),
            int(self.left * width_px) : int(self.right * width_px),
        ]


class CameraCodes:
    """A `Reader` that is offered pictures by whoever has the camera. `offer` never waits and never copies."""

    def __init__(
        self,
        *,
        region: Region | None = None,
        reads_a_second: float = READS_A_SECOND,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = "camera codes"
        self._region = region or Region()
        self._interval_s = 1 / reads_a_second
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._offered: NDArray[np.uint8] | None = None
        self._wanted_from_s = 0.0
        self._open = False
        self._seen_s: dict[str, float] = {}
        self._found: list[str] = []

    def offer(self, image: NDArray[np.uint8]) -> None:
        """(height_px, width_px, 3) BGR, not written to by anybody from now on. Any thread; only the newest counts."""
        if not self._open or self._monotonic() < self._wanted_from_s:
            return
        with self._changed:
            self._offered = image
            self._changed.notify()

    def open(self) -> None:
        try:
            import zxingcpp  # noqa: F401
        except ImportError as error:
            raise Misconfigured("zxing-cpp is not here: install diemdanh with its extra [edge].") from error
        self._found.clear()
        self._open = True

    def read(self, timeout_s: float) -> Presented | None:
        deadline_s = self._monotonic() + timeout_s
        while not self._found:
            with self._changed:
                left_s = deadline_s - self._monotonic()
                if left_s < 0 or not self._changed.wait_for(lambda: self._offered is not None, left_s):
                    return None
                image, self._offered = self._offered, None
            assert image is not None
            self._look(self._region.of(image))
        return Presented(Method.QR, self._found.pop(0), self.name, self._monotonic())

    def close(self) -> None:
        self._open = False
        self._offered = None

    def _look(self, image: NDArray[np.uint8]) -> None:
        now_s = self._monotonic()
        self._wanted_from_s = now_s + self._interval_s
        codes = _codes(image)
        self._seen_s = {text: s for text, s in self._seen_s.items() if now_s - s <= SAME_SHOWING_S}
        for text in codes:
            if text not in self._seen_s:
                self._found.append(text)
            self._seen_s[text] = now_s


def _codes(image: NDArray[np.uint8]) -> list[str]:
    import zxingcpp

    if not image.size:
        return []
    # Green carries most of the light, and a third of the bytes.
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(image[:, :, 1]), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return sorted({code.text for code in found[:MAX_CODES] if code.text})
