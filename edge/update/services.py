"""The unit's services: started anew, and asked how they are."""

import subprocess
from typing import Protocol

import httpx

SERVICES = ("diemdanh-recogniser.service", "diemdanh-uplink.service", "diemdanh-panel.service")
CLOUD_SILENT_S = 120.0
TIMEOUT_S = 90.0


class Services(Protocol):
    def restart(self) -> None:
        """MUST NOT raise: what did not start shows among the problems."""

    def problems(self) -> frozenset[str]:
        """What does not work now, each in words that stay the same while it does not."""


class Systemd:
    """systemd says whether they have started (READY=1) and stand; the panel's metrics say whether pictures come and
    whether the cloud answers."""

    def __init__(self, panel_port: int, systemctl: str = "systemctl") -> None:
        self._metrics = f"http://127.0.0.1:{panel_port}/metrics"
        self._systemctl = systemctl

    def restart(self) -> None:
        self._ask("restart", "--no-block", *SERVICES)

    def problems(self) -> frozenset[str]:
        found = {f"{name} does not run" for name in SERVICES if not self._ask("is-active", "--quiet", name)}
        return frozenset(found | self._what_the_panel_says())

    def _ask(self, *arguments: str) -> bool:
        try:
            answer = subprocess.run([self._systemctl, *arguments], capture_output=True, check=False, timeout=TIMEOUT_S)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return answer.returncode == 0

    def _what_the_panel_says(self) -> set[str]:
        try:
            answer = httpx.get(self._metrics, timeout=10.0)
            answer.raise_for_status()
            values = _values(answer.text)
        except (httpx.HTTPError, ValueError):
            return {"the panel does not answer"}
        found = set()
        if values.get("diemdanh_camera_up") != 1.0:
            found.add("no pictures come")
        if values.get("diemdanh_cloud_silent_seconds", CLOUD_SILENT_S + 1) > CLOUD_SILENT_S:
            found.add("the cloud does not answer")
        return found


def _values(text: str) -> dict[str, float]:
    pairs = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}
