"""A school's service that offers releases, and a unit that tries them."""

import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from cloud.devices.releases.signing import make_key, sign_release
from cloud.devices.releases.store import ReleaseStore
from edge.store import releases
from edge.update.cli_update import read_key
from edge.update.fetch import ReleaseClient
from edge.update.install import PROGRAM
from edge.update.shelf import Shelf
from edge.update.updater import Updater
from tests.chain.release_wheel import diemdanh_wheel

NOW = datetime(2026, 11, 16, tzinfo=UTC)


class Fleet:
    """A service on loopback, its key, and the tokens of two units."""

    def __init__(self, folder: Path, url: str, tokens: dict[str, str]) -> None:
        self.folder, self.url, self.tokens = folder, url, tokens
        self.store = ReleaseStore(folder / "releases")
        self.key_file = folder / "release.key"
        self.public = read_key(make_key(self.key_file))

    def sign(self, number: int, program: str = "print('hello')", key: Path | None = None) -> tuple[Path, Path]:
        wheel = diemdanh_wheel(self.folder / "wheels", f"0.{number}", program)
        return sign_release(key or self.key_file, number, f"0.{number}", [wheel], self.folder / "out", NOW)

    def offer(self, number: int, program: str = "print('hello')", *, everybody: bool = True) -> None:
        self.store.place(*self.sign(number, program), first="gate-1")
        if everybody:
            self.store.offer_to_everybody(number)

    def client(self, unit: str = "gate-1", token: str | None = None) -> ReleaseClient:
        return ReleaseClient(self.url, unit, SecretStr(token or self.tokens[unit]))


class Machine:
    """A unit's software folder, and services that run whatever `current` names. Time passes when somebody waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.factory = folder.parent / "opt"
        (self.factory / PROGRAM).parent.mkdir(parents=True)
        (self.factory / PROGRAM).write_text("installed at first")
        folder.mkdir()
        (folder / "current").symlink_to(self.factory)
        self.now_s = 0.0
        self.restarts = 0
        self.before: frozenset[str] = frozenset()

    @property
    def runs(self) -> str:
        return (self.folder / "current" / PROGRAM).read_text()

    @property
    def state(self) -> releases.Releases:
        return releases.read(self.folder)

    def restart(self) -> None:
        self.restarts += 1

    def problems(self) -> frozenset[str]:
        return self.before | ({"no pictures come"} if "broken" in self.runs else set())

    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def updater(self, fleet: Fleet, client: ReleaseClient | None = None) -> Updater:
        return Updater(
            Shelf(self.folder), client or fleet.client(), fleet.public, self, quick_install, lambda: self.now_s,
            self.wait, healthy_s=60, patience_s=300,
        )  # fmt: skip


def quick_install(archive: Path, folder: Path) -> None:
    """What is in the wheel's program becomes the program, without an environment."""
    with tarfile.open(archive) as opened:
        opened.extractall(folder)
    [wheel] = (folder / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as opened_wheel:
        (folder / PROGRAM).parent.mkdir(parents=True)
        (folder / PROGRAM).write_bytes(opened_wheel.read("release_probe.py"))
