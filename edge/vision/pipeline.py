"""The stages in one hand: what a frame or a photo goes through before it is compared."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from edge.errors import Rejected
from edge.vision.types import Chip, Face, Image, Template


class Detector(Protocol):
    def detect(self, image: Image) -> list[Face]:
        """Every face of the frame, the surest first."""


class Aligner(Protocol):
    def chip(self, image: Image, face: Face) -> Chip:
        """The face as the embedder wants it."""


class Embedder(Protocol):
    @property
    def model(self) -> str:
        """A short digest of the weights: templates of different models are never compared."""

    def embed(self, chip: Chip) -> Template:
        """What makes this face this person's."""


@dataclass(slots=True)
class Timings:
    """Where the time went: seconds and calls of every stage since the start."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
            self.calls[name] = self.calls.get(name, 0) + 1


class Pipeline:
    """detect, quality, align, embed; single-threaded, and it never writes into an image."""

    def __init__(self, detector: Detector, aligner: Aligner, embedder: Embedder) -> None:
        self._detector = detector
        self._aligner = aligner
        self._embedder = embedder
        self.timings = Timings()

    @property
    def model(self) -> str:
        """The digest of the embedder: it goes with every template."""
        return self._embedder.model

    def detect(self, image: Image) -> list[Face]:
        with self.timings.stage("detect"):
            return self._detector.detect(image)

    def quality(self, image: Image, face: Face) -> float:
        """0 to 1: how well the face may be recognised."""
        with self.timings.stage("quality"):
            return min(1.0, min(face.box.width, face.box.height) / 150.0)

    def template(self, image: Image, face: Face) -> Template:
        with self.timings.stage("align"):
            chip = self._aligner.chip(image, face)
        with self.timings.stage("embed"):
            return self._embedder.embed(chip)


@dataclass(frozen=True, slots=True, eq=False)
class PhotoTemplate:
    """What enrolment keeps of a photo."""

    template: Template
    quality: float
    model: str


MIN_PHOTO_FACE_PX = 40.0


def photo_to_template(pipeline: Pipeline, photo: Image) -> PhotoTemplate:
    """The one face of an enrolment photo. Raises Rejected with the reason: no face, several faces, too small."""
    faces = [face for face in pipeline.detect(photo) if min(face.box.width, face.box.height) >= MIN_PHOTO_FACE_PX]
    if not faces:
        raise Rejected("no face found: take the photo from the front, in good light, the face at least 40 px wide")
    if len(faces) > 1:
        raise Rejected(f"{len(faces)} faces found: crop the photo to one person")
    return PhotoTemplate(pipeline.template(photo, faces[0]), pipeline.quality(photo, faces[0]), pipeline.model)


def load_pipeline() -> Pipeline:
    """The detector and the embedder of this machine. Raises Misconfigured when `models pull` has not run."""
    raise NotImplementedError
