"""An archive becomes an environment of its own, without a network."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from edge.errors import Rejected

TIMEOUT_S = 1800.0
PROGRAM = Path(".venv") / "bin" / "diemdanh-edge"


def install(archive: Path, folder: Path) -> None:
    """`folder`/.venv with what is in the archive's wheels. Raises Rejected."""
    wheels = folder / "wheels"
    try:
        with tarfile.open(archive) as opened:
            _unpack(opened, folder)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise Rejected(f"{archive.name}: cannot be unpacked: {error}") from error
    environment = folder / ".venv"
    _run(sys.executable, "-m", "venv", "--without-pip", str(environment))
    _run(
        sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "install", "--no-index",
        "--quiet", "--disable-pip-version-check", "--find-links", str(wheels), "diemdanh[edge]",
    )  # fmt: skip
    _run(str(folder / PROGRAM), "--help")


def _unpack(opened: tarfile.TarFile, folder: Path) -> None:
    """Files and folders below `folder`, and nothing else. By hand: Python 3.11.2, which Debian 12 has, knows no filter.
    Raises TarError."""
    for member in opened:
        target = (folder / member.name).resolve()
        if not target.is_relative_to(folder.resolve()) or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"{member.name!r} is no file or folder below its own")
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
        elif content := opened.extractfile(member):
            target.parent.mkdir(parents=True, exist_ok=True)
            with content, target.open("wb") as out:
                shutil.copyfileobj(content, out)


def _run(*command: str) -> None:
    try:
        finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Rejected(f"{command[0]}: {error}") from error
    if finished.returncode != 0:
        lines = (finished.stderr or finished.stdout).strip().splitlines()
        raise Rejected(f"{' '.join(command[:4])}: {lines[-1] if lines else finished.returncode}")
