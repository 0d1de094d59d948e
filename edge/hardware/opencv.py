"""What the drivers that read through OpenCV share: one capture, quiet and typed."""

import os
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray


class Capture:
    """cv2.VideoCapture whose problems are told by its driver, once, and not by ffmpeg on stderr."""

    def __init__(self) -> None:
        self._capture: cv2.VideoCapture | None = None

    def open(self, name: str, backend: int, options: Sequence[int] = ()) -> bool:
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        capture = cv2.VideoCapture(name, backend, options)
        self._capture = capture if capture.isOpened() else None
        return self._capture is not None

    def read(self) -> NDArray[np.uint8] | None:
        """(height_px, width_px, 3) BGR, or None when there is nothing more."""
        if self._capture is None:
            return None
        arrived, image = self._capture.read()
        return np.asarray(image, np.uint8) if arrived and image is not None else None

    def number(self, prop: int) -> float:
        """One of cv2.CAP_PROP_*; 0 when it is not known."""
        return self._capture.get(prop) if self._capture else 0.0

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
