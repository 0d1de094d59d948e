"""The demo's processes: each writes its own log, and all are gone when the demo is."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class Failed(Exception):
    """A part of the demo did not do its work; the message holds the end of its log."""


class Children:
    """Processes started together and stopped together, the last one first."""

    def __init__(self, logs: Path, environ: Mapping[str, str]) -> None:
        self.logs = logs
        self._environ = {**os.environ, **environ}
        self._running: dict[str, subprocess.Popen[str]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def set(self, name: str, value: str) -> None:
        """For every process started from now on."""
        self._environ[name] = value

    def run(self, name: str, command: Sequence[str]) -> str:
        """Run to its end; returns what it printed. Raises Failed."""
        with self.log_of(name).open("a") as log:
            done = subprocess.run(
                command, env=self._environ, stdout=subprocess.PIPE, stderr=log, text=True, check=False
            )
        if done.returncode:
            raise Failed(self._obituary(name, done.returncode))
        return done.stdout

    def start(self, name: str, command: Sequence[str], *, piped: bool = False) -> "subprocess.Popen[str]":
        """Start and go on; with `piped` the caller reads its standard output."""
        with self.log_of(name).open("a") as log:
            process = subprocess.Popen(
                command, env=self._environ, stdout=subprocess.PIPE if piped else log, stderr=log, text=True,
                # Ctrl-C reaches the demo alone, which then stops its children in order.
                start_new_session=True,
            )  # fmt: skip
        self._running[name] = process
        return process

    def raise_if_dead(self) -> None:
        for name, process in self._running.items():
            code = process.poll()
            if code:
                raise Failed(self._obituary(name, code))

    def stop(self) -> None:
        for process in reversed(self._running.values()):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self._running.values()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=8)
            process.kill()
            process.wait()
        self._running.clear()

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _obituary(self, name: str, code: int) -> str:
        lines = self.log_of(name).read_text(errors="replace").splitlines()[-15:]
        return f"{name} ended with code {code}. The end of {self.log_of(name)}:\n" + "\n".join(
            f"    {line}" for line in lines
        )
