"""What the camera sees this moment, for the outline on the screen: where faces are, and what would help.

It changes ten times a second and is worth nothing a second later, so it is a database of its own in RAM
(systemd's RuntimeDirectory=) and never touches the card.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import apsw

from edge.clock import Clock

FILE_NAME = "live.db"
FRESH_S = 1.5


class Hint(StrEnum):
    COME_CLOSER = "come_closer"
    STAND_IN_VIEW = "stand_in_view"
    MORE_LIGHT = "more_light"
    LESS_LIGHT = "less_light"
    LOOK_HERE = "look_here"
    HOLD_STILL = "hold_still"
    UNCOVER = "uncover"


@dataclass(frozen=True, slots=True)
class Outline:
    """One face, as fractions of the picture's width and height; x and y are its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class LiveView:
    faces: tuple[Outline, ...] = ()
    hint: Hint | None = None


class LiveBoard:
    """One connection; belongs to one thread."""

    def __init__(self, folder: Path) -> None:
        self._connection = apsw.Connection(str(folder / FILE_NAME))
        self._connection.set_busy_timeout(1000)
        self._connection.pragma("journal_mode", "wal")
        self._connection.pragma("synchronous", "off")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS live"
            " (only_row INTEGER PRIMARY KEY, monotonic_ms INTEGER, faces TEXT, hint TEXT)"
        )

    def write(self, view: LiveView, clock: Clock) -> None:
        faces = json.dumps([[face.x, face.y, face.width, face.height] for face in view.faces])
        self._connection.execute(
            "INSERT OR REPLACE INTO live VALUES (1, ?, ?, ?)", (clock.reading().monotonic_ms, faces, view.hint)
        )

    def read(self, clock: Clock) -> LiveView:
        """Nothing when it is not from this moment."""
        row = self._connection.execute("SELECT monotonic_ms, faces, hint FROM live").fetchone()
        if row is None or not 0 <= clock.reading().monotonic_ms - row[0] <= FRESH_S * 1000:
            return LiveView()
        return LiveView(tuple(Outline(*face) for face in json.loads(row[1])), Hint(row[2]) if row[2] else None)


def live_folder(environ: Mapping[str, str], data_dir: Path) -> Path:
    """systemd's folder in RAM; the data's own where there is none (a bench)."""
    given = Path(environ.get("RUNTIME_DIRECTORY", ""))
    return given if given.is_absolute() and os.access(given, os.W_OK) else data_dir
