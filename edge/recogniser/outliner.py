"""Shows on the panel where faces are, and what would help: at most ten times a second, and never in the way."""

import logging
from collections.abc import Sequence

import apsw

from edge.clock import Clock
from edge.store.live import Hint, LiveBoard, LiveView, Outline
from edge.vision.quality import Weakness, assess
from edge.vision.types import Face, Image

log = logging.getLogger(__name__)

EVERY_S = 0.1
HINTS = {
    Weakness.SMALL: Hint.COME_CLOSER,
    Weakness.CUT_OFF: Hint.STAND_IN_VIEW,
    Weakness.DARK: Hint.MORE_LIGHT,
    Weakness.BRIGHT: Hint.LESS_LIGHT,
    Weakness.TURNED: Hint.LOOK_HERE,
    Weakness.BLURRED: Hint.HOLD_STILL,
    Weakness.COVERED: Hint.UNCOVER,
}


class Outliner:
    def __init__(self, board: LiveBoard, clock: Clock, *, min_face_px: int) -> None:
        self._board = board
        self._clock = clock
        self._min_face_px = min_face_px
        self._next_s = 0.0
        self._was_empty = True

    def __call__(self, image: Image, faces: Sequence[Face]) -> None:
        now_s = self._clock.monotonic_s()
        if now_s < self._next_s or (self._was_empty and not faces):
            return
        self._next_s, self._was_empty = now_s + EVERY_S, not faces
        height, width = image.shape[:2]
        outlines = tuple(
            Outline(face.box.x / width, face.box.y / height, face.box.width / width, face.box.height / height)
            for face in faces
        )
        try:
            self._board.write(LiveView(outlines, self._hint(image, faces)), self._clock)
        except apsw.Error as error:
            log.debug("outline not shown: %s", error)

    def _hint(self, image: Image, faces: Sequence[Face]) -> Hint | None:
        """For whoever is nearest: what would help most."""
        if not faces:
            return None
        nearest = max(faces, key=lambda face: min(face.box.width, face.box.height))
        if min(nearest.box.width, nearest.box.height) < self._min_face_px:
            return Hint.COME_CLOSER
        # What is large enough for this gate is large enough for its screen.
        reasons = [reason for reason in assess(image, nearest).reasons if reason is not Weakness.SMALL]
        return HINTS[reasons[0]] if reasons else None
