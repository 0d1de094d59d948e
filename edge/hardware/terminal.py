"""An indicator for the bench: one word a person, on the terminal."""

import sys
from typing import TextIO

from edge.hardware.ports import Signal

_COLOURS = {Signal.OK: "\033[32m", Signal.ASK: "\033[33m", Signal.REFUSE: "\033[31m"}
_PLAIN = "\033[0m"


class TerminalIndicator:
    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream

    def show(self, signal: Signal) -> None:
        coloured = f"{_COLOURS[signal]}{signal}{_PLAIN}" if self._stream.isatty() else str(signal)
        self._stream.write(f"{coloured}\n")
        self._stream.flush()
