"""What the stages hand to each other. Coordinates are pixels of the frame, x to the right, y down."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""(height_px, width_px, 3) BGR. It belongs to whoever made it: a stage never writes into it."""

Chip: TypeAlias = NDArray[np.uint8]
"""(side_px, side_px, 3) BGR: one face, upright and centred as the embedder was trained."""

Template: TypeAlias = NDArray[np.float32]
"""(dimension,) as the embedder gave it; of length 1 where its manifest entry says so, and for the cosine distance."""

Distance: TypeAlias = Literal["euclidean", "cosine"]
"""How an embedder's templates are compared: |a - b|, or 1 - cos(a, b), which is 0 to 2."""

Points: TypeAlias = NDArray[np.float32]
"""(5, 2) x and y in px: the eye on the image's left, the other eye, nose, left and right corner of the mouth.
(4, 2) from a detector that knows only the mouth's middle."""


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    def moved(self, dx: float, dy: float) -> "Box":
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0 to 1."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if across <= 0 or down <= 0:
            return 0.0
        shared = across * down
        together = self.area + other.area - shared
        # Areas too small for a number of this kind are nothing.
        return shared / together if together > 0 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One detection in one frame."""

    box: Box
    score: float
    """The detector's confidence, 0 to 1."""
    points: Points
