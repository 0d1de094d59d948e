"""Frames in, decisions out: as few embeddings a track as settle it, and one announcement a passage."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from edge.contract import Outcome
from edge.frame import Frame
from edge.recogniser.decide import Debounce, Rules, conclude
from edge.recogniser.evidence import Evidence
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline
from edge.vision.quality import geometric_quality
from edge.vision.track import Tracked, Tracker
from edge.vision.types import Box


@dataclass(frozen=True, slots=True)
class Present:
    """A face in the picture right now, with what was known of it before this frame."""

    track: int
    box: Box
    person: str | None
    """Given once the track is identified."""


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
    """With the outcome ask: who it may be, nearest first."""
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


def recognise(
    frames: Iterable[Frame],
    pipeline: Pipeline,
    gallery: Callable[[], Gallery],
    rules: Rules,
    attend: Attend | None = None,
) -> Iterator[Decision]:
    """Decisions as they become certain; those of tracks in progress follow when `frames` ends.

    `gallery` is asked before every comparison, so that a roster which changes takes effect at once. Where the time
    went is in `pipeline.timings`. Raises Misconfigured when the gallery was made with another model.
    """
    recogniser = _Recogniser(pipeline, gallery, rules, attend)
    for frame in frames:
        yield from recogniser.look(frame)
    yield from recogniser.end()


class _Recogniser:
    def __init__(self, pipeline: Pipeline, gallery: Callable[[], Gallery], rules: Rules, attend: Attend | None) -> None:
        self._pipeline = pipeline
        self._gallery = gallery
        self._rules = rules
        self._attend = attend
        self._tracker = Tracker()
        self._debounce = Debounce(rules.passage_window_s)
        self._evidence: dict[int, Evidence] = {}

    def look(self, frame: Frame) -> Iterator[Decision]:
        faces = self._pipeline.detect(frame.image)
        with self._pipeline.timings.stage("track"):
            tracked, ended = self._tracker.update(faces, frame.t_s)
        if self._attend is not None:
            self._attend(frame, [self._present(seen) for seen in tracked])
        for track in ended:
            yield from self._last_word(track)
        for seen in tracked:
            yield from self._look_at(seen, frame)

    def end(self) -> Iterator[Decision]:
        for track in self._tracker.end_all():
            yield from self._last_word(track)

    def _present(self, seen: Tracked) -> Present:
        held = self._evidence.get(seen.track)
        identified = held if held and held.announced is Outcome.IDENTIFIED else None
        return Present(seen.track, seen.face.box, identified.match.person if identified and identified.match else None)

    def _look_at(self, seen: Tracked, frame: Frame) -> Iterator[Decision]:
        track, box = seen.track, seen.face.box
        held = self._evidence.get(track)
        if min(box.width, box.height) >= self._rules.min_face_px:
            geometry = geometric_quality(seen.face, frame.image.shape[1], frame.image.shape[0])
            if held is None or held.is_worth(geometry, frame.t_s):
                quality = self._pipeline.quality(frame.image, seen.face)
                template = self._pipeline.template(frame.image, seen.face)
                if held and not held.is_of(template):
                    yield from self._last_word(track)
                    track, held = self._tracker.start_anew(track), None
                held = held or self._evidence.setdefault(track, Evidence(since_s=frame.t_s))
                held.add(template, geometry, quality, frame)
                self._compare(held)
        if held:
            yield from self._announce(track, held, waited_s=frame.t_s - held.since_s)
            if held.passage is not None:
                self._debounce.stays(held.passage, frame.t_s)

    def _compare(self, held: Evidence) -> None:
        assert held.template is not None
        with self._pipeline.timings.stage("match"):
            held.match = self._gallery().match(held.template, self._pipeline.model)

    def _last_word(self, track: int) -> Iterator[Decision]:
        held = self._evidence.pop(track, None)
        if held is not None:
            yield from self._announce(track, held, waited_s=math.inf)

    def _announce(self, track: int, held: Evidence, *, waited_s: float) -> Iterator[Decision]:
        """Say it once, and what is no name only after some patience: another look may still settle it."""
        outcome, match = conclude(held.match, held.quality, self._rules), held.match
        if outcome is held.announced or waited_s < self._rules.patience_with(outcome):
            return
        held.announced = outcome
        if match is not None and outcome is not Outcome.UNKNOWN:
            held.passage = f"{outcome}:{match.person}"
            if not self._debounce.is_new(held.passage, held.t_s):
                return
        yield Decision(
            track=track,
            outcome=outcome,
            person=match.person if match and outcome is Outcome.IDENTIFIED else None,
            candidates=match.candidates if match and outcome is Outcome.ASK else (),
            distance=match.distance if match else None,
            margin=match.margin if match else None,
            quality=held.quality,
            t_s=held.t_s,
            captured_s=held.captured_s,
            model=self._pipeline.model,
        )
