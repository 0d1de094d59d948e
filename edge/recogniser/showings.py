"""Whatever the readers read becomes sightings, beside the camera: cards count while it is away."""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import apsw

from edge.clock import SCHOOL_TIME, Clock
from edge.contract import Direction
from edge.errors import EdgeError
from edge.hardware.readers.port import Presented
from edge.recogniser.feedback import SIGNALS, Feedback
from edge.recogniser.record import Recorded, Recorder
from edge.recogniser.showing import Faces, doubt, judge
from edge.store.credentials import Credentials
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.questions import Questions
from edge.store.reserve import Reserve

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""How often it is looked whether a question has waited long enough."""
WAITING = 64
"""Showings that may wait for the disk; nobody stands at a gate for longer."""


def nobody() -> Faces:
    return ()


class Showings:
    """Judges and records from a thread and a database connection of its own. Entered before and left after use.

    `before_the_camera` says who stands there now; see `showing.doubt`. `recorded` hears of every event on disk.
    """

    def __init__(
        self,
        data_dir: Path,
        feedback: Feedback,
        clock: Clock,
        direction: Direction | None,
        *,
        window_s: float,
        before_the_camera: Callable[[], Faces] = nobody,
        recorded: Callable[[Recorded], object] = lambda recorded: None,
    ) -> None:
        self._data_dir = data_dir
        self._feedback = feedback
        self._clock = clock
        self._direction = direction
        self._before_the_camera = before_the_camera
        self._recorded = recorded
        self._window_s = window_s
        self._recorded_s: dict[str, float] = {}
        self._heard: queue.Queue[Presented | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name="showings", daemon=True)

    def hear(self, presented: Presented) -> None:
        """From any thread; never waits. What finds no room is dropped with a word in the log: it is shown again."""
        try:
            self._heard.put_nowait(presented)
        except queue.Full:
            log.error("showing dropped method=%s: %d wait already", presented.method, WAITING)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What was heard before is recorded before this returns."""
        self._heard.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection = connect(self._data_dir)
        outbox = Outbox(connection, self._clock)
        questions = Questions(connection, outbox, self._clock)
        reserve = Reserve(self._data_dir)
        recorder = Recorder(
            outbox, self._feedback, self._clock, self._direction, questions, self._window_s, reserve=reserve
        )
        credentials = Credentials(connection)
        while True:
            try:
                presented = self._heard.get(timeout=LOOK_S)
            except queue.Empty:
                self._release(recorder)
                continue
            if presented is None:
                break
            try:
                self._mark(presented, credentials, recorder)
            except (EdgeError, apsw.Error) as error:
                log.error("showing not recorded method=%s: %s", presented.method, error)
        connection.close()

    def _release(self, recorder: Recorder) -> None:
        try:
            recorder.catch_up()
            for asked in recorder.release_due():
                self._recorded(Recorded(asked, (self._clock.reading().monotonic_ms - asked.clock.monotonic_ms) * 1.0))
        except (EdgeError, apsw.Error) as error:
            log.error("not written yet: %s", error)

    def _mark(self, presented: Presented, credentials: Credentials, recorder: Recorder) -> None:
        judged = judge(presented, credentials, self._today())
        if judged is None:
            log.info("code passed over reader=%s: none of ours", presented.reader)
            return
        verdict = doubt(judged, self._before_the_camera())
        passage = f"{verdict.outcome} {presented.method} {verdict.person or presented.text}"
        if self._is_recorded(passage, presented.at_s):
            self._feedback.show(SIGNALS[verdict.outcome])
        elif (recorded := recorder.record_showing(presented, verdict)) is not None:
            self._recorded_s[passage] = presented.at_s
            self._recorded(recorded)
            because = f" because={verdict.reason!r}" if verdict.reason else ""
            log.info("showing method=%s outcome=%s%s", presented.method, verdict.outcome, because)

    def _is_recorded(self, passage: str, at_s: float) -> bool:
        """The same again within the window is the same passage, if it reached the disk."""
        self._recorded_s = {one: s for one, s in self._recorded_s.items() if 0 <= at_s - s <= self._window_s}
        return passage in self._recorded_s

    def _today(self) -> date | None:
        if not self._clock.reading().trusted:
            return None
        return self._clock.now().astimezone(SCHOOL_TIME).date()
