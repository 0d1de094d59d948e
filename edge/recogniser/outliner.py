"""Shows on the panel where faces are, and what would help: at most ten times a second, and never in the way."""

import logging
from collections.abc import Sequence

import apsw

from edge.clock import Clock
from edge.store.live import Hint, LiveBoard, LiveView, Outline
from edge.vision.types import Face, Image

log = logging.getLogger(__name__)

EVERY_S = 0.1


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
        largest = max((min(face.box.width, face.box.height) for face in faces), default=0.0)
        hint = Hint.COME_CLOSER if faces and largest < self._min_face_px else None
        try:
            self._board.write(LiveView(outlines, hint), self._clock)
        except apsw.Error as error:
            log.debug("outline not shown: %s", error)
