"""A pretend keyboard: writes what the kernel would, into a named pipe."""

import os
from pathlib import Path

from edge.hardware.readers.hid import EV_KEY, EV_SYN, EVENT
from edge.hardware.readers.keystrokes import _PLAIN, _SHIFTED

SHIFT, ENTER = 42, 28
_CODES = {character: (code, True) for code, character in _SHIFTED.items()} | {
    character: (code, False) for code, character in _PLAIN.items() if code < 60
}


def strokes(text: str, *, end: int = ENTER) -> list[tuple[int, int]]:
    """(code, value) of every key event of a scanner that types `text` and ends the line."""
    events = []
    for character in text:
        code, shifted = _CODES[character]
        events += [(SHIFT, 1)] if shifted else []
        events += [(code, 1), (code, 0)]
        events += [(SHIFT, 0)] if shifted else []
    return [*events, (end, 1), (end, 0)]


def events(text: str, *, start_s: float = 0.0, step_s: float = 0.004) -> bytes:
    written = b""
    for i, (code, value) in enumerate(strokes(text)):
        at_s = start_s + i * step_s
        stamp = int(at_s), int(at_s % 1 * 1e6)
        written += EVENT.pack(*stamp, EV_KEY, code, value) + EVENT.pack(*stamp, EV_SYN, 0, 0)
    return written


class Keyboard:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._clock_s = 0.0
        self._handle: int | None = None
        self.plug_in()

    def plug_in(self) -> None:
        os.mkfifo(self.path)
        # Opened for both, so that it neither waits for a reader nor looks gone between two of them.
        self._handle = os.open(self.path, os.O_RDWR)

    def type(self, text: str) -> None:
        self._clock_s += 10
        self.send(events(text, start_s=self._clock_s))

    def send(self, raw: bytes) -> None:
        assert self._handle is not None
        os.write(self._handle, raw)

    def unplug(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
            self.path.unlink()
