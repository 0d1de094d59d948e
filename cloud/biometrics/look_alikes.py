"""Whom somebody's views look like: compared here, so that nobody else's template leaves the service. Pure.

The school's own machine compares only what it has taken itself (`enroll/duplicates.py`); this is the same rule for all
the others, without numpy: the service needs it for nothing else, and `math.dist` takes 2 microseconds.
"""

import math
import struct
from collections.abc import Iterable, Sequence
from uuid import UUID

from cloud.biometrics.templates import Opened, View

MOST = 5
"""Of those who are told: whoever looks like more is asked to be photographed again."""


def look_alikes(views: Sequence[View], gallery: Iterable[Opened], *, besides: UUID, within: float) -> list[UUID]:
    """The pupils with a template of the same model as near as `within` (Euclidean) to one of `views`, the nearest
    first, at most MOST; never `besides`, whose views they are. No distance is told: by enough of them a template
    could be worked out."""
    probes = [(view.model, _numbers(view.vector)) for view in views]
    nearest: dict[UUID, float] = {}
    for known in gallery:
        if known.student_id == besides:
            continue
        numbers = _numbers(known.vector)
        for model, probe in probes:
            if model == known.model and len(probe) == len(numbers):
                distance = math.dist(probe, numbers)
                if distance <= within and distance < nearest.get(known.student_id, math.inf):
                    nearest[known.student_id] = distance
    return sorted(nearest, key=lambda one: (nearest[one], one))[:MOST]


def _numbers(vector: bytes) -> tuple[float, ...]:
    """Little-endian float16."""
    return struct.unpack(f"<{len(vector) // 2}e", vector)
