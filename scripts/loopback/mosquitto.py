"""A real Mosquitto on loopback."""

import shutil
import subprocess
from pathlib import Path

from scripts.loopback.ports import free_port, is_open
from scripts.loopback.waiting import eventually


def _program() -> str | None:
    # Debian keeps it where only root's PATH looks.
    return shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class Mosquitto:
    """One broker; keeps its port over `kill` and `start`. `lines` are added to its configuration."""

    def __init__(self, folder: Path, lines: str = "allow_anonymous true\n") -> None:
        self.port = free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\n{lines}")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @staticmethod
    def is_installed() -> bool:
        return _program() is not None

    def start(self) -> None:
        program = _program()
        assert program, "Mosquitto is not installed: run scripts/test, which offers to install it"
        self._process = subprocess.Popen(
            [program, "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        eventually(lambda: is_open(self.port), saying="Mosquitto did not start")

    def kill(self) -> None:
        """kill -9: nothing is flushed, nobody is told."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    stop = kill
