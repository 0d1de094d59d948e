"""Guided capture: which view is wanted, what is in its way, and when the shutter goes by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from edge.errors import Rejected
from edge.vision.photo import the_one_face
from edge.vision.pipeline import Pipeline
from edge.vision.quality import Weakness, assess
from edge.vision.types import Face, Image, Template
from enroll.judging import GOOD_ENOUGH
from enroll.service import View


class Pose(StrEnum):
    FRONT = "front"
    LEFT = "left"
    """The child's own left: the nose moves to the right of the picture."""
    RIGHT = "right"


WANTED = (Pose.FRONT, Pose.LEFT, Pose.RIGHT, Pose.FRONT, Pose.FRONT)
"""In this order; as many of them as `views` says."""
STRAIGHT = 0.1
"""Of the distance between the eyes: so far the nose may be from their middle in a view from the front."""
TURNED_FROM, TURNED_TO = 0.12, 0.32
"""And so far it is in a view that is slightly turned: 10 to 28 degrees or so. Beyond, it is called turned."""
IN_A_ROW = 2
"""Good looks before the shutter goes: one alone may be the instant before a blink."""
TURNED_SLACK = 1.15
"""Of the pair's threshold: a turned view is farther from a straight one than two straight ones are."""


class Hint(StrEnum):
    """What is in the way. What the quality stage says has its own words (Weakness)."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    LOOK_STRAIGHT = "look_straight"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    TURN_LESS = "turn_less"
    SOMEBODY_ELSE = "somebody_else"
    NEXT_PLEASE = "next_please"
    """Whoever was taken before is still there."""
    POOR = "poor"
    HOLD_STILL = "hold_still"
    TAKEN = "taken"
    DONE = "done"


_TURN = {Pose.FRONT: Hint.LOOK_STRAIGHT, Pose.LEFT: Hint.TURN_LEFT, Pose.RIGHT: Hint.TURN_RIGHT}


@dataclass(slots=True)
class Capture:
    """One pupil before the camera. Pictures are looked at and forgotten; what is kept is the views."""

    student_id: str
    wanted: list[Pose]
    same_person: float
    """Euclidean: a view farther than that, and TURNED_SLACK, from the first one is of somebody who stepped in."""
    leaving: Template | None = None
    """Of whoever was before the camera until now, when one follows the other: not to be taken for the next. Until
    they have gone, or somebody else is there: a twin is taken as soon as the picture was empty in between."""
    views: list[View] = field(default_factory=list)
    _good: int = 0

    @classmethod
    def of(cls, student_id: str, views: int, same_person: float, leaving: Template | None = None) -> "Capture":
        return cls(student_id, list(WANTED[:views]), same_person, leaving)

    @property
    def pose(self) -> Pose | None:
        """The one that is wanted now; None when all are there."""
        return self.wanted[len(self.views)] if len(self.views) < len(self.wanted) else None

    def skip(self) -> None:
        """Not everybody can turn their head: the view that is wanted now is taken from the front instead."""
        if self.pose is not None:
            self.wanted[len(self.views)] = Pose.FRONT
            self._good = 0

    def look(self, pipeline: Pipeline, image: Image) -> Hint | Weakness:
        """What to do about this picture; TAKEN when it became a view, DONE when it was the last one."""
        if (pose := self.pose) is None:
            return Hint.DONE
        hint, face = judge(pipeline, image, pose)
        if hint is Hint.NO_FACE:
            self.leaving = None
        if hint is not None or face is None:
            self._good = 0
            return hint or Hint.NO_FACE
        if self.leaving is not None:
            if np.linalg.norm(pipeline.template(image, face) - self.leaving) <= self.same_person:
                return Hint.NEXT_PLEASE
            self.leaving = None
        self._good += 1
        if self._good < IN_A_ROW:
            return Hint.HOLD_STILL
        self._good = 0
        template = pipeline.template(image, face)
        if not np.isfinite(template).all():
            return Hint.POOR
        if self.views and np.linalg.norm(template - self.views[0].template) > TURNED_SLACK * self.same_person:
            return Hint.SOMEBODY_ELSE
        self.views.append(View(pipeline.model, pipeline.quality(image, face), template))
        return Hint.DONE if self.pose is None else Hint.TAKEN


def judge(pipeline: Pipeline, image: Image, pose: Pose) -> tuple[Hint | Weakness | None, Face | None]:
    """What keeps this picture from being the wanted view, and whose face it shows; None when nothing does."""
    faces = pipeline.detect(image)
    if not faces:
        return Hint.NO_FACE, None
    try:
        face = the_one_face(faces)
    except Rejected:
        return (Hint.SEVERAL_FACES if len(faces) > 1 else Weakness.SMALL), None
    quality = assess(image, face)
    in_the_way: Sequence[Weakness] = [one for one in quality.reasons if one is not Weakness.TURNED]
    if in_the_way:
        return in_the_way[0], face
    turn = turned(face)
    if pose is Pose.FRONT:
        if abs(turn) > STRAIGHT:
            return Hint.LOOK_STRAIGHT, face
        return (Hint.POOR if quality.score < GOOD_ENOUGH else None), face
    towards = turn if pose is Pose.LEFT else -turn
    if towards < TURNED_FROM:
        return _TURN[pose], face
    return (Hint.TURN_LESS if towards > TURNED_TO else None), face


def turned(face: Face) -> float:
    """Where the nose is between the eyes: 0 in their middle, 0.5 at the eye on the picture's right."""
    (left_x, left_y), (right_x, right_y), (nose_x, nose_y) = ((float(x), float(y)) for x, y in face.points[:3])
    across_x, across_y = right_x - left_x, right_y - left_y
    span = across_x * across_x + across_y * across_y
    if span <= 0.0:
        return 1.0
    return ((nose_x - left_x) * across_x + (nose_y - left_y) * across_y) / span - 0.5
