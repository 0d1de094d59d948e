"""What faces are compared with and by: it may become another between two frames, never within one."""

from collections.abc import Callable
from dataclasses import dataclass

from edge.recogniser.decide import Rules
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """All three are of one embedder."""

    pipeline: Pipeline
    gallery: Callable[[], Gallery]
    rules: Rules


Renewal = Callable[[], Sight | None]
"""Asked before every frame: what serves from that frame on, or None for what served before. It must be quick."""


def nothing_new() -> Sight | None:
    return None
