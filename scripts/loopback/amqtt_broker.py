"""amqtt, a broker in Python, for machines without Mosquitto: MQTT 3.1.1 on loopback, nothing retained.

Only for the demo and for tests of the 3.1.1 way: it saturates at hundreds of messages a second.
"""

import subprocess
import sys
from pathlib import Path

from scripts.loopback.ports import free_port, is_open
from scripts.loopback.waiting import eventually


class Amqtt:
    """One broker in a process of its own; keeps its port over `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / f"amqtt-{self.port}.yaml"
        self._config.write_text(
            f"listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{self.port}\n"
            "plugins:\n  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = Path(sys.executable).with_name("amqtt")
        self._process = subprocess.Popen(
            [str(program), "-c", str(self._config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        eventually(lambda: is_open(self.port), saying="amqtt did not start")

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    stop = kill
