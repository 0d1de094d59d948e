"""New software from the school's service to a unit: only what was signed, only forwards, and back when it is broken."""

import base64
import io
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from cloud.devices.registering import register
from cloud.devices.releases.cli_release import runs
from cloud.devices.releases.signing import make_key
from cloud.devices.releases.store import ReleaseStore
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.main import create_app
from cloud.school.tables import School
from cloud.settings import CloudSettings
from edge.contract import Unreadable
from edge.contract.release import ReleaseManifest, sign_manifest
from edge.errors import Misconfigured, Rejected, Unavailable
from edge.store.releases import Verdict, software_name
from edge.update.cli_update import read_key
from edge.update.fetch import ReleaseClient
from edge.update.install import PROGRAM, install
from edge.update.shelf import COMPLETE
from tests.chain.fleet import NOW, Fleet, Machine
from tests.cloud.migrated import Open
from tests.cloud.serving import serving


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, open_migrated: Open
) -> Iterator[tuple[str, Path, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("service")
    database = open_migrated(f"sqlite:///{folder}/cloud.sqlite3")
    with database.writing() as session:
        session.add_all([School(name="A", level="primary", slug="a"), School(name="B", level="primary", slug="b")])
        session.flush()
        tokens = {
            unit: register(session, unit, school=slug, name=unit) for unit, slug in (("gate-1", "a"), ("far", "b"))
        }
    settings = CloudSettings(release_dir=folder / "releases")
    with serving(create_app(settings, database)) as url:
        yield url, folder, tokens
    database.close()


@pytest.fixture
def fleet(service: tuple[str, Path, dict[str, str]], tmp_path: Path) -> Iterator[Fleet]:
    url, folder, tokens = service
    fleet = Fleet(tmp_path, url, tokens)
    fleet.store = ReleaseStore(folder / "releases")
    yield fleet
    for file in (folder / "releases").glob("*"):
        file.unlink()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "software")


def test_a_release_is_tried_kept_and_told_of(fleet: Fleet, machine: Machine) -> None:
    fleet.offer(7)
    state = machine.updater(fleet).look()
    assert (state.number, state.verdict, machine.restarts) == (7, Verdict.RUNS, 1)
    assert "hello" in machine.runs
    assert machine.now_s >= 60
    assert runs(software_name("0.7", machine.state), 7)
    assert machine.updater(fleet).look() == state
    assert machine.restarts == 1


def test_a_broken_release_is_taken_back_and_not_tried_again(fleet: Fleet, machine: Machine) -> None:
    fleet.offer(7, "print('broken')")
    state = machine.updater(fleet).look()
    assert (state.verdict, state.why, machine.runs) == (Verdict.FAILED, "no pictures come", "installed at first")
    assert not runs(software_name("0.1", machine.state), 7)
    assert machine.updater(fleet).look().verdict is Verdict.FAILED
    assert machine.restarts == 2
    fleet.offer(8)
    assert machine.updater(fleet).look().verdict is Verdict.RUNS


def test_what_was_wrong_before_is_not_held_against_a_release(fleet: Fleet, machine: Machine) -> None:
    machine.before = frozenset({"the cloud does not answer"})
    fleet.offer(7)
    assert machine.updater(fleet).look().verdict is Verdict.RUNS


def test_one_unit_gets_it_first_and_nobody_without_its_own_token(fleet: Fleet) -> None:
    fleet.offer(7, everybody=False)
    assert fleet.client("gate-1").offered(have=0)
    assert fleet.client("far").offered(have=0) is None
    headers = {"Authorization": f"Bearer {fleet.tokens['far']}"}
    assert httpx.get(f"{fleet.url}/api/v1/devices/far/release/7", headers=headers).status_code == 404
    assert httpx.get(f"{fleet.url}/api/v1/devices/gate-1/release/7", headers=headers).status_code == 401
    assert httpx.get(f"{fleet.url}/api/v1/devices/gate-1/release/7").status_code == 401
    with pytest.raises(Unavailable, match="401"):
        fleet.client("gate-1", token="guessed").offered(have=0)
    fleet.store.offer_to_everybody(7)
    assert fleet.client("far").offered(have=0)
    fleet.store.withdraw(7)
    assert fleet.client("far").offered(have=0) is None
    with pytest.raises(NotFound):
        fleet.store.offer_to_everybody(7)


def test_only_the_pinned_key_counts(fleet: Fleet, machine: Machine, tmp_path: Path) -> None:
    make_key(tmp_path / "thief.key")
    fleet.store.place(*fleet.sign(7, key=tmp_path / "thief.key"), first="gate-1")
    with pytest.raises(Unreadable, match="signature"):
        machine.updater(fleet).look()
    assert (machine.state.verdict, machine.restarts) == (Verdict.NONE, 0)


class Told(ReleaseClient):
    """A service in somebody else's hands: it says what it likes."""

    def __init__(self, fleet: Fleet, body: bytes, archive: bytes | None = None) -> None:
        super().__init__(fleet.url, "gate-1", SecretStr(fleet.tokens["gate-1"]))
        self._body, self._archive = body, archive

    def offered(self, *, have: int) -> bytes | None:
        return self._body


def test_an_older_release_or_the_same_again_is_refused(fleet: Fleet, machine: Machine) -> None:
    older, _ = fleet.sign(6)
    fleet.offer(7)
    machine.updater(fleet).look()
    for replayed in (older.read_bytes(), fleet.store.manifest(7)):
        with pytest.raises(Rejected, match="no newer"):
            machine.updater(fleet, Told(fleet, replayed)).look()
    assert machine.state.number == 7
    assert machine.restarts == 1


def test_an_archive_that_is_not_the_signed_one_is_refused(fleet: Fleet, machine: Machine) -> None:
    fleet.offer(7)
    whole = fleet.store.archive(7).read_bytes()
    for altered in (whole[:-1024], whole + b"\0" * 512, whole[:600] + b"x" + whole[601:], b""):
        fleet.store.archive(7).write_bytes(altered)
        with pytest.raises(Rejected, match="not the one that was signed"):
            machine.updater(fleet).look()
    assert (machine.runs, machine.state.verdict, machine.restarts) == ("installed at first", Verdict.NONE, 0)
    fleet.store.archive(7).write_bytes(whole)
    assert machine.updater(fleet).look().verdict is Verdict.RUNS


def test_a_manifest_cut_short_or_altered_is_refused(fleet: Fleet, machine: Machine) -> None:
    body = fleet.sign(7)[0].read_bytes()
    for forged in (b"", body[:63], body[:-1], body[:70] + b"x" + body[71:], b"\0" * 64 + body[64:], body * 30):
        with pytest.raises(Unreadable):
            machine.updater(fleet, Told(fleet, forged)).look()
    assert machine.state.verdict is Verdict.NONE


def test_a_signature_for_something_else_never_fits(fleet: Fleet, machine: Machine) -> None:
    key = load_pem_private_key(fleet.key_file.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    manifest = ReleaseManifest(number=7, software="x", sha256="0" * 64, size_bytes=1, made_at=NOW)
    content = manifest.encode()
    for prefix in (b"", b"diemdanh roster\0"):
        with pytest.raises(Unreadable, match="signature"):
            machine.updater(fleet, Told(fleet, key.sign(prefix + content) + content)).look()
    assert sign_manifest(manifest, key.sign).endswith(content)


def test_files_that_do_not_belong_together_are_not_placed(fleet: Fleet, tmp_path: Path) -> None:
    manifest, archive = fleet.sign(7)
    (tmp_path / "other.tar").write_bytes(archive.read_bytes() + b"x")
    with pytest.raises(Invalid, match="not the archive"):
        fleet.store.place(manifest, tmp_path / "other.tar", first="gate-1")
    fleet.store.place(manifest, archive, first="gate-1")
    with pytest.raises(Conflict, match="no newer"):
        fleet.store.place(*fleet.sign(6), first="gate-1")


@pytest.mark.chaos
def test_killed_at_any_step_a_working_version_remains_and_the_next_look_comes_through(
    fleet: Fleet, tmp_path: Path
) -> None:
    """kill -9 before the first change to the unit's software folder, before the second, and so on through a whole
    update: from an older release, so that there is something to go back to."""
    fleet.offer(6)
    fleet.offer(7)
    six = fleet.store.manifest(6)
    after, killed = 0, True
    while killed:
        machine = Machine(tmp_path / f"unit-{after}" / "software")
        assert machine.updater(fleet, Told(fleet, six)).look().number == 6
        killed = _look_and_die(machine, fleet, after=after)
        _works(machine)
        machine.updater(fleet).recover()
        _works(machine)
        assert machine.state.verdict is not Verdict.TRIED
        last = machine.updater(fleet).look()
        assert (last.number, last.verdict) == (7, Verdict.RUNS)
        assert {path.name for path in (machine.folder / "versions").iterdir()} == {"6", "7"}
        after += 1
    assert after > 12


def _look_and_die(machine: Machine, fleet: Fleet, *, after: int) -> bool:
    """A look in a process of its own that is killed before its change number `after`; whether it was."""
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        changes = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal changes
            writes = event in {"os.rename", "os.remove", "os.mkdir", "os.symlink", "os.rmdir", "os.truncate"} or (
                event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            )
            if writes and str(machine.folder) in str(arguments[0]):
                changes += 1
                if changes > after:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            machine.updater(fleet).look()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _works(machine: Machine) -> None:
    """`current` names a version that is whole."""
    target = (machine.folder / "current").resolve()
    assert target == machine.factory.resolve() or (target / COMPLETE).exists()
    assert machine.runs


def test_a_real_wheel_becomes_an_environment_without_a_network(fleet: Fleet, tmp_path: Path) -> None:
    _, archive = fleet.sign(7, "print('from the wheel')")
    folder = tmp_path / "versions" / "7"
    folder.mkdir(parents=True)
    install(archive, folder)
    answer = subprocess.run([str(folder / PROGRAM)], capture_output=True, text=True, check=True)
    assert answer.stdout == "from the wheel\n"


def test_an_archive_that_reaches_out_of_its_folder_or_does_not_install_is_refused(fleet: Fleet, tmp_path: Path) -> None:
    outside, hollow = tmp_path / "outside.tar", tmp_path / "hollow.tar"
    with tarfile.open(outside, "w") as tar:
        member = tarfile.TarInfo("../../escaped")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    with tarfile.open(hollow, "w"):
        pass
    for number, archive in enumerate((outside, hollow, fleet.sign(7, "raise SystemExit(3)")[1])):
        folder = tmp_path / "versions" / str(number)
        folder.mkdir(parents=True)
        with pytest.raises(Rejected):
            install(archive, folder)
    assert not (tmp_path / "escaped").exists()


def test_a_key_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "short.pub").write_text(base64.b64encode(b"short").decode())
    for name in ("short.pub", "absent.pub"):
        with pytest.raises(Misconfigured, match=name):
            read_key(tmp_path / name)
    with pytest.raises(Conflict):
        make_key(tmp_path / "short.pub")
