"""What a contact-free thermometer must do, whether it sees one spot or a coarse picture."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Datasheet:
    """What the sensor sees, how well and how often, as its maker says."""

    field_deg: tuple[float, float]
    """Full angle across and down."""
    pixels: tuple[int, int]
    """Across and down; (1, 1) sees one spot."""
    accuracy_c: float
    """How far a reading near body temperature may be off, in °C, whatever the resolution."""
    interval_s: float
    """How often there is a new measurement."""


@dataclass(frozen=True, slots=True, eq=False)
class Thermogram:
    """One measurement."""

    apparent_c: NDArray[np.float32]
    """(rows, columns) °C as of a black body (emissivity 1), the top left of the scene first."""
    ambient_c: float
    """The air around the sensor, from the sensor's own temperature less what it heats itself."""


class Thermometer(Protocol):
    """One sensor, opened, read and closed from one thread.

    A driver MUST raise Misconfigured from `open` for what only a person can mend (no such bus, a missing library) and
    Unavailable for what may pass (no answer, a held line). It MUST check the sensor's own checksum where it has one,
    and MUST NOT hand out a number it does not believe: Rejected means that one measurement is bad.
    It MUST NOT block for more than 2 s, and MUST allow `open` again after `close`. It MAY hold no buffer.
    """

    @property
    def name(self) -> str:
        """For messages to people: the kind of sensor and its address."""

    @property
    def datasheet(self) -> Datasheet: ...

    def open(self) -> None: ...

    def read(self) -> Thermogram:
        """The newest measurement. Whoever asks more often than `datasheet.interval_s` MAY get the same one again."""

    def close(self) -> None:
        """Let go of the device. MUST be harmless when not open, and MUST NOT raise."""
