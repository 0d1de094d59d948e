"""From an empty machine to a school that is served, by the commands alone; and what they say when they cannot."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cloud.__main__ import main
from tests.cloud.migrated import Open
from tests.cloud.pages.people import NO_TLS, PATIENCE_S
from tests.services.mosquitto import Mosquitto
from tests.services.ports import free_port
from tests.services.waiting import eventually

COMMAND = [sys.executable, "-m", "cloud"]


class Shell:
    """Commands of one installation, each a process of its own."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **_environment(settings)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], env=self._environment, capture_output=True, text=True, check=False, timeout=120
        )

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A process that lives until the block ends, and must then stop in good order."""
        process = subprocess.Popen([*COMMAND, *arguments], env=self._environment, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


class Here:
    """The same commands in this process: a process of its own spends most of its time loading what is loaded here."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def set(self, settings: Mapping[str, str]) -> None:
        for name, value in _environment(settings).items():
            self._monkeypatch.setenv(name, value)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What nobody expected comes out here, where a process would print a traceback."""
        self._capsys.readouterr()
        returncode = main(arguments)
        said = self._capsys.readouterr()
        return subprocess.CompletedProcess(arguments, returncode, said.out, said.err)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    return {f"DIEMDANH_CLOUD_{key}": value for key, value in settings.items()}


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    return Here(capsys, monkeypatch)


@pytest.mark.long
def test_from_nothing_to_a_served_school(database_url: str, tmp_path: Path, broker: Mosquitto, here: Here) -> None:
    port = free_port()
    settings = {
        "DATABASE_URL": database_url,
        "KEYRING_URL": f"sqlite:///{tmp_path}/keys.sqlite3",
        "BROKER_URL": broker.url,
        "LISTEN_PORT": str(port),
    }
    here.set(settings)
    shell = Shell(settings)
    # Each once as a process of its own; the processes that stay are so on both databases.
    once = shell if database_url.startswith("sqlite") else here
    assert once.run("migrate").returncode == 0
    assert "it was up to date" in here.run("migrate").stderr
    seeded = json.loads(once.run("seed", "--demo", "--person", "Nguyễn Thị Ánh").stdout)
    assert seeded["persons"][0]["name"] == "Nguyễn Thị Ánh"
    added = once.run("device", "add", "gate-1", "--school", "demo", "--name", "Cổng chính")
    assert len(added.stdout.strip()) > 40
    assert "gate-1\tCổng chính\tnever heard of" in here.run("device", "list").stdout
    with shell.running("serve") as serve, shell.running("worker") as worker:
        address = f"http://127.0.0.1:{port}"
        eventually(lambda: answers(address), within_s=60)
        admin = seeded["logins"][0]
        with httpx.Client(
            base_url=address, headers={"accept": "text/html"}, timeout=PATIENCE_S, verify=NO_TLS
        ) as browser:
            entered = browser.post("/login", data={"login": admin["login"], "password": admin["password"]})
            assert entered.status_code == 303
            assert browser.get("/schools/demo").status_code == 200
        assert (serve.poll(), worker.poll()) == (None, None)
    assert (serve.returncode, worker.returncode) == (0, 0)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/login", verify=NO_TLS).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_without_schema_is_named_with_the_command_that_helps(
    database_url: str, tmp_path: Path, here: Here, command: str
) -> None:
    here.set(
        {
            "DATABASE_URL": database_url,
            "KEYRING_URL": f"sqlite:///{tmp_path}/keys.sqlite3",
            "LISTEN_PORT": str(free_port()),
        }
    )
    done = here.run(command)
    assert done.returncode == 1
    assert "run diemdanh-cloud migrate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"DATABSE_URL": "x"}, "did you mean database_url?"),
        ({"LISTEN_PORT": "many"}, "DIEMDANH_CLOUD_LISTEN_PORT"),
        ({"DATABASE_URL": "nonsense"}, "sqlite:///FILE or postgresql://"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:9/x"}, "does not answer"),
    ],
)
def test_a_wrong_setting_is_named(here: Here, settings: dict[str, str], says: str) -> None:
    here.set(settings)
    done = here.run("migrate")
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_unit_is_registered_once_in_a_school_that_exists(database_url: str, open_migrated: Open, here: Here) -> None:
    open_migrated(database_url).close()
    here.set({"DATABASE_URL": database_url})
    assert here.run("school", "add", "demo", "--name", "Trường mẫu").returncode == 0
    for arguments, says in (
        (("GATE 1", "--school", "demo"), "lower-case letters"),
        (("gate-1", "--school", "nowhere"), "no school nowhere"),
        (("gate-1", "--school", "demo"), ""),
        (("gate-1", "--school", "demo"), "already"),
    ):
        done = here.run("device", "add", *arguments)
        assert says in done.stderr
        assert done.returncode == (1 if says else 0)


def test_a_key_for_web_push_is_one_that_the_worker_takes() -> None:
    from cloud.notifications.web_push import WebPush

    WebPush(Shell({}).run("vapid-key").stdout.strip(), "mailto:it@school.example")
