"""A real Mosquitto under the shipped configuration, its files written by the service."""

import signal
import subprocess
from pathlib import Path

from scripts.loopback.ports import free_port, is_open
from tests.services.waiting import eventually

SHIPPED = Path(__file__).parents[3] / "firmware-config" / "broker" / "diemdanh.conf"


class SecureBroker:
    """Only folders, ports and the user are this machine's; every other line is the shipped one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.workers_port = free_port(), free_port()
        shipped = SHIPPED.read_text()
        for was, now in (
            ("/etc/mosquitto/diemdanh", str(folder)),
            ("listener 8883", f"listener {self.port} 127.0.0.1"),
            ("listener 8884 127.0.0.1", f"listener {self.workers_port} 127.0.0.1"),
        ):
            assert was in shipped
            shipped = shipped.replace(was, now)
        self._config = folder / "diemdanh.conf"
        # As root Mosquitto would give itself up for a user that may not read this folder.
        self._config.write_text(f"user root\n{shipped}")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["/usr/sbin/mosquitto", "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        eventually(lambda: is_open(self.port) and is_open(self.workers_port), saying="Mosquitto did not start")

    def reload(self) -> None:
        """What diemdanh-broker-reload.path does when the revocation list changes."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
