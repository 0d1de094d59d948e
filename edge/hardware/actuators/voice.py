"""A voice from a speaker: espeak-ng for words, aplay for a recording. Both are programs of their own, so that a sound
card that hangs keeps nobody waiting.
"""

import logging
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from edge.errors import Misconfigured
from edge.hardware.actuators.port import Voice

log = logging.getLogger(__name__)

LONGEST_S = 10.0
LEAVE_S = 1.0
FORMS = "espeak (Vietnamese), espeak:en (or another language), wav:/path/to/greeting.wav"


class Silence:
    """What is used where nothing can speak."""

    def say(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class ProgramVoice:
    """Runs `command` for every wish, with the text on its standard input: in its arguments, every user of the
    machine could read whom it greets.
    """

    def __init__(self, command: Sequence[str], *, longest_s: float = LONGEST_S) -> None:
        self._command = tuple(command)
        self._longest_s = longest_s
        self._changed = threading.Condition()
        self._wish: str | None = None
        self._leaving = False
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        with self._changed:
            self._wish = text
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._leaving = True
            self._changed.notify()
        self._thread.join(LEAVE_S)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wish is not None or self._leaving)
                text, self._wish = self._wish, None
            if self._leaving or text is None:
                return
            self._speak(text)

    def _speak(self, text: str) -> None:
        try:
            done = subprocess.run(
                self._command,
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=self._longest_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            log.warning("voice cut off after_s=%.0f program=%s", self._longest_s, self._command[0])
        except OSError as error:
            log.warning("voice away program=%s: %s", self._command[0], error.strerror)
        else:
            if done.returncode:
                log.warning("voice failed program=%s code=%d", self._command[0], done.returncode)


def open_voice(spec: str) -> Voice:
    """The voice that `spec` names; Silence, and a word in the log, where its program is not installed.

    Raises Misconfigured for what it does not name.
    """
    kind, _, rest = spec.partition(":")
    if not spec:
        return Silence()
    if kind == "espeak":
        return _with("espeak-ng", ["-v", rest or "vi", "--stdin"], package="espeak-ng")
    if kind == "wav" and rest:
        if not Path(rest).is_file():
            raise Misconfigured(f"voice {spec!r}: there is no such file.")
        return _with("aplay", ["--quiet", rest], package="alsa-utils")
    raise Misconfigured(f"voice {spec!r}: no such voice. A voice is {FORMS}.")


def _with(program: str, arguments: Sequence[str], *, package: str) -> Voice:
    path = shutil.which(program)
    if path is None:
        log.warning("voice off: %s is not here. On Debian: apt install %s", program, package)
        return Silence()
    return ProgramVoice([path, *arguments])
