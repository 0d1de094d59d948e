"""Telling systemd how we are: started, still alive, what we do. Nothing happens where systemd did not ask.

Protocol: sd_notify(3) and sd_watchdog_enabled(3): datagrams of NAME=value lines to the socket $NOTIFY_SOCKET.
"""

import os
import socket
from collections.abc import Callable, Mapping


class Supervisor:
    """`alive` may be called at every turn of a loop: it sends twice in a watchdog's time and is free otherwise."""

    def __init__(self, environ: Mapping[str, str], monotonic_s: Callable[[], float], pid: int | None = None) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._monotonic_s = monotonic_s
        watched = environ.get("WATCHDOG_PID", str(pid or os.getpid())) == str(pid or os.getpid())
        usec = environ.get("WATCHDOG_USEC", "")
        self._every_s = int(usec) / 1_000_000 / 2 if watched and usec.isdigit() and int(usec) > 0 else None
        self._next_s = 0.0

    def ready(self, status: str = "") -> None:
        self._send("READY=1", *([f"STATUS={status}"] if status else []))

    def status(self, status: str) -> None:
        """One line for `systemctl status`; no names."""
        self._send(f"STATUS={status}")

    def alive(self) -> None:
        """Raises nothing: whether somebody listens is not the loop's affair."""
        if self._every_s is None or self._monotonic_s() < self._next_s:
            return
        self._next_s = self._monotonic_s() + self._every_s
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.sendto("\n".join(lines).encode(), self._address)
        except OSError:
            # systemd restarts us if it misses us; there is nobody else to tell.
            return


def _address(name: str) -> str | bytes | None:
    """`@name` is a socket in the abstract namespace."""
    if name.startswith("@"):
        return b"\0" + name[1:].encode()
    return name if name.startswith("/") else None
