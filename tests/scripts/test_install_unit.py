"""scripts/install-unit into a folder: what it lists is what it does, and doing it again changes nothing."""

import hashlib
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.install_parts import board as boards
from scripts.install_parts.plan import steps
from scripts.install_parts.steps import Run, StepFailed

ROOT = Path(__file__).parents[2]


def install(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "install-unit"), "--root", str(root), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def everything_in(root: Path) -> dict[str, tuple[int, str]]:
    """Each file's mode and digest, or what it points to."""
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(root.rglob("*")):
        name = f"/{path.relative_to(root)}"
        if path.is_symlink():
            found[name] = (0, str(path.readlink()))
        elif path.is_file():
            found[name] = (stat.S_IMODE(path.stat().st_mode), hashlib.sha256(path.read_bytes()).hexdigest())
    return found


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """An image's root with the firmware's configuration of somebody else."""
    config = tmp_path / "card" / "boot" / "firmware" / "config.txt"
    config.parent.mkdir(parents=True)
    config.write_text("# theirs\ndtparam=audio=on\n[cm4]\notg_mode=1")
    return tmp_path / "card"


def test_a_dry_run_lists_what_the_real_run_does_and_changes_nothing(card: Path) -> None:
    before = everything_in(card)
    planned = install(card, "--board", "raspberry-pi-4", "--kiosk", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert everything_in(card) == before

    done = install(card, "--board", "raspberry-pi-4", "--kiosk")
    assert done.returncode == 0, done.stderr
    assert done.stdout == planned.stdout

    announced = set(re.findall(r"^(?:write|add to) ([^ :]+)", planned.stdout, re.MULTILINE))
    changed = {name for name, now in everything_in(card).items() if before.get(name) != now}
    by_commands = {name for name in changed if name.startswith(("/etc/systemd/system/", "/etc/"))} - announced
    assert announced <= changed
    # What else appeared is what the listed commands make: the user's entries and the links of `enable`.
    assert {Path(name).name for name in by_commands} <= {
        "passwd", "group", "shadow", "gshadow", ".pwd.lock", "group-", "passwd-", "shadow-", "gshadow-",
        "diemdanh-recogniser.service", "diemdanh-uplink.service", "diemdanh-panel.service",
        "diemdanh-kiosk.service", "diemdanh-renew.timer", "diemdanh-update.timer", "diemdanh-update-recover.service",
    }  # fmt: skip


def test_a_second_run_finds_nothing_to_do(card: Path) -> None:
    assert install(card, "--board", "raspberry-pi-5").returncode == 0
    first = everything_in(card)
    again = install(card, "--board", "raspberry-pi-5")
    assert "nothing to do" in again.stderr
    assert everything_in(card) == first


def test_the_unit_has_its_user_its_folder_and_its_services(card: Path) -> None:
    assert install(card, "--board", "x86-64", "--tpm").returncode == 0
    assert "\ndiemdanh:" in "\n" + (card / "etc/passwd").read_text()
    assert stat.S_IMODE((card / "var/lib/diemdanh").stat().st_mode) == 0o700
    assert (card / "etc/systemd/system/multi-user.target.wants/diemdanh-recogniser.service").is_symlink()
    assert (card / "etc/systemd/system/timers.target.wants/diemdanh-renew.timer").is_symlink()
    drop_in = (card / "etc/systemd/system/diemdanh-uplink.service.d/unit-key.conf").read_text()
    assert "LoadCredentialEncrypted=unit-key:" in drop_in
    assert "MemoryMax=3000M" in (card / "etc/systemd/system/diemdanh-recogniser.service.d/board.conf").read_text()


def test_the_firmwares_own_lines_stay_and_ours_come_once_for_all_models(card: Path) -> None:
    install(card, "--board", "raspberry-pi-4")
    lines = (card / "boot/firmware/config.txt").read_text().splitlines()
    assert lines[:4] == ["# theirs", "dtparam=audio=on", "[cm4]", "otg_mode=1"]
    assert lines.index("[all]") < lines.index("dtparam=watchdog=on")


def test_a_persons_settings_are_never_overwritten(card: Path) -> None:
    settings = card / "etc/diemdanh/edge.env"
    settings.parent.mkdir(parents=True)
    settings.write_text('DIEMDANH_EDGE_SOURCE="rtsp://10.0.0.5/stream"\n')
    assert install(card, "--board", "x86-64").returncode == 0
    assert settings.read_text() == 'DIEMDANH_EDGE_SOURCE="rtsp://10.0.0.5/stream"\n'


def test_a_file_that_was_changed_is_put_right_again(card: Path) -> None:
    install(card, "--board", "x86-64")
    rules = card / "etc/udev/rules.d/70-diemdanh.rules"
    rules.write_text("broken")
    again = install(card, "--board", "x86-64")
    assert again.stdout.count("write /") == 1
    assert rules.read_text() != "broken"


def test_it_stops_and_says_where_when_it_may_not_write(tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("a file where a folder belongs")
    answer = install(tmp_path, "--board", "x86-64")
    assert answer.returncode == 1
    assert "/etc/sysusers.d/diemdanh.conf" in answer.stderr


@pytest.mark.parametrize("name", boards.names())
def test_every_board_is_complete_and_its_settings_are_the_units(name: str) -> None:
    from edge.settings import EdgeSettings

    board = boards.read(name)
    EdgeSettings.model_validate(dict(board.settings))
    assert board.packages
    known = {"title", "model", "packages", "memory_max_mb", "devices", "seen_working", "settings", "boot"}
    assert set(tomllib.loads((boards.FOLDER / f"{name}.toml").read_text())) <= known


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("Raspberry Pi 4 Model B Rev 1.5\0", "raspberry-pi-4"),
        ("Raspberry Pi 5 Model B Rev 1.0\0", "raspberry-pi-5"),
        ("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super\0", "jetson-orin-nano"),
    ],
)
def test_a_board_is_recognised_by_its_device_tree(model: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "model").write_text(model)
    assert boards.detect(tmp_path / "model").name == name


def test_an_unknown_board_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("Raspberry Pi 3 Model B\0")
    with pytest.raises(boards.UnknownBoard, match="say --board"):
        boards.detect(tmp_path / "model")
    assert boards.detect(tmp_path / "absent").name == boards.PC


def test_a_command_that_fails_is_named() -> None:
    with pytest.raises(StepFailed, match="run false"):
        Run(("false",), lambda _root: False).do(Path("/"))


def test_the_plan_installs_every_shipped_file_for_units() -> None:
    planned = {step.says() for board in map(boards.read, boards.names()) for step in steps(board, kiosk=True, tpm=True)}
    for shipped in (ROOT / "firmware-config").rglob("*"):
        if shipped.is_file() and shipped.suffix in {".conf", ".rules", ".json"} and "broker" not in shipped.parts:
            assert any(f"({len(shipped.read_bytes())} bytes" in line for line in planned), shipped
