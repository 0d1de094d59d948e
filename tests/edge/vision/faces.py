"""Real faces for tests: portraits by person, and the frames of a clip."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.frame import Frame
from edge.vision.types import Face, Image

FEMALE = "head-pose-face-detection-female.gif"
MALE = "head-pose-face-detection-male.gif"
BOTH = "head-pose-face-detection-female-and-male.gif"
WALKING = "face-demographics-walking-and-pause.gif"
FRAMES_PER_S = 12.5


@dataclass(frozen=True, eq=False)
class Portrait:
    person: str
    image: Image

    def middle_face(self, faces: Sequence[Face]) -> Face:
        """Whom the photo is of: some show others in the background."""
        height, width = self.image.shape[:2]
        return min(
            faces,
            key=lambda face: math.hypot(
                face.box.x + face.box.width / 2 - width / 2, face.box.y + face.box.height / 2 - height / 2
            ),
        )


def portraits(media: Path) -> list[Portrait]:
    files = sorted((media / "faces" / "lfw10").glob("*/*.jpg"))
    assert len(files) == 100
    return [Portrait(file.parent.name, np.asarray(cv2.imread(str(file)), np.uint8)) for file in files]


def clip(media: Path, name: str) -> list[Frame]:
    """Its frames, locked against writing."""
    capture, frames = cv2.VideoCapture(str(media / "clips" / name)), []
    while (read := capture.read())[0]:
        image = np.asarray(read[1], np.uint8)
        image.flags.writeable = False
        frames.append(Frame(image, len(frames), len(frames) / FRAMES_PER_S, 0.0))
    assert frames, f"{name} has no frames"
    return frames


def tar_at_far(templates: NDArray[np.float32], people: Sequence[str], far: float) -> float:
    """True accept rate over all pairs of `templates`, at the distance that wrongly accepts `far` of the impostors."""
    one, other = np.triu_indices(len(people), 1)
    distances = np.linalg.norm(templates[one] - templates[other], axis=1)
    genuine = np.array(people)[one] == np.array(people)[other]
    impostors = np.sort(distances[~genuine])
    return float((distances[genuine] < impostors[int(far * len(impostors))]).mean())
