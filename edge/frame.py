"""One picture from a camera, as every stage hands it on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """`image` is (height_px, width_px, 3) uint8 BGR and belongs to the reader: never write into it."""

    image: NDArray[np.uint8]
    index: int
    """Counted from 0 by the source, dropped frames included."""
    t_s: float
    """Time within the source: of a file its own timeline, of a camera seconds since it was opened."""
    grabbed_s: float
    """`time.monotonic()` when the frame reached us: latencies are measured from here."""
