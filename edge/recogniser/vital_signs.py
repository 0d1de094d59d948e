"""Counts frames, and leaves word of how the recogniser is for the uplink's heartbeat."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import apsw

from edge.clock import Clock
from edge.contract import CameraState, LivenessState
from edge.errors import EdgeError
from edge.frame import Frame
from edge.hardware.ports import FrameSource
from edge.recogniser.loop import Attend, Present
from edge.recogniser.workers import Missed
from edge.store import vital_signs
from edge.store.db import connect
from edge.store.vital_signs import VitalSigns

log = logging.getLogger(__name__)

EVERY_S = 5.0
LOOK_S = 0.5
"""A camera that is lost is reported within this time."""


class VitalSignsWriter:
    """Writes from a thread and a connection of its own, so that it goes on while the camera gives nothing."""

    def __init__(
        self,
        data_dir: Path,
        source: FrameSource,
        clock: Clock,
        alive: Callable[[], None] = lambda: None,
        liveness: LivenessState | None = None,
    ) -> None:
        """`alive` is called while frames are worked on, or none come: a watchdog's proof that nothing hangs."""
        self._data_dir = data_dir
        self._source = source
        self._clock = clock
        self._alive = alive
        self._liveness = liveness
        self.missed = Missed()
        """For the recogniser to count in."""
        self._frames = 0
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vital signs", daemon=True)

    def counting(self, attend: Attend) -> Attend:
        """`attend`, and every frame that it is told of is counted."""

        def counted(frame: Frame, present: Sequence[Present]) -> None:
            self._frames += 1
            attend(frame, present)

        return counted

    @property
    def frames(self) -> int:
        """Seen since the start."""
        return self._frames

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._thread.join()

    def _run(self) -> None:
        connection = connect(self._data_dir)
        written: CameraState | None = None
        since_s, counted, seen = self._clock.monotonic_s(), 0, 0
        while not self._leaving.wait(LOOK_S):
            now_s, state = self._clock.monotonic_s(), self._source.state
            if state is not CameraState.OK or self._frames != seen:
                self._alive()
                seen = self._frames
            if state is not written or now_s - since_s >= EVERY_S:
                rate = (self._frames - counted) / max(now_s - since_s, 1e-3)
                missed = self.missed
                signs = VitalSigns(state, round(rate, 1), missed.frames, missed.looks, self._liveness)
                self._write(connection, signs)
                written, since_s, counted = state, now_s, self._frames
        self._write(connection, VitalSigns())
        connection.close()

    def _write(self, connection: apsw.Connection, signs: VitalSigns) -> None:
        try:
            vital_signs.write(connection, signs, self._clock)
        except EdgeError as error:
            log.warning("vital signs not written: %s", error)
