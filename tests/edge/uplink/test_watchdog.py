"""systemd hears from the real process."""

import socket
from pathlib import Path

import pytest

from tests.edge.uplink.conftest import Start


def test_the_uplink_says_that_it_is_ready_alive_and_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start_uplink: Start
) -> None:
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    systemd.bind(str(tmp_path / "notify"))
    systemd.settimeout(30)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    uplink = start_uplink()
    assert systemd.recv(100) == b"READY=1"
    assert [systemd.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    uplink.terminate()
    assert uplink.wait(30) == 0
    systemd.settimeout(0)
    heard = [systemd.recv(100)]
    while heard[-1] == b"WATCHDOG=1":
        heard.append(systemd.recv(100))
    assert heard[-1] == b"STOPPING=1"
    systemd.close()
