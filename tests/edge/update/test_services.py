"""How the unit's services are asked how they are, with a systemctl and metrics that say what the test wants."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from edge.update.services import Systemd
from scripts.loopback.web import Quiet, WebService
from tests.services.ports import free_port

WELL = "# HELP x y\ndiemdanh_camera_up 1.0\ndiemdanh_cloud_silent_seconds 12.5\n"


class Panel(WebService):
    def __init__(self) -> None:
        self.says = WELL
        panel = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/metrics" else 404)
                self.end_headers()
                self.wfile.write(panel.says.encode())

        super().__init__(Handler)


@pytest.fixture
def panel() -> Iterator[Panel]:
    panel = Panel()
    panel.start()
    yield panel
    panel.stop()


@pytest.fixture
def systemctl(tmp_path: Path) -> Path:
    """It writes down what it is asked; a file `dead` names a service that does not run."""
    program = tmp_path / "systemctl"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        f'[ "$1" = is-active ] && [ "$3" = "$(cat {tmp_path}/dead 2>/dev/null)" ] && exit 3\nexit 0\n'
    )
    program.chmod(0o755)
    return program


def test_nothing_is_wrong_when_services_stand_and_pictures_and_answers_come(panel: Panel, systemctl: Path) -> None:
    assert Systemd(panel.port, str(systemctl)).problems() == frozenset()


def test_a_service_that_does_not_stand_is_named(panel: Panel, systemctl: Path) -> None:
    (systemctl.parent / "dead").write_text("diemdanh-recogniser.service")
    assert Systemd(panel.port, str(systemctl)).problems() == {"diemdanh-recogniser.service does not run"}


@pytest.mark.parametrize(
    ("says", "problems"),
    [
        ("diemdanh_camera_up 0.0\ndiemdanh_cloud_silent_seconds 1\n", {"no pictures come"}),
        ("diemdanh_camera_up 1.0\ndiemdanh_cloud_silent_seconds 121\n", {"the cloud does not answer"}),
        ("diemdanh_camera_up 1.0\n", {"the cloud does not answer"}),
        ("nonsense\n", {"the panel does not answer"}),
    ],
)
def test_what_the_panel_says_counts(panel: Panel, systemctl: Path, says: str, problems: set[str]) -> None:
    panel.says = says
    assert Systemd(panel.port, str(systemctl)).problems() == problems


def test_a_machine_without_panel_and_systemd_has_every_problem_and_raises_nothing(tmp_path: Path) -> None:
    services = Systemd(free_port(), str(tmp_path / "no-systemctl"))
    services.restart()
    assert len(services.problems()) == 4


def test_all_services_are_started_anew_without_waiting_for_them(panel: Panel, systemctl: Path) -> None:
    Systemd(panel.port, str(systemctl)).restart()
    [asked] = (systemctl.parent / "asked").read_text().splitlines()
    assert asked.startswith("restart --no-block diemdanh-recogniser.service diemdanh-uplink.service")
