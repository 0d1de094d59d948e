"""The steps that make a machine a unit, in order."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from scripts.install_parts.board import Board
from scripts.install_parts.steps import AddLines, PutFile, Run, Step, below

HERE = Path(__file__).resolve().parents[2]
HOME = "/opt/diemdanh"
SYSTEM = Path("/etc/systemd/system")
ENVIRONMENT = Path("/etc/diemdanh/edge.env")

PACKAGES = ("chrony", "python3-venv")
KIOSK_PACKAGES = ("cage", "chromium", "fonts-noto-core")

FILES = (
    ("firmware-config/system/sysusers.conf", "/etc/sysusers.d/diemdanh.conf"),
    ("firmware-config/system/tmpfiles.conf", "/etc/tmpfiles.d/diemdanh.conf"),
    ("firmware-config/system/journald.conf", "/etc/systemd/journald.conf.d/diemdanh.conf"),
    ("firmware-config/system/watchdog.conf", "/etc/systemd/system.conf.d/diemdanh.conf"),
    ("firmware-config/chrony/diemdanh.conf", "/etc/chrony/conf.d/diemdanh.conf"),
    ("firmware-config/udev/70-diemdanh.rules", "/etc/udev/rules.d/70-diemdanh.rules"),
)
KIOSK_FILES = (("firmware-config/kiosk/chromium-policy.json", "/etc/chromium/policies/managed/diemdanh.json"),)

SERVICES = (
    "diemdanh-recogniser.service", "diemdanh-uplink.service", "diemdanh-panel.service", "diemdanh-renew.timer",
    "diemdanh-update.timer", "diemdanh-update-recover.service",
)  # fmt: skip
FILES_ONLY = ("diemdanh-renew.service", "diemdanh-update.service")
KIOSK = "diemdanh-kiosk.service"

HEADER = """\
# This unit's settings: one DIEMDANH_EDGE_NAME="value" a line; the keys are in edge/README.md.
# What `diemdanh-edge claim` decides (name, broker, service, token) is in /var/lib/diemdanh/identity/edge.env and wins.
"""


def steps(board: Board, *, kiosk: bool, tpm: bool) -> Iterator[Step]:
    """Everything, whether it is needed or not."""
    packages = (*PACKAGES, *board.packages, *(KIOSK_PACKAGES if kiosk else ()))
    yield Run(("apt-get", "install", "--yes", "--no-install-recommends", *packages), partial(_installed, packages))
    for source, target in (*FILES, *(KIOSK_FILES if kiosk else ())):
        yield PutFile(Path(target), (HERE / source).read_bytes())
    yield Run(("systemd-sysusers", "--root={root}", "diemdanh.conf"), _has_user)
    yield Run(("systemd-tmpfiles", "--root={root}", "--create", "diemdanh.conf"), _has_folders)
    yield PutFile(ENVIRONMENT, _environment(board), 0o640, only_if_absent=True)
    yield from _services(board, kiosk=kiosk, tpm=tpm)
    if board.boot_file is not None:
        yield AddLines(board.boot_file, board.boot_lines)
    yield from _program()
    enabled = (*SERVICES, *((KIOSK,) if kiosk else ()))
    yield Run(("systemctl", "--root={root}", "enable", *enabled), partial(_enabled, enabled))


def _program() -> Iterator[Step]:
    """Debian has no uv: it comes into the environment that it then fills."""
    python, uv = f"{HOME}/.venv/bin/python", f"{HOME}/.venv/bin/uv"
    yield Run(("python3", "-m", "venv", f"{HOME}/.venv"), partial(_exists, python))
    yield Run((python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"), partial(_exists, uv))
    sync = (uv, "sync", "--quiet", "--locked", "--inexact", "--project", HOME, "--python", python, "--extra", "edge")
    yield Run(sync, partial(_exists, f"{HOME}/.venv/bin/diemdanh-edge"))


def _services(board: Board, *, kiosk: bool, tpm: bool) -> Iterator[Step]:
    for name in (*SERVICES, *FILES_ONLY, *((KIOSK,) if kiosk else ())):
        yield PutFile(SYSTEM / name, (HERE / "systemd" / name).read_bytes())
    lines = [f"MemoryMax={board.memory_max_mb}M", *(f"DeviceAllow={device} rw" for device in board.devices)]
    yield PutFile(SYSTEM / "diemdanh-recogniser.service.d" / "board.conf", _drop_in(f"For {board.title}.", lines))
    if tpm:
        sealed = "LoadCredentialEncrypted=unit-key:/var/lib/diemdanh/identity/key.sealed"
        for name in ("diemdanh-uplink", "diemdanh-renew"):
            content = _drop_in("The unit's key, opened by this machine's TPM alone.", [sealed])
            yield PutFile(SYSTEM / f"{name}.service.d" / "unit-key.conf", content)


def _drop_in(comment: str, lines: list[str]) -> bytes:
    return "\n".join([f"# {comment} Written by scripts/install-unit.", "[Service]", *lines, ""]).encode()


def _environment(board: Board) -> bytes:
    return (HEADER + "".join(f'DIEMDANH_EDGE_{key.upper()}="{value}"\n' for key, value in board.settings)).encode()


def _installed(packages: tuple[str, ...], root: Path) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    query = ["dpkg-query", f"--admindir={root}/var/lib/dpkg", "--show", "--showformat=${db:Status-Status}\n", *packages]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and set(answer.stdout.split()) == {"installed"}


def _has_user(root: Path) -> bool:
    users = below(root, Path("/etc/passwd"))
    return users.exists() and any(line.startswith("diemdanh:") for line in users.read_text().splitlines())


def _has_folders(root: Path) -> bool:
    folder = below(root, Path("/var/lib/diemdanh"))
    has_software = below(root, Path("/var/lib/diemdanh-software/current")).is_symlink()
    return has_software and folder.is_dir() and folder.stat().st_mode & 0o7777 == 0o700


def _exists(path: str, root: Path) -> bool:
    # A link in an environment points out of it, possibly to nowhere from here.
    return os.path.lexists(below(root, Path(path)))


def _enabled(names: tuple[str, ...], root: Path) -> bool:
    answer = subprocess.run(
        ["systemctl", f"--root={root}", "is-enabled", *names], capture_output=True, text=True, check=False
    )
    return answer.stdout.split() == ["enabled"] * len(names)
