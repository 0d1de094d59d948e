"""The stages in one hand: what a frame or a photo goes through before it is compared."""

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from edge.vision.attention import Attention
from edge.vision.liveness import Liveness
from edge.vision.quality import Quality, assess, quality
from edge.vision.types import Chip, Distance, Face, Image, Template


class Detector(Protocol):
    def detect(self, image: Image) -> list[Face]:
        """Every face of the frame, the surest first."""


class Aligner(Protocol):
    def chip(self, image: Image, face: Face) -> Chip:
        """The face as the embedder wants it."""


class Embedder(Protocol):
    model: str
    """A short digest of the weights: templates of different models are never compared."""
    distance: Distance
    """How its templates are compared."""

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

    def clear(self) -> None:
        self.seconds.clear()
        self.calls.clear()


class Pipeline:
    """detect; quality, liveness, align, embed. It never writes into an image.

    Each of the two halves is used by one thread at a time; they may be two.
    """

    def __init__(
        self, detector: Detector, aligner: Aligner, embedder: Embedder, liveness: Liveness | None = None
    ) -> None:
        self.detector = detector
        self.aligner = aligner
        self.embedder = embedder
        self.liveness = liveness
        """None: off, nobody is judged."""
        self.attention: Attention | None = None
        """None: every frame of a stream is searched at full width."""
        self.timings = Timings()
        self.watched: Callable[[Image, Sequence[Face]], None] = lambda image, faces: None
        """Called by the recogniser with every frame and its faces: what the screen at the gate is drawn from. MUST NOT
        raise."""

    def with_embedder(self, aligner: Aligner, embedder: Embedder) -> "Pipeline":
        """The same with another embedder: detector, attention, liveness and timings are shared."""
        other = copy.copy(self)
        other.aligner, other.embedder = aligner, embedder
        return other

    @property
    def model(self) -> str:
        """The digest of the embedder: it goes with every template."""
        return self.embedder.model

    def watch(self, image: Image, t_s: float) -> list[Face]:
        """The faces of the next frame of a stream, `t_s` in its time: as `detect`, unless attention is spared."""
        if self.attention is None:
            return self.detect(image)
        with self.timings.stage("detect"):
            return self.attention.faces(image, t_s)

    def detect(self, image: Image) -> list[Face]:
        """Every face of the picture."""
        with self.timings.stage("detect"):
            return self.detector.detect(image)

    def assess(self, image: Image, face: Face) -> Quality:
        """The same with what spoils the shot: for people, not for every look."""
        with self.timings.stage("quality"):
            return assess(image, face)

    def quality(self, image: Image, face: Face) -> float:
        """0 to 1: how well the face may be recognised."""
        with self.timings.stage("quality"):
            return quality(image, face)

    def live_score(self, image: Image, face: Face) -> float | None:
        """0 (a picture) to 1 (a living face); None when liveness is off. Dear: for looks, not for every frame."""
        if self.liveness is None:
            return None
        with self.timings.stage("liveness"):
            return self.liveness.score(image, face)

    def template(self, image: Image, face: Face) -> Template:
        with self.timings.stage("align"):
            chip = self.aligner.chip(image, face)
        with self.timings.stage("embed"):
            return self.embedder.embed(chip)
