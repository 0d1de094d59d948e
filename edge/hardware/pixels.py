"""Whatever a driver hands over, as the pictures that every stage takes. This is the one place where frames enter."""

import logging
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected

log = logging.getLogger(__name__)

DEPTHS_BITS = (10, 12, 14, 16)
"""Of cameras that put more than 8 bits into 16: the least depth that holds the brightest pixel so far is theirs."""


class Pixels:
    """One a source, for what it learns of it. Belongs to one thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth_bits = DEPTHS_BITS[0]
        self._refused = 0

    def usable(self, image: NDArray[Any] | None) -> NDArray[np.uint8] | None:
        """As `as_bgr` gives it; None for what is no picture: that is said in the log, with how many there were."""
        try:
            return self.as_bgr(image)
        except Rejected as error:
            self._refused += 1
            # The first, the second, the fourth...: a camera that gives nothing else must not fill the log.
            if self._refused & (self._refused - 1) == 0:
                log.warning("picture passed over name=%s count=%d: %s", self._name, self._refused, error)
            return None

    def as_bgr(self, image: NDArray[Any] | None) -> NDArray[np.uint8]:
        """(height_px, width_px, 3) uint8 BGR from gray (two axes or one channel), BGRA, or 10 to 16 bits in uint16.

        What is right already is handed on as it is, not copied. Raises Rejected.
        """
        if not isinstance(image, np.ndarray):
            raise Rejected("no picture in it: check the camera or the file")
        channels = 1 if image.ndim == 2 else image.shape[2] if image.ndim == 3 else 0
        if channels not in (1, 3, 4):
            raise Rejected(f"an array of shape {image.shape} is no picture: set the camera to BGR or gray")
        if not image.size:
            raise Rejected(f"a picture of {image.shape[1]}x{image.shape[0]} px has nothing in it: check the camera")
        if image.dtype == np.uint16:
            image = self._eight_bits(image)
        if image.dtype != np.uint8:
            raise Rejected(f"pixels of type {image.dtype}: known are 8 and 16 bits; set the camera to BGR or gray")
        if channels == 1:
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
        if channels == 4:
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2BGR), np.uint8)
        return np.asarray(image, np.uint8)

    def _eight_bits(self, image: NDArray[Any]) -> NDArray[np.uint8]:
        brightest = int(image.max())
        while brightest >> self._depth_bits:
            self._depth_bits = DEPTHS_BITS[DEPTHS_BITS.index(self._depth_bits) + 1]
        return np.asarray(image >> (self._depth_bits - 8), np.uint8)
