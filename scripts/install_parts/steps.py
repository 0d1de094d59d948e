"""One step of an installation: what it would do, whether that is needed, and doing it.

Paths are absolute as on the unit; `root` is put before them.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class StepFailed(Exception):
    """The message says which and why; what was done before stays and is not done again."""


class Step(Protocol):
    def says(self) -> str:
        """What it does, in one line."""

    def is_done(self, root: Path) -> bool: ...

    def do(self, root: Path) -> None:
        """Raises StepFailed."""


@dataclass(frozen=True, slots=True)
class PutFile:
    """A file with this content. With `only_if_absent` a person's changes to it stay."""

    path: Path
    content: bytes
    mode: int = 0o644
    only_if_absent: bool = False

    def says(self) -> str:
        return f"write {self.path} ({len(self.content)} bytes, mode {self.mode:04o})"

    def is_done(self, root: Path) -> bool:
        target = below(root, self.path)
        if not target.is_file():
            return False
        if self.only_if_absent:
            return True
        return target.read_bytes() == self.content and target.stat().st_mode & 0o7777 == self.mode

    def do(self, root: Path) -> None:
        target = below(root, self.path)
        with naming(self):
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}", delete=False) as file:
                os.fchmod(file.fileno(), self.mode)
                file.write(self.content)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(target)


@dataclass(frozen=True, slots=True)
class AddLines:
    """Lines that a file of somebody else's must have; the others stay as they are."""

    path: Path
    lines: tuple[str, ...]

    def says(self) -> str:
        return f"add to {self.path}: {'; '.join(self.lines)}"

    def is_done(self, root: Path) -> bool:
        return not self._missing(root)

    def do(self, root: Path) -> None:
        target = below(root, self.path)
        with naming(self):
            known = target.read_text(encoding="utf-8") if target.exists() else ""
            # [all] ends whatever section of the firmware's configuration came last.
            added = ["# Diemdanh", "[all]", *self._missing(root)]
            separator = "" if known.endswith("\n") or not known else "\n"
            PutFile(self.path, f"{known}{separator}{chr(10).join(added)}\n".encode(), self._mode(target)).do(root)

    def _missing(self, root: Path) -> list[str]:
        target = below(root, self.path)
        known = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
        return [line for line in self.lines if line not in (one.strip() for one in known)]

    @staticmethod
    def _mode(target: Path) -> int:
        return target.stat().st_mode & 0o7777 if target.exists() else 0o644


@dataclass(frozen=True, slots=True)
class Run:
    """A command. `done` says whether it is needed; `{root}` in it is the folder that we install into.

    Without `{root}` it needs the running machine, and is left out when another root is given.
    """

    command: tuple[str, ...]
    done: Callable[[Path], bool]

    def says(self) -> str:
        return " ".join(("run", *(part for part in self.command if "{root}" not in part)))

    def needs_the_machine(self) -> bool:
        return not any("{root}" in part for part in self.command)

    def is_done(self, root: Path) -> bool:
        return self.done(root)

    def do(self, root: Path) -> None:
        command = [part.replace("{root}", str(root)) for part in self.command]
        try:
            finished = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise StepFailed(f"{self.says()}: {error}") from error
        if finished.returncode != 0:
            raise StepFailed(f"{self.says()}: {(finished.stderr or finished.stdout).strip()}")


def below(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


@contextmanager
def naming(step: Step) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StepFailed(f"{step.says()}: {error}") from error
