"""The frames that benches run on."""

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from edge.vision.types import Image

CLIPS = (
    "head-pose-face-detection-female-and-male.gif",
    "face-demographics-walking-and-pause.gif",
    "head-pose-face-detection-female.gif",
    "head-pose-face-detection-male.gif",
)
FRAME_PX = (640, 360)
FRAMES_PER_S = 12.5


def media() -> Path:
    return Path(os.environ.get("DIEMDANH_MEDIA_PATH", ""))


def reference_clips(given: Sequence[Path] | None) -> list[Path]:
    return list(given or [media() / "clips" / name for name in CLIPS])


def frames(clip: Path) -> list[Image]:
    """All of them, at FRAME_PX."""
    capture, found = cv2.VideoCapture(str(clip)), []
    while (read := capture.read())[0]:
        found.append(np.asarray(cv2.resize(read[1], FRAME_PX), np.uint8))
    return found
