"""What a driver MUST and MAY do. A Protocol is here because two implementations of it exist."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from edge.contract import CameraState
from edge.frame import Frame


@dataclass(frozen=True, slots=True)
class Picture:
    """`image` is (height_px, width_px, 3) uint8 BGR, not written to again by the driver.

    A driver MAY hand over what its camera gives instead: gray, BGRA, 10 to 16 bits in uint16 (pixels.py converts).
    """

    image: NDArray[np.uint8 | np.uint16]
    at_s: float | None = None
    """Where in the clip it stands; None from a camera, which has no timeline of its own."""


class Camera(Protocol):
    """One camera, clip or folder, opened, read and closed from one thread.

    A driver MUST raise Misconfigured from `open` for what only a person can mend (no such file, a missing
    library) and Unavailable for what may pass (unplugged, network away). It MUST NOT block in `open` or `read`
    for more than 10 s, and MUST allow `open` again after `close`.
    A driver MAY hold buffers and drop pictures; it MUST NOT hand the same picture twice.
    """

    @property
    def name(self) -> str:
        """For messages to people: the path, device or address, without a password."""

    def open(self) -> None: ...

    def read(self) -> Picture | None:
        """The next picture; None at the end of a clip. A live camera raises Unavailable when it is gone.

        Rejected means that one picture (or the rest of a clip) cannot be used; the message says which.
        """

    def close(self) -> None:
        """Let go of the device. MUST be harmless when not open, and MUST NOT raise."""


class FrameSource(Protocol):
    """What the recogniser reads: an iterator of frames that is entered before and left after use."""

    @property
    def state(self) -> CameraState:
        """OK while pictures arrive, LOST while they should and do not, NONE before and after. Any thread may ask."""

    @property
    def live(self) -> bool:
        """Frames come when they come, and whoever is slow misses some."""

    @property
    def stopped(self) -> bool: ...

    def stop(self) -> None:
        """No further frame, for good: whoever waits for one is let go. Any thread may call it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __iter__(self) -> Iterator[Frame]:
        """Frames in order. Of a clip it ends, or raises Rejected where the clip is broken; of a camera it goes on."""


class Signal(StrEnum):
    """What a person before the unit is told."""

    OK = "ok"
    """You are recorded."""
    ASK = "ask"
    """Please see the staff: the unit is not sure who you are."""
    REFUSE = "refuse"
    """Not recorded under a name."""


class Indicator(Protocol):
    """A light, a sound, a screen. Shown only after the event is on disk.

    A driver MUST return from `show` within 50 ms (a sound plays on by itself) and MUST raise Unavailable, and
    nothing else, when the device is away.
    """

    def show(self, signal: Signal) -> None: ...
