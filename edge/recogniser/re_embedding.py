"""Templates by another embedder, of the crops that enrolment has kept: beside those that serve, one at a time.

What is done is on disk: whoever is stopped in the middle, by whatever, goes on where it was.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edge.errors import Rejected
from edge.store.crops import Crops
from edge.store.roster import Enrolled, Roster
from edge.vision.crop import read_crop
from edge.vision.pipeline import Aligner, Embedder

log = logging.getLogger(__name__)


def re_embed(
    crops: Crops, roster: Roster, aligner: Aligner, embedder: Embedder, progress: Callable[[int, int], None]
) -> int:
    """How many templates `embedder` has made. A crop that gives none is counted in the log, and skipped.

    A person who leaves meanwhile, or is enrolled anew, gets none. `progress` hears how many of how many crops are done.
    """
    pending, made, spoilt = crops.pending(embedder.model), 0, 0
    for done, number in enumerate(pending, 1):
        kept = crops.opened(number)
        try:
            if kept is None:
                raise Rejected("gone, or damaged")
            template = embedder.embed(aligner.chip(*read_crop(kept.content)))
            if not np.isfinite(template).all():
                raise Rejected("gives no usable template")
            made += roster.add_of_crop(number, Enrolled(kept.person, template, embedder.model, kept.quality))
        except Rejected:
            spoilt += 1
        progress(done, len(pending))
    if spoilt:
        log.error("crops left out count=%d: gone meanwhile, damaged, or without a usable template", spoilt)
    if made:
        roster.read_again()
    return made


@dataclass(frozen=True, slots=True)
class Readiness:
    """Of those whom the serving model knows: whom the other one knows too, and who must be enrolled again for it."""

    people: int
    enrol_again: tuple[str, ...]

    @property
    def share(self) -> float:
        return 1.0 if not self.people else 1 - len(self.enrol_again) / self.people


def readiness(roster: Roster, now: str, other: str) -> Readiness:
    """By the templates that can be opened: `now` and `other` are the digests of the embedders."""
    known = {one.person for one in roster.templates(now)}
    missing = known - {one.person for one in roster.templates(other)}
    return Readiness(len(known), tuple(sorted(missing)))
