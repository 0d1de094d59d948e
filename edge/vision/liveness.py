"""A living face, or a picture of one? Presentation attack detection by networks that look at a face and around it.

Each network sees the detector's own rectangle enlarged by its factor, never made square: edges of paper, a bezel and
the background count as much as the skin. Crop, colours and classes as in Silent-Face-Anti-Spoofing (Apache-2.0),
`generate_patches.py` and `anti_spoof_predict.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.runtime import Network
from edge.vision.types import Box, Face, Image

REAL = 1
"""The class of a living face; 0 and 2 are pictures on paper and on screens."""


class Liveness(Protocol):
    def score(self, image: Image, face: Face) -> float:
        """0 (a picture) to 1 (a living face)."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A network, and how much of the picture it wants to see."""

    network: Network
    crop_scale: float
    """How many times as wide and as high as the face."""
    side_px: int


class MiniFasNet:
    """The mean of networks at several scales, as upstream sums them. Not thread-safe."""

    def __init__(self, networks: Sequence[Scaled]) -> None:
        self.networks = tuple(networks)

    def score(self, image: Image, face: Face) -> float:
        return float(np.mean([self._real(one, image, face.box) for one in self.networks]))

    def _real(self, one: Scaled, image: Image, box: Box) -> float:
        x0, y0, x1, y1 = crop_around(box, image.shape[1], image.shape[0], one.crop_scale)
        # Bilinear, for the networks were trained on crops made so.
        crop = cv2.resize(image[y0:y1, x0:x1], (one.side_px, one.side_px), interpolation=cv2.INTER_LINEAR)
        value = np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)
        (logits,) = one.network.run(value).values()
        return float(_softmax(logits[0])[REAL])


def crop_around(box: Box, width_px: int, height_px: int, scale: float) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 (the last two exclusive) of the crop, at least one pixel, inside a frame of this size.

    What would reach over an edge is shifted inside; what does not fit at all is enlarged by less.
    """
    width, height = max(box.width, 1.0), max(box.height, 1.0)
    scale = max(1e-6, min(scale, (width_px - 1) / width, (height_px - 1) / height))
    left, right = _inside(box.x + box.width / 2, width * scale, width_px)
    top, bottom = _inside(box.y + box.height / 2, height * scale, height_px)
    return left, top, right, bottom


def _inside(centre: float, length: float, limit_px: int) -> tuple[int, int]:
    begins = min(max(centre - length / 2, 0.0), limit_px - 1 - length)
    begins = max(begins, 0.0)
    return int(begins), min(int(begins + length) + 1, limit_px)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    exponents = np.exp(logits - logits.max())
    return np.asarray(exponents / exponents.sum(), np.float32)
