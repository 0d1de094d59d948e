"""Frames in, decisions out: one embedding a track, and one announcement a passage."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from edge.contract import Outcome
from edge.frame import Frame
from edge.recogniser.decide import Debounce, Rules, conclude
from edge.vision.match import Gallery, Match
from edge.vision.pipeline import Pipeline
from edge.vision.track import Tracked, Tracker

BETTER = 1.3
"""An undecided track is embedded again when its quality rose by 30 %."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One outcome of one track, with the frame that it rests on."""

    track: int
    outcome: Outcome
    person: str | None
    """Given if and only if the outcome is identified."""
    candidates: tuple[str, ...]
    """With the outcome ask: who it may be, nearest first."""
    distance: float | None
    """To the nearest template; None when the gallery is empty."""
    margin: float | None
    quality: float
    t_s: float
    """`Frame.t_s` of the frame in which the face was compared."""
    captured_s: float
    """`Frame.grabbed_s` of that frame: latencies are measured from here."""
    model: str


@dataclass(slots=True)
class _Evidence:
    """The best shot of one track so far."""

    quality: float
    match: Match | None
    frame_t_s: float
    captured_s: float
    since_s: float
    """When the track was embedded for the first time."""
    announced: Outcome | None = None
    passage: str | None = None
    """What the debounce knows this passage by."""


def recognise(
    frames: Iterable[Frame], pipeline: Pipeline, gallery: Callable[[], Gallery], rules: Rules
) -> Iterator[Decision]:
    """Decisions as they become certain; those of tracks in progress follow when `frames` ends.

    `gallery` is asked before every comparison, so that a roster which changes takes effect at once. Where the time
    went is in `pipeline.timings`. Raises Misconfigured when the gallery was made with another model.
    """
    tracker = Tracker()
    evidence: dict[int, _Evidence] = {}
    debounce = Debounce(rules.passage_window_s)
    for frame in frames:
        faces = pipeline.detect(frame.image)
        with pipeline.timings.stage("track"):
            tracked, ended = tracker.update(faces, frame.t_s)
        for track in ended:
            yield from _last_word(track, evidence.pop(track, None), rules, debounce, pipeline.model)
        for seen in tracked:
            held = _look(seen, frame, evidence.get(seen.track), pipeline, gallery, rules)
            if held is not None:
                evidence[seen.track] = held
                patient = frame.t_s - held.since_s < rules.patience_s
                yield from _announce(seen.track, held, rules, debounce, pipeline.model, patient=patient)
                debounce.stays(held.passage, frame.t_s)
    for track in tracker.end_all():
        yield from _last_word(track, evidence.pop(track, None), rules, debounce, pipeline.model)


def _look(
    seen: Tracked,
    frame: Frame,
    held: _Evidence | None,
    pipeline: Pipeline,
    gallery: Callable[[], Gallery],
    rules: Rules,
) -> _Evidence | None:
    """Embed the face if that can tell more than what is known already."""
    box = seen.face.box
    if min(box.width, box.height) < rules.min_face_px or (held and held.announced is Outcome.IDENTIFIED):
        return held
    quality = pipeline.quality(frame.image, seen.face)
    if held and quality < BETTER * held.quality:
        return held
    template = pipeline.template(frame.image, seen.face)
    with pipeline.timings.stage("match"):
        match = gallery().match(template, pipeline.model)
    return _Evidence(
        quality=quality,
        match=match,
        frame_t_s=frame.t_s,
        captured_s=frame.grabbed_s,
        since_s=held.since_s if held else frame.t_s,
        announced=held.announced if held else None,
        passage=held.passage if held else None,
    )


def _last_word(track: int, held: _Evidence | None, rules: Rules, debounce: Debounce, model: str) -> Iterator[Decision]:
    if held is not None:
        yield from _announce(track, held, rules, debounce, model, patient=False)


def _announce(
    track: int, held: _Evidence, rules: Rules, debounce: Debounce, model: str, *, patient: bool
) -> Iterator[Decision]:
    """Say it once. While `patient`, only a name is said: a better shot may still come."""
    outcome = conclude(held.match, rules)
    if outcome is held.announced or (patient and outcome is not Outcome.IDENTIFIED):
        return
    held.announced = outcome
    match = held.match
    if match is not None and outcome is not Outcome.UNKNOWN:
        held.passage = f"{outcome}:{match.person}"
        if not debounce.is_new(held.passage, held.frame_t_s):
            return
    yield Decision(
        track=track,
        outcome=outcome,
        person=match.person if match and outcome is Outcome.IDENTIFIED else None,
        candidates=match.candidates if match and outcome is Outcome.ASK else (),
        distance=match.distance if match else None,
        margin=match.margin if match else None,
        quality=held.quality,
        t_s=held.frame_t_s,
        captured_s=held.captured_s,
        model=model,
    )
