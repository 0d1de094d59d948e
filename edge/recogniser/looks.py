"""One look at one face: everything of it that costs time, and nothing that remembers."""

from dataclasses import dataclass

from edge.frame import Frame
from edge.vision.pipeline import Pipeline
from edge.vision.types import Box, Face, Image, Template

AROUND = 0.35
"""Of the box on each side: people know a face by its hair, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A face that is worth a look: with the frame itself, not a copy of it."""

    track: int
    frame: Frame
    face: Face
    geometry: float
    """Its geometric quality."""
    pipeline: Pipeline
    """What serves at this frame: it looks, whatever serves when it is its turn."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the look at a glimpse has shown."""

    glimpse: Glimpse
    quality: float
    template: Template
    live: float | None = None
    """0 (a picture) to 1 (a living face); None when liveness is off."""


def look_at(glimpse: Glimpse) -> Look:
    """Any thread may do it, one look at a time."""
    pipeline, image, face = glimpse.pipeline, glimpse.frame.image, glimpse.face
    live = pipeline.live_score(image, face)
    return Look(glimpse, pipeline.quality(image, face), pipeline.template(image, face), live)


def around(image: Image, box: Box) -> Image:
    """The face with some of what is around it: a copy, so that the frame can go."""
    left, top = max(0, int(box.x - AROUND * box.width)), max(0, int(box.y - AROUND * box.height))
    right, bottom = int(box.x + (1 + AROUND) * box.width), int(box.y + (1 + AROUND) * box.height)
    return image[top : max(bottom, 1), left : max(right, 1)].copy()
