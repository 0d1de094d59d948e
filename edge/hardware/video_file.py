"""A clip on disk, in any format that OpenCV's ffmpeg reads (mp4, mkv, avi, webm, gif)."""

from pathlib import Path

import cv2

from edge.errors import Misconfigured, Rejected
from edge.hardware.opencv import Capture
from edge.hardware.ports import Picture

DEFAULT_FRAMES_PER_S = 25.0
COMPLETE = 0.9
"""A container's own frame count may be an estimate: a clip that yields this share of it is whole."""


class VideoFile:
    """Plays once, on the clip's own timeline. Raises Misconfigured if there is nothing to play,
    Rejected at the point where a damaged clip ends early.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._capture = Capture()
        self._read = 0
        self._expected = 0
        self._interval_s = 1 / DEFAULT_FRAMES_PER_S
        self._last_s = 0.0

    @property
    def name(self) -> str:
        return str(self._path)

    def open(self) -> None:
        if not self._path.is_file():
            raise Misconfigured(f"{self._path}: there is no such file. Check the path of the clip.")
        if not self._capture.open(str(self._path), cv2.CAP_FFMPEG):
            raise Misconfigured(f"{self._path}: not a video that can be read. Is it complete? Does it play elsewhere?")
        self._read = 0
        self._last_s = 0.0
        self._expected = max(0, int(self._capture.number(cv2.CAP_PROP_FRAME_COUNT)))
        frames_per_s = self._capture.number(cv2.CAP_PROP_FPS)
        self._interval_s = 1 / (frames_per_s if 0 < frames_per_s <= 1000 else DEFAULT_FRAMES_PER_S)

    def read(self) -> Picture | None:
        image = self._capture.read()
        if image is None:
            if self._read == 0 or self._read < COMPLETE * self._expected:
                raise Rejected(
                    f"{self._path}: damaged, it breaks off after frame {self._read} of {self._expected}. "
                    "What came before was used."
                )
            return None
        at_s = self._capture.number(cv2.CAP_PROP_POS_MSEC) / 1000
        # Some containers carry time stamps that stand still, or none at all.
        if self._read > 0 and at_s <= self._last_s:
            at_s = self._last_s + self._interval_s
        self._read += 1
        self._last_s = at_s
        return Picture(image, at_s)

    def close(self) -> None:
        self._capture.close()
