"""How closely a stream has to be looked at: not again where nothing has moved, and at less width while every face is
large. Both give way at once, and neither is trusted for longer than LOOK_ANYWAY_S.
"""

from collections.abc import Callable

import cv2
import numpy as np

from edge.vision.resize import fitted
from edge.vision.runtime import Bytes
from edge.vision.types import Face, Image

LOOK_ANYWAY_S = 0.3
"""The longest time without a search at full width: a track survives longer, and a new face waits no longer."""
_GLANCE_PX = 96
"""Motion is looked for in a gray picture of this width: a face of 20 px in 640 is nine of its pixels."""
_SAMPLED_PX = 384
MOVED_LEVELS = 8
"""Gray levels by which a pixel of that picture must differ; a camera's noise is well below."""
MOVED_PIXELS = 2
LARGE = 0.17
"""Of the frame's longer side, 110 px in 640: at half the width the detector misses none so large (cards/yunet.md)."""
LARGE_FOR_S = 1.0
"""For so long every face must have been large."""

Find = Callable[[Image], list[Face]]


class Attention:
    """Finds the faces of one stream, frame after frame. `find` searches thoroughly; `find_large`, if given, is
    cheaper and may miss small faces. With `gate`, a still picture has the faces that it had."""

    def __init__(self, find: Find, find_large: Find | None = None, *, gate: bool = True) -> None:
        self._find = find
        self._find_large = find_large
        self._gate = gate
        self._faces: list[Face] = []
        self._glance: Bytes | None = None
        self._t_s = np.inf
        self._thorough_s = self._small_s = -np.inf
        self.searches = 0
        self.narrow_searches = 0

    def faces(self, image: Image, t_s: float) -> list[Face]:
        """The faces of the frame at `t_s`, in seconds of the stream."""
        if t_s < self._t_s:
            # The first frame, or that of a clip that starts again.
            self._thorough_s, self._small_s = -np.inf, t_s
        self._t_s = t_s
        due = not 0 <= t_s - self._thorough_s < LOOK_ANYWAY_S
        glance = _glance(image) if self._gate else None
        if not due and glance is not None and self._glance is not None and not _moved(glance, self._glance):
            return self._faces
        # Compared with the picture that was searched, not with the last one: what moves slowly adds up.
        self._glance = glance
        if self._find_large is not None and not due and self._all_large(t_s):
            self.narrow_searches += 1
            self._faces = self._find_large(image)
        else:
            self._faces = self._find(image)
            self._thorough_s = t_s
        self.searches += 1
        if not self._faces or any(_share(face, image) < LARGE for face in self._faces):
            self._small_s = t_s
        return self._faces

    def _all_large(self, t_s: float) -> bool:
        """A face that was lost, or none, counts as a small one."""
        return t_s - self._small_s > LARGE_FOR_S


def _share(face: Face, image: Image) -> float:
    return float(min(face.box.width, face.box.height) / max(image.shape[:2]))


def _glance(image: Image) -> Bytes:
    # Every few pixels of one colour, then averaged: a picture of a camera's size is not gone through for this.
    step = max(1, max(image.shape[:2]) // _SAMPLED_PX)
    return fitted(np.ascontiguousarray(image[::step, ::step, 1]), _GLANCE_PX)


def _moved(glance: Bytes, before: Bytes) -> bool:
    if glance.shape != before.shape:
        return True
    differing = cv2.threshold(cv2.absdiff(glance, before), MOVED_LEVELS, 1, cv2.THRESH_BINARY)[1]
    return cv2.countNonZero(differing) >= MOVED_PIXELS
