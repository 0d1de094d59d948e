"""Frames of a live camera: always the newest one, and again after the camera was away."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from edge.backoff import Backoff
from edge.contract import CameraState
from edge.errors import Rejected, Unavailable
from edge.frame import Frame
from edge.hardware.pixels import Pixels
from edge.hardware.ports import Camera

log = logging.getLogger(__name__)

STALLED_S = 10.0
"""A camera that gives no picture for this long is lost, whatever its driver says."""
LEAVE_S = 2.0


class LiveSource:
    """Reads `camera` in a thread of its own, so that a slow consumer gets the newest picture and no old ones.

    A camera that vanishes is tried again with full jitter for as long as it takes. Misconfigured, and errors that
    no driver names, reach the consumer.
    """

    def __init__(
        self, camera: Camera, *, backoff: Backoff | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._camera = camera
        self._backoff = backoff or Backoff(first_s=0.5, ceiling_s=30.0)
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._failure: BaseException | None = None
        self._leaving = threading.Event()
        self._connected = False
        self._index = 0
        self._last_frame_s: float | None = None
        self._thread: threading.Thread | None = None

    @property
    def live(self) -> bool:
        return True

    @property
    def stopped(self) -> bool:
        return self._leaving.is_set()

    def stop(self) -> None:
        with self._changed:
            self._leaving.set()
            self._changed.notify_all()

    @property
    def state(self) -> CameraState:
        if self._thread is None or self._leaving.is_set():
            return CameraState.NONE
        fresh = self._last_frame_s is not None and self._monotonic() - self._last_frame_s < STALLED_S
        return CameraState.OK if self._connected and fresh else CameraState.LOST

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._thread is not None:
            # A driver that hangs beyond what it may is left behind: the thread is a daemon.
            self._thread.join(LEAVE_S)

    def __iter__(self) -> Iterator[Frame]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._newest or self._failure or self.stopped)
                if self.stopped:
                    return
                frame, self._newest = self._newest, None
                if frame is None:
                    assert self._failure is not None
                    raise self._failure
            yield frame

    def _run(self) -> None:
        opened_s = self._monotonic()
        try:
            while not self._leaving.is_set():
                try:
                    self._camera.open()
                    self._read_until_gone(opened_s)
                except Unavailable as error:
                    self._connected = False
                    pause_s = self._backoff.next_s()
                    log.warning("camera lost next_try_s=%.1f: %s", pause_s, error)
                    self._leaving.wait(pause_s)
                finally:
                    self._camera.close()
        except BaseException as error:
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _read_until_gone(self, opened_s: float) -> None:
        pixels = Pixels(self._camera.name)
        while not self._leaving.is_set():
            try:
                picture = self._camera.read()
            except Rejected as error:
                log.warning("picture passed over: %s", error)
                continue
            if picture is None:
                raise Unavailable(f"{self._camera.name}: the stream ended.")
            # A camera that gives nothing but rubbish is lost before long: only what can be used counts as a picture.
            if (image := pixels.usable(picture.image)) is None:
                continue
            now_s = self._monotonic()
            if not self._connected:
                log.info("camera ok name=%s", self._camera.name)
                self._connected = True
                self._backoff.succeeded()
            with self._changed:
                self._last_frame_s = now_s
                self._newest = Frame(image, self._index, now_s - opened_s, now_s)
                self._changed.notify_all()
            self._index += 1
