"""Frames of a clip or folder: as fast as they are wanted, or at the pace they were taken."""

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from edge.contract import CameraState
from edge.errors import Rejected
from edge.frame import Frame
from edge.hardware.pixels import Pixels
from edge.hardware.ports import Camera


class RecordedSource:
    """Plays `camera` once. At real pace a frame is handed out when it is due, and late ones are dropped,
    as a camera would: what is measured on a clip then holds at the gate.
    """

    def __init__(
        self,
        camera: Camera,
        *,
        real_time: bool,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._camera = camera
        self._real_time = real_time
        self._monotonic = monotonic
        self._sleep = sleep
        self._state = CameraState.NONE
        self._stopped = False

    @property
    def live(self) -> bool:
        return self._real_time

    @property
    def stopped(self) -> bool:
        return self._stopped

    def stop(self) -> None:
        self._stopped = True

    @property
    def state(self) -> CameraState:
        return self._state

    def __enter__(self) -> Self:
        self._camera.open()
        self._state = CameraState.OK
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state = CameraState.NONE
        self._camera.close()

    def __iter__(self) -> Iterator[Frame]:
        started_s = self._monotonic()
        # However long it takes to read, the first frame is never late.
        previous_s = float("-inf")
        index = used = 0
        pixels = Pixels(self._camera.name)
        while not self._stopped and (picture := self._camera.read()) is not None:
            t_s = picture.at_s if picture.at_s is not None else self._monotonic() - started_s
            if (image := pixels.usable(picture.image)) is not None:
                used += 1
                if self._is_due(started_s + t_s, interval_s=t_s - previous_s):
                    yield Frame(image, index, t_s, self._monotonic())
            previous_s = t_s
            index += 1
        self._state = CameraState.NONE
        if index and not used:
            raise Rejected(f"{self._camera.name}: not one of its {index} pictures can be used; the log says why.")

    def _is_due(self, due_s: float, *, interval_s: float) -> bool:
        """Waits for the frame's moment; False if the next one is due already."""
        if not self._real_time:
            return True
        early_s = due_s - self._monotonic()
        if early_s > 0:
            self._sleep(early_s)
        return early_s > -max(interval_s, 0.001)
