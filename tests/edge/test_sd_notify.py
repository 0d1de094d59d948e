"""What systemd hears from us, over a real datagram socket."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.sd_notify import Supervisor


class Systemd:
    """The other end of $NOTIFY_SOCKET."""

    def __init__(self, address: str | bytes) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.setblocking(False)

    def heard(self) -> list[str]:
        messages: list[str] = []
        while True:
            try:
                messages.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return messages

    def close(self) -> None:
        self._socket.close()


class Hands:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "notify")


@pytest.fixture
def systemd(address: str) -> Iterator[Systemd]:
    systemd = Systemd(address)
    yield systemd
    systemd.close()


def test_it_says_that_it_is_ready_and_that_it_stops(address: str, systemd: Systemd) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": address}, Hands())
    supervisor.ready("camera ok")
    supervisor.status("camera lost")
    supervisor.stopping()
    assert systemd.heard() == ["READY=1\nSTATUS=camera ok", "STATUS=camera lost", "STOPPING=1"]


def test_it_is_alive_twice_in_a_watchdogs_time_however_fast_the_loop_turns(address: str, systemd: Systemd) -> None:
    hands = Hands()
    supervisor = Supervisor({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "10000000"}, hands)
    for _ in range(100):
        supervisor.alive()
        hands.seconds += 0.15
    assert systemd.heard() == ["WATCHDOG=1"] * 3


@pytest.mark.parametrize(
    "environ",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "1"}],
)
def test_it_is_silent_when_nobody_watches(environ: dict[str, str], address: str, systemd: Systemd) -> None:
    Supervisor({"NOTIFY_SOCKET": address, **environ}, Hands(), pid=4711).alive()
    assert systemd.heard() == []


def test_an_abstract_socket_is_reached() -> None:
    systemd = Systemd(b"\0diemdanh-test-notify")
    Supervisor({"NOTIFY_SOCKET": "@diemdanh-test-notify"}, Hands()).ready()
    assert systemd.heard() == ["READY=1"]
    systemd.close()


def test_without_systemd_or_after_its_end_nothing_happens(address: str) -> None:
    for environ in ({}, {"NOTIFY_SOCKET": address}, {"NOTIFY_SOCKET": "vsock:2:1"}):
        Supervisor(environ, Hands()).ready()
