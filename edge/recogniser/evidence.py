"""What was seen of one track so far, as one template: the mean of its looks, weighted by quality."""

from dataclasses import dataclass, field

import numpy as np

from edge.contract import Outcome
from edge.frame import Frame
from edge.recogniser.decide import Conclusion
from edge.recogniser.liveness_vote import LivenessRules, LivenessVote
from edge.vision.types import Image, Template

BETTER = 1.3
"""An undecided track is looked at again when its quality rose by 30 %, ..."""
LOOK_AGAIN_S = 0.3
"""... and now and then anyway, for another expression or pose may settle it, ..."""
MAX_LOOKS = 8
"""... but not for ever: a stranger who stays must not cost what a crowd costs."""
_LEAST_WEIGHT = 0.01
NOTHING_KNOWN = Conclusion(Outcome.UNKNOWN, None)


@dataclass(slots=True)
class Evidence:
    since_s: float
    """When the track was first looked at."""
    same_track: float
    """Two looks at one face are nearer than this to each other (Euclidean); else the track has changed hands."""
    looks: int = 0
    quality: float = 0.0
    geometry: float = 0.0
    """Of the best look; the second is the part of the quality that costs nothing to know."""
    t_s: float = 0.0
    captured_s: float = 0.0
    """`Frame.t_s` and `Frame.grabbed_s` of the latest look."""
    best: Template | None = None
    """Of the look with the highest quality."""
    shot: Image | None = None
    """The face at that look, if it is to be kept."""
    template: Template | None = None
    weight: float = 0.0
    conclusion: Conclusion = NOTHING_KNOWN
    """Of `template`, the mean."""
    vote: LivenessVote = field(default_factory=LivenessVote)
    announced: Outcome | None = None
    passage: str | None = None
    """What the debounce knows this passage by."""
    first_s: float = 0.0
    """`Frame.grabbed_s` of the first look."""

    model: str = ""
    """The digest of the embedder whose looks these are: those of another one begin new evidence."""
    look_alikes: tuple[str, ...] = ()
    """Whom staff or a card were asked to tell apart: then no look alone gives a name any more."""

    @classmethod
    def begun(cls, frame: Frame, same_track: float, model: str, before: "Evidence | None") -> "Evidence":
        """`before` is what another embedder has seen of the track: nothing of it counts, but is not said twice."""
        begun = cls(since_s=frame.t_s, same_track=same_track, model=model)
        if before is not None:
            begun.announced, begun.passage = before.announced, before.passage
        return begun

    def is_worth(self, geometry: float, t_s: float, model: str, liveness: LivenessRules | None = None) -> bool:
        """Would a look at `t_s`, by `model`, on a face of this geometric quality tell more than is known?"""
        if self.announced in {Outcome.IDENTIFIED, Outcome.REFUSED} or self.look_alikes:
            return False
        if self.model != model:
            return True
        if liveness and not self.vote.is_complete(liveness) and t_s - self.t_s >= liveness.look_again_s:
            return True
        due = self.looks < MAX_LOOKS and t_s - self.t_s >= LOOK_AGAIN_S
        return due or geometry >= BETTER * max(self.geometry, _LEAST_WEIGHT)

    def is_of(self, template: Template) -> bool:
        """Could `template` be of the face seen so far?"""
        return self.template is None or float(np.linalg.norm(template - self.template)) <= self.same_track

    def add(self, template: Template, geometry: float, quality: float, frame: Frame) -> None:
        """One more look; `conclusion` is to be renewed."""
        weight = max(quality, _LEAST_WEIGHT)
        self.weight += weight
        if self.template is None:
            self.template = template
        else:
            self.template = self.template + (template - self.template) * np.float32(weight / self.weight)
        if self.looks == 0:
            self.first_s = frame.grabbed_s
        if self.best is None or quality > self.quality:
            self.best = template
        self.looks += 1
        self.quality, self.geometry = max(self.quality, quality), max(self.geometry, geometry)
        self.t_s, self.captured_s = frame.t_s, frame.grabbed_s
