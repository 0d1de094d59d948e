"""From a source to decisions: a camera is not waited for, of a clip no frame is missed."""

from collections.abc import Callable, Generator
from dataclasses import replace

from edge.frame import Frame
from edge.hardware.ports import FrameSource
from edge.recogniser.decide import Rules
from edge.recogniser.loop import Attend, Decision, recognise
from edge.recogniser.sight import Renewal, nothing_new
from edge.recogniser.workers import Missed, recognise_live
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline

PAUSE_S = 1.0
"""Between the end of a clip and its repetition: whoever was in the picture has left it."""


def recognise_source(
    source: FrameSource,
    pipeline: Pipeline,
    gallery: Callable[[], Gallery],
    rules: Rules,
    attend: Attend | None = None,
    missed: Missed | None = None,
    renewal: Renewal = nothing_new,
    *,
    once: bool = True,
) -> Generator[Decision, None, None]:
    """The decisions on `source`, which is entered and left here: with threads of its own if it is live, else in the
    caller's alone. Close the generator to end it early. `once`: see `played`."""
    frames = played(source, once=once)
    if source.live:
        yield from recognise_live(frames, source.stop, pipeline, gallery, rules, attend, missed, renewal)
    else:
        yield from recognise(frames, pipeline, gallery, rules, attend, renewal)


def played(source: FrameSource, *, once: bool) -> Generator[Frame, None, None]:
    """The source's frames; unless `once`, a clip that ends begins again, its time and its count going on."""
    t_s, index = 0.0, 0
    while True:
        next_t_s, next_index = t_s, index
        with source as frames:
            for frame in frames:
                next_t_s, next_index = t_s + frame.t_s, index + frame.index + 1
                yield replace(frame, t_s=next_t_s, index=next_index - 1)
        if once or source.stopped:
            return
        t_s, index = next_t_s + PAUSE_S, next_index
