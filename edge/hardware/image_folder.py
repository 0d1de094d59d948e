"""A folder of photographs, played in the order of their names, one a second."""

import logging
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from edge.errors import Misconfigured, Rejected
from edge.hardware.ports import Picture

log = logging.getLogger(__name__)

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
INTERVAL_S = 1.0


class ImageFolder:
    """Plays once. A file that is no picture is named in the log and passed over; Rejected if none is one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: Iterator[Path] = iter(())
        self._read = 0

    @property
    def name(self) -> str:
        return str(self._folder)

    def open(self) -> None:
        paths = sorted(path for path in self._folder.iterdir() if path.suffix.lower() in SUFFIXES)
        if not paths:
            raise Misconfigured(f"{self._folder}: no pictures in it. Known: {', '.join(sorted(SUFFIXES))}.")
        self._paths = iter(paths)
        self._read = 0

    def read(self) -> Picture | None:
        for path in self._paths:
            try:
                image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            except cv2.error:
                image = None
            if image is None:
                log.warning("picture passed over file=%s: damaged or not a picture", path.name)
                continue
            self._read += 1
            return Picture(np.asarray(image, np.uint8), (self._read - 1) * INTERVAL_S)
        if self._read == 0:
            raise Rejected(f"{self._folder}: not one of its pictures can be read.")
        return None

    def close(self) -> None:
        self._paths = iter(())
