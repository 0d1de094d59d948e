"""A pipeline that sees what a test tells it to: frames are scenes, faces are people with a place and a template.

Detection, alignment and embedding are stand-ins; tracking, quality, matching and deciding are the real ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.frame import Frame
from edge.recogniser.decide import Rules
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline
from edge.vision.types import Box, Chip, Distance, Face, Image, Template

MODEL = "0123456789ab"
FRAMES_PER_S = 10.0
RULES = Rules(threshold=0.5, ask_threshold=0.55, margin=0.05)
_FRONTAL = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


@dataclass(frozen=True)
class Seen:
    """One person in one frame. `off` is how far the template of this shot lies from the person's own."""

    person: int
    x: float
    off: float = 0.0
    side: float = 80.0
    nose: float = 0.5
    """0.5 looks into the camera; farther from it is turned away."""
    live: float = 1.0
    """What the networks for liveness say of it."""


def template_of(person: int, off: float = 0.0) -> Template:
    """People are 1 apart from each other; `off` moves along an axis that is nobody's."""
    template = np.zeros(128, np.float32)
    template[person] = 1 / np.sqrt(2)
    template[127] = off
    return template


def gallery_of(**people: int) -> Gallery:
    """`gallery_of(an=1)`: the template of person 1 is known as an."""
    return Gallery(list(people), np.array([template_of(person) for person in people.values()]), MODEL)


class Scene:
    """Detector, aligner and embedder in one: it knows who stands where, by the frame's only pixel that is not noise."""

    model = MODEL
    distance: Distance = "euclidean"

    def __init__(self, scenes: Sequence[Sequence[Seen]]) -> None:
        self._scenes = scenes
        self._shown: dict[float, Seen] = {}
        self.embedded: list[int] = []

    def frames(self) -> Iterator[Frame]:
        noise = np.random.default_rng(0).integers(60, 200, (200, 700, 3), np.uint8)
        for index in range(len(self._scenes)):
            image = noise.copy()
            image[0, 0] = (index // 256, index % 256, 0)
            image.flags.writeable = False
            yield Frame(image, index, index / FRAMES_PER_S, 1000.0 + index / FRAMES_PER_S)

    def detect(self, image: Image) -> list[Face]:
        index = int(image[0, 0, 0]) * 256 + int(image[0, 0, 1])
        return [self._face(seen) for seen in self._scenes[index]]

    def chip(self, image: Image, face: Face) -> Chip:
        seen = self._shown[face.score]
        return np.array([[[seen.person, round(seen.off * 100), 0]]], np.uint8)

    def embed(self, chip: Chip) -> Template:
        person, off = int(chip[0, 0, 0]), int(chip[0, 0, 1]) / 100
        self.embedded.append(person)
        return template_of(person, off)

    def score(self, image: Image, face: Face) -> float:
        return self._shown[face.score].live

    def pipeline(self) -> Pipeline:
        return Pipeline(self, self, self, self)

    def _face(self, seen: Seen) -> Face:
        points = _FRONTAL.copy()
        points[2, 0] = seen.nose
        # The score is what tells the stand-ins who a face is.
        score = 0.9 + len(self._shown) * 1e-6
        self._shown[score] = seen
        corner: NDArray[np.float32] = np.array([seen.x, 100.0], np.float32)
        return Face(Box(seen.x, 100.0, seen.side, seen.side), score, points * np.float32(seen.side) + corner)
