"""The versions that are on this machine, each in a folder of its own, and `current`, which names the one that runs."""

import os
import shutil
from pathlib import Path

from edge.errors import Misconfigured
from edge.store.releases import sync_folder

CURRENT = "current"
COMPLETE = "complete"
"""The last file that is written into a version: without it the folder is a torn attempt."""


class Shelf:
    def __init__(self, software_dir: Path) -> None:
        """Raises Misconfigured where the installation has left no `current`."""
        self.folder = software_dir
        self._versions = software_dir / "versions"
        if not (software_dir / CURRENT).is_symlink():
            raise Misconfigured(f"{software_dir / CURRENT} is missing: run scripts/install-unit on this machine")
        self._versions.mkdir(exist_ok=True, mode=0o755)

    def path(self, number: int) -> Path:
        return self._versions / str(number)

    @property
    def current(self) -> str:
        """What `current` points to."""
        return str((self.folder / CURRENT).readlink())

    def begin(self, number: int) -> Path:
        """An empty folder for a version."""
        path = self.path(number)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(mode=0o755)
        return path

    def finish(self, number: int) -> None:
        """All of it is on disk before it counts as complete."""
        os.sync()
        (self.path(number) / COMPLETE).touch()
        sync_folder(self.path(number))
        sync_folder(self._versions)

    def switch(self, target: str) -> None:
        """Atomic: whatever happens, `current` names the one or the other."""
        partial = self.folder / f".{CURRENT}"
        partial.unlink(missing_ok=True)
        partial.symlink_to(target)
        partial.replace(self.folder / CURRENT)
        sync_folder(self.folder)

    def tidy(self, *keep: str) -> None:
        """Remove torn attempts, and every version that is neither current nor named."""
        kept = {self.current, *keep}
        for path in self._versions.iterdir():
            if str(path) not in kept or not (path / COMPLETE).exists():
                shutil.rmtree(path, ignore_errors=True)
