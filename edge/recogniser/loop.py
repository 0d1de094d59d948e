"""Frames in, decisions out: as few embeddings a track as settle it, and one announcement a passage.

Two kinds of work are done by others: finding faces in a frame (`Pipeline.detect`) and looking at one of them
(`looks.py`). Who is in the picture, and what is known of them, is `Following`: it belongs to one thread.
"""

import logging
import math
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from edge.contract import Liveness, Outcome
from edge.frame import Frame
from edge.recogniser.decide import Conclusion, Debounce, Rules, decide
from edge.recogniser.evidence import Evidence
from edge.recogniser.looks import Glimpse, Look, around, look_at
from edge.recogniser.sight import Renewal, Sight, nothing_new
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline
from edge.vision.quality import geometric_quality
from edge.vision.track import Tracked, Tracker
from edge.vision.types import Box, Face, Image, Template

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Present:
    """A face in the picture right now, with what was known of it before this frame."""

    track: int
    box: Box
    person: str | None
    """Given once the track is identified."""
    look_alikes: tuple[str, ...] = ()
    """Given once they were asked about: it is one of these."""


Attend = Callable[[Frame, Sequence[Present]], None]
"""Told of every frame before its decisions are: for what works beside recognition. It must be quick."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One outcome of one track, with the frame that settled it."""

    track: int
    outcome: Outcome
    person: str | None
    """Given if and only if the outcome is identified."""
    candidates: tuple[str, ...]
    """With the outcome ask: who it may be, nearest first; with refused: whose picture it seems to be."""
    distance: float | None
    """To the nearest template; None when the gallery is empty."""
    margin: float | None
    """How much farther the nearest other person is; None when there is no other."""
    quality: float
    """Of the best look, 0 to 1."""
    t_s: float
    """`Frame.t_s` of the frame that settled it."""
    captured_s: float
    """`Frame.grabbed_s` of that frame: latencies are measured from here."""
    model: str
    """The digest of the embedder."""
    look_alikes: tuple[str, ...] = ()
    """With the outcome ask: only a second factor tells these apart, the nearest first."""
    shot: Image | None = field(default=None, compare=False, repr=False)
    """The face of the best look, when `Rules.keeps_shots`."""
    template: Template | None = field(default=None, compare=False, repr=False)
    """Of that look."""
    beside: int = 0
    """How many other faces in the picture were asked about for the same look-alikes."""
    first_s: float = 0.0
    """`Frame.grabbed_s` of the first look at this face."""
    liveness: Liveness | None = None
    """What the looks said together; None when they did not say."""
    threshold: float | None = None  # Of the school's rules: names were given up to this distance.


def recognise(
    frames: Iterable[Frame],
    pipeline: Pipeline,
    gallery: Callable[[], Gallery],
    rules: Rules,
    attend: Attend | None = None,
    renewal: Renewal = nothing_new,
) -> Iterator[Decision]:
    """Decisions as they become certain; those of tracks in progress follow when `frames` ends.

    Every frame is looked at, one after the other, in the caller's thread: the same frames give the same decisions.
    For a camera, which does not wait, there is `workers.recognise_live`. `gallery` is asked before every comparison
    and `renewal` before every frame: what changes takes effect at once. Where the time went is in `pipeline.timings`.
    Raises Misconfigured when the gallery was made with another model.
    """
    following = Following(pipeline, gallery, rules, attend, look_at, renewal)
    for frame in frames:
        yield from following.see(frame, pipeline.watch(frame.image, frame.t_s))
    yield from following.end()


class Following:
    """Who is in the picture, and what is known of them.

    `look` is given every glimpse that is worth one. It gives the look, or None if it comes later: then the caller
    owes `learn`, or `miss` if there will be none.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        gallery: Callable[[], Gallery],
        rules: Rules,
        attend: Attend | None,
        look: Callable[[Glimpse], Look | None],
        renewal: Renewal = nothing_new,
    ) -> None:
        self._sight = Sight(pipeline, gallery, rules)
        self._attend = attend
        self._look = look
        self._renewal = renewal
        self._tracker = Tracker()
        self._debounce = Debounce(rules.passage_window_s)
        self._evidence: dict[int, Evidence] = {}
        self._awaited: set[int] = set()  # Tracks of which a look is under way.
        self._gone: set[int] = set()  # Those of them that have ended: the last word on them waits for the look.
        self._t_s = 0.0
        self._left_out = 0

    def see(self, frame: Frame, faces: Sequence[Face]) -> Iterator[Decision]:
        """The faces of the next frame."""
        self._t_s = frame.t_s
        self._sight = self._renewal() or self._sight
        self._sight.pipeline.watched(frame.image, faces)
        with self._sight.pipeline.timings.stage("track"):
            tracked, ended = self._tracker.update(faces, frame.t_s)
        if self._attend is not None:
            self._attend(frame, [self._present(seen) for seen in tracked])
        for track in ended:
            yield from self._leave(track)
        # By number, so that it does not matter in which order the detector found them.
        for seen in sorted(tracked, key=lambda seen: seen.track):
            track = seen.track
            if (glimpse := self._worth_a_look(seen, frame)) is not None:
                if (look := self._look(glimpse)) is not None:
                    track = yield from self._add(look)
                else:
                    self._awaited.add(track)
            yield from self._settle(track)
            held = self._evidence.get(track)
            if held and held.passage is not None:
                self._debounce.stays(held.passage, frame.t_s)

    def learn(self, look: Look) -> Iterator[Decision]:
        """A look that came later than its frame; those of one track come in order."""
        track = look.glimpse.track
        now = yield from self._add(look)
        yield from self._settle(now)
        yield from self._no_more_awaited(track, now)

    def miss(self, glimpse: Glimpse) -> Iterator[Decision]:
        """There will be no look at this one."""
        yield from self._no_more_awaited(glimpse.track, glimpse.track)

    def end(self) -> Iterator[Decision]:
        """No frame follows, and no look is owed any more."""
        for track in self._tracker.end_all():
            yield from self._last_word(track)

    def _present(self, seen: Tracked) -> Present:
        held = self._evidence.get(seen.track)
        if held is None:
            return Present(seen.track, seen.face.box, None)
        match = held.conclusion.match if held.announced is Outcome.IDENTIFIED else None
        return Present(seen.track, seen.face.box, match.person if match else None, held.look_alikes)

    def _worth_a_look(self, seen: Tracked, frame: Frame) -> Glimpse | None:
        box = seen.face.box
        if seen.track in self._awaited or min(box.width, box.height) < self._sight.rules.min_face_px:
            return None
        geometry = geometric_quality(seen.face, frame.image.shape[1], frame.image.shape[0])
        held = self._evidence.get(seen.track)
        model, liveness = self._sight.pipeline.model, self._sight.rules.liveness
        if held is not None and not held.is_worth(geometry, frame.t_s, model, liveness):
            return None
        return Glimpse(seen.track, frame, seen.face, geometry, self._sight.pipeline)

    def _add(self, look: Look) -> Generator[Decision, None, int]:
        """Gives the number of the track that the look is of: a new one if it is another face than before."""
        track, frame = look.glimpse.track, look.glimpse.frame
        if (model := self._sight.pipeline.model) != look.glimpse.pipeline.model:
            return track  # Another embedder serves since: it looks at the next frame.
        if not np.isfinite(look.template).all():
            self._leave_out()
            return track
        held = self._evidence.get(track)
        if held and held.model == model and not held.is_of(look.template):
            yield from self._last_word(track)
            track, held = self._tracker.start_anew(track), None
        if held is None or held.model != model:
            self._evidence[track] = held = Evidence.begun(frame, self._sight.rules.same_track, model, before=held)
        if self._sight.rules.keeps_shots and (held.best is None or look.quality > held.quality):
            held.shot = around(frame.image, look.glimpse.face.box)
        held.add(look.template, look.glimpse.geometry, look.quality, frame)
        if look.live is not None:
            held.vote.add(look.live, look.quality)
        self._compare(held)
        return track

    def _leave_out(self) -> None:
        """One such look in a mean would make the whole track unknown."""
        self._left_out += 1
        # The 1st, 2nd, 4th...: a network that gives nothing else must not fill the log.
        if self._left_out & (self._left_out - 1) == 0:
            log.error("looks left out count=%d: the embedder gave no numbers; `diemdanh-edge models verify` checks it",
                      self._left_out)  # fmt: skip

    def _compare(self, held: Evidence) -> None:
        assert held.template is not None
        with self._sight.pipeline.timings.stage("match"):
            gallery = self._sight.gallery()
            held.conclusion = self._concluded(gallery, held.template, held.quality)
            if held.looks > 1 and held.best is not None:
                # A mean of several looks may lie between two people: the best of them has to agree.
                held.conclusion = held.conclusion.agreed(self._concluded(gallery, held.best, held.quality))

    def _concluded(self, gallery: Gallery, template: Template, quality: float) -> Conclusion:
        model = self._sight.pipeline.model
        everybody = gallery.match(template, model)
        classes = gallery.expected.classes if gallery.expected else None
        expected = gallery.match(template, model, expected_only=True) if classes else None
        return decide(everybody, expected, quality, self._sight.rules, classes)

    def _no_more_awaited(self, track: int, now: int) -> Iterator[Decision]:
        self._awaited.discard(track)
        if track in self._gone:
            self._gone.discard(track)
            yield from self._last_word(now)

    def _leave(self, track: int) -> Iterator[Decision]:
        if track in self._awaited:
            self._gone.add(track)
        else:
            yield from self._last_word(track)

    def _settle(self, track: int) -> Iterator[Decision]:
        if (held := self._evidence.get(track)) is not None:
            yield from self._announce(track, held, waited_s=self._t_s - held.since_s)

    def _last_word(self, track: int) -> Iterator[Decision]:
        held = self._evidence.pop(track, None)
        if held is not None:
            yield from self._announce(track, held, waited_s=math.inf)

    def _announce(self, track: int, held: Evidence, *, waited_s: float) -> Iterator[Decision]:
        """Say it once, and what is no name only after some patience: another look may still settle it."""
        found, verdict = held.conclusion, None
        if (liveness := self._sight.rules.liveness) is not None:
            verdict = held.vote.verdict(liveness)
            judged = liveness.applied(found.outcome, verdict, waited_s=waited_s)
            # Whoever was refused shows a card or a finger, or goes to staff: no later look makes a name of it.
            if judged is None or held.announced is Outcome.REFUSED:
                return
            found = found.turned(judged)
        outcome, match = found.outcome, found.match
        if outcome is held.announced or held.look_alikes or waited_s < self._sight.rules.patience_with(outcome):
            return
        held.announced = outcome
        if found.look_alikes:
            held.look_alikes = found.look_alikes
            # Look-alikes come together: a passage is not known by the nearer of them. See store/questions.py.
            held.passage = None
        elif match is not None and outcome is not Outcome.UNKNOWN:
            held.passage = f"{outcome}:{match.person}"
            if not self._debounce.is_new(held.passage, held.t_s):
                return
        yield Decision(
            track=track,
            outcome=outcome,
            person=match.person if match and outcome is Outcome.IDENTIFIED else None,
            candidates=found.candidates,
            distance=match.distance if match else None,
            margin=match.margin if match else None,
            quality=held.quality,
            t_s=held.t_s,
            captured_s=held.captured_s,
            model=held.model,
            look_alikes=found.look_alikes,
            shot=held.shot,
            template=held.best,
            beside=self._asked_beside(held),
            first_s=held.first_s,
            liveness=verdict,
            threshold=self._sight.rules.threshold if match else None,
        )

    def _asked_beside(self, held: Evidence) -> int:
        them = set(held.look_alikes)
        return sum(1 for other in self._evidence.values() if other is not held and them & set(other.look_alikes))
