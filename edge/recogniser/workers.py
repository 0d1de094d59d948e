"""Recognition for a camera, which does not wait: faces are found, and looked at, in threads of their own.

    frames -> finding -> (frames with faces) -> the caller: Following -> decisions
                                                  |            ^
                                              (glimpses) -> looking

What stands in brackets has bounded room. When it is full the oldest is passed over and counted, never the newest: a
gate wants to know who is there now. No frame is copied on the way; that of a glimpse lives until it was looked at.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass

from edge.errors import Unavailable
from edge.frame import Frame
from edge.recogniser.decide import Rules
from edge.recogniser.looks import Glimpse, Look, look_at
from edge.recogniser.loop import Attend, Decision, Following
from edge.recogniser.sight import Renewal, nothing_new
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline
from edge.vision.types import Face

log = logging.getLogger(__name__)

ROOM_FRAMES = 2
ROOM_GLIMPSES = 8
"""Of several frames at most: it bounds how many pictures are held in memory."""
LEAVE_S = 5.0
STUCK_S = 30.0
"""A look takes milliseconds: one that takes this long never ends."""


@dataclass(slots=True)
class Missed:
    """Passed over since the start, because something newer was there."""

    frames: int = 0
    """By the source, too: a camera that is faster than this machine loses some."""
    looks: int = 0


def recognise_live(
    frames: Generator[Frame, None, None],
    stop: Callable[[], None],
    pipeline: Pipeline,
    gallery: Callable[[], Gallery],
    rules: Rules,
    attend: Attend | None = None,
    missed: Missed | None = None,
    renewal: Renewal = nothing_new,
) -> Generator[Decision, None, None]:
    """As `loop.recognise`, for frames that come when they come. `attend`, `gallery`, `renewal` and what is done with a
    decision run in the caller's thread; `stop` MUST make `frames` end, and is called from there.

    What fails in a thread is raised here, as it is, and ends the others: what the source fails with after its last
    frame. Closing this generator ends all of them.
    """
    missed = missed or Missed()
    exchange = _Exchange()
    following = Following(pipeline, gallery, rules, attend, exchange.ask_for_a_look, renewal)
    threads = [
        threading.Thread(target=_find, args=(frames, pipeline, exchange), name="finding", daemon=True),
        threading.Thread(target=_look, args=(exchange,), name="looking", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        expected: int | None = None
        while (news := exchange.next_news()) is not None:
            if isinstance(news, Look):
                yield from following.learn(news)
            elif isinstance(news, Glimpse):
                missed.looks += 1
                yield from following.miss(news)
            else:
                index = news.frame.index
                missed.frames += max(0, index - expected) if expected is not None else 0
                expected = index + 1
                yield from following.see(news.frame, news.faces)
        yield from following.end()
    finally:
        exchange.leave()
        stop()
        for thread in threads:
            thread.join(LEAVE_S)
            if thread.is_alive():
                log.warning("thread left behind name=%s", thread.name)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    frame: Frame
    faces: list[Face]


def _find(frames: Generator[Frame, None, None], pipeline: Pipeline, exchange: "_Exchange") -> None:
    try:
        with closing(frames):
            for frame in frames:
                if exchange.leaving:
                    break
                exchange.tell_of_faces(_Found(frame, pipeline.watch(frame.image, frame.t_s)))
        exchange.tell_of_the_end()
    except BaseException as error:
        exchange.tell_of_the_end(error)


def _look(exchange: "_Exchange") -> None:
    try:
        while (glimpse := exchange.next_glimpse()) is not None:
            exchange.tell_of_a_look(look_at(glimpse))
    except BaseException as error:
        exchange.tell_of_a_failure(error)


class _Exchange:
    """What the threads hand to each other, under one lock."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._found: deque[_Found] = deque(maxlen=ROOM_FRAMES)
        self._glimpses: deque[Glimpse] = deque()
        self._missed: deque[Glimpse] = deque()
        self._looks: deque[Look] = deque()
        self._looking_since_s: float | None = None
        self._ended = False
        self._reason: BaseException | None = None
        self._failure: BaseException | None = None
        self.leaving = False

    def tell_of_faces(self, found: _Found) -> None:
        with self._changed:
            self._found.append(found)
            since_s = self._looking_since_s
            if since_s is not None and time.monotonic() - since_s > STUCK_S:
                self._failure = Unavailable(f"one look at a face has taken more than {STUCK_S:.0f} s: start again")
            self._changed.notify_all()

    def tell_of_the_end(self, reason: BaseException | None = None) -> None:
        with self._changed:
            self._ended, self._reason = True, reason
            self._changed.notify_all()

    def tell_of_a_failure(self, error: BaseException) -> None:
        with self._changed:
            self._failure = error
            self._changed.notify_all()

    def tell_of_a_look(self, look: Look) -> None:
        with self._changed:
            self._looks.append(look)
            self._looking_since_s = None
            self._changed.notify_all()

    def ask_for_a_look(self, glimpse: Glimpse) -> None:
        with self._changed:
            if len(self._glimpses) == ROOM_GLIMPSES:
                self._missed.append(self._glimpses.popleft())
            self._glimpses.append(glimpse)
            self._changed.notify_all()

    def next_glimpse(self) -> Glimpse | None:
        """None when it is time to leave."""
        with self._changed:
            self._changed.wait_for(lambda: self._glimpses or self.leaving)
            if self.leaving:
                return None
            self._looking_since_s = time.monotonic()
            return self._glimpses.popleft()

    def next_news(self) -> _Found | Look | Glimpse | None:
        """For the caller: faces, a look, or a glimpse that was passed over; None at the end of the source, when
        nothing is owed any more. Raises what failed in a thread."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure or self._looks or self._missed or self._found or self._over)
            if self._failure is not None:
                raise self._failure
            for waiting in (self._looks, self._missed, self._found):
                if waiting:
                    return waiting.popleft()
            if self._reason is not None:
                raise self._reason
            return None

    @property
    def _over(self) -> bool:
        return self._ended and not self._glimpses and self._looking_since_s is None

    def leave(self) -> None:
        with self._changed:
            self.leaving = True
            self._changed.notify_all()
