"""The code of scripts/install-check: a dry run, the real run and a second run in a Debian of its own."""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.install_parts import board as boards
from scripts.install_parts.plan import PACKAGES

HERE = Path(__file__).resolve().parents[2]
SUITE = "bookworm"
TOOLS = ("systemd", "ca-certificates", "libgl1")
"""Beside what a unit needs: what a Debian on a board has anyway."""
INSTALL = ("python3", "/opt/diemdanh/scripts/install-unit", "--board", boards.PC)
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
NOT_LOOKED_AT = ("proc", "sys", "dev", "tmp", "run", "root", "var/cache", "var/log", "opt/diemdanh/.venv")
MADE_BY_COMMANDS = re.compile(
    r"/etc/(passwd|group|shadow|gshadow|\.pwd\.lock|subuid|subgid)-?$"
    r"|/etc/systemd/system/[a-z-]+\.target\.wants/diemdanh-[a-z-]+\.(service|timer)$"
    r"|/var/lib/diemdanh-software/current$"
    r"|/opt/diemdanh/.*__pycache__/"
)
"""What the listed commands write: the user's entries, the links of `enable`, the link to what runs."""

Files = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    announced_files: int
    changed_files: int
    not_announced: tuple[str, ...]
    announced_and_missing: tuple[str, ...]
    changed_by_the_dry_run: tuple[str, ...]
    changed_by_the_second_run: tuple[str, ...]
    second_run: str
    systemd_verify: tuple[str, ...]
    """What systemd complains of."""
    program: str

    @property
    def holds(self) -> bool:
        wrong = (*self.not_announced, *self.announced_and_missing, *self.changed_by_the_dry_run)
        return not (*wrong, *self.changed_by_the_second_run, *self.systemd_verify) and (
            self.second_run == "nothing to do" and self.announced_files > 0 and bool(self.program)
        )


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("install-check", description="Installs a unit in a fresh Debian and looks.")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the Debian there, and leave it")
    args = parser.parse_args(argv)
    if os.geteuid() != 0 or shutil.which("debootstrap", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        sys.stderr.write("install-check: needs root and debootstrap: apt install debootstrap\n")
        return 2
    if args.keep:
        verdict = check(args.keep.resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="diemdanh-install-") as folder:
            verdict = check(Path(folder) / "debian")
    print(json.dumps(asdict(verdict)))
    return 0 if verdict.holds else 1


def check(debian: Path) -> Verdict:
    _say("making a Debian")
    packages = (*TOOLS, *PACKAGES, *boards.read(boards.PC).packages)
    _run("debootstrap", "--variant=minbase", f"--include={','.join(packages)}", SUITE, str(debian))
    _copy_the_project(debian / "opt" / "diemdanh")
    _borrow_the_way_out(debian)
    before = files_in(debian)
    _say("dry run")
    planned = _inside(debian, *INSTALL, "--dry-run")
    sys.stderr.write(planned.stdout)
    after_dry = files_in(debian)
    _say("real run")
    done = _inside(debian, *INSTALL)
    after = files_in(debian)
    _say("second run")
    again = _inside(debian, *INSTALL)
    after_again = files_in(debian)
    announced = set(re.findall(r"^(?:write|add to) ([^ :]+)", planned.stdout, re.MULTILINE))
    changed = _differences(before, after)
    for run in (planned, done, again):
        if run.returncode != 0:
            sys.stderr.write(run.stderr)
    return Verdict(
        announced_files=len(announced),
        changed_files=len(changed),
        not_announced=tuple(sorted(one for one in changed - announced if not MADE_BY_COMMANDS.search(one))),
        announced_and_missing=tuple(sorted(announced - changed)),
        changed_by_the_dry_run=_without_bytecode(_differences(before, after_dry)),
        changed_by_the_second_run=_without_bytecode(_differences(after, after_again)),
        second_run=again.stderr.strip().splitlines()[-1],
        systemd_verify=_verify(debian),
        program=_program(debian),
    )


def files_in(root: Path) -> Files:
    """Each file's mode and digest, or what it points to; not what a running system changes by itself."""
    found: Files = {}
    for folder, names, leaves in os.walk(root):
        here = Path(folder)
        names[:] = [one for one in names if str((here / one).relative_to(root)) not in NOT_LOOKED_AT]
        for path in (here / one for one in [*leaves, *names]):
            name = f"/{path.relative_to(root)}"
            if path.is_symlink():
                found[name] = (0, str(path.readlink()))
            elif path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[name] = (path.stat().st_mode & 0o7777, digest)
    return found


def _differences(before: Files, after: Files) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _without_bytecode(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if "__pycache__" not in name))


def _copy_the_project(to: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, to / name)


def _verify(debian: Path) -> tuple[str, ...]:
    """Here the programs are where the services look for them: nothing may be missing."""
    units = sorted(path.name for path in (debian / "etc/systemd/system").glob("diemdanh-*.*") if path.is_file())
    answer = _inside(debian, "systemd-analyze", "verify", *(f"/etc/systemd/system/{unit}" for unit in units))
    return tuple(answer.stderr.strip().splitlines())


def _program(debian: Path) -> str:
    """The first line of what the installed program says, called as the services call it."""
    answer = _inside(debian, "/var/lib/diemdanh-software/current/.venv/bin/diemdanh-edge", "--help")
    return answer.stdout.strip().splitlines()[0] if answer.returncode == 0 else ""


def _inside(debian: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """In namespaces of its own, with a /proc; they are gone when it ends."""
    alone = ("unshare", "--mount", "--pid", "--fork", f"--root={debian}", "--mount-proc")
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": "/root",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SSL_CERT_FILE": f"/{CERTIFICATES}",
        "PIP_CERT": f"/{CERTIFICATES}",
    }
    return subprocess.run([*alone, *command], capture_output=True, text=True, check=False, env=environment)


def _borrow_the_way_out(debian: Path) -> None:
    """This machine's resolver, authorities and package index are those through which it reaches the network."""
    for name in ("etc/resolv.conf", CERTIFICATES, "etc/pip.conf"):
        if Path("/", name).exists():
            shutil.copy(Path("/", name), debian / name)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _say(text: str) -> None:
    sys.stderr.write(f">> {text}\n")
    sys.stderr.flush()
