"""A small disk of its own, so that it can be full without the machine being full."""

import errno
import subprocess
from pathlib import Path


class Disk:
    """A tmpfs in this process's own mount namespace: it is gone when the last process of the run is."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        folder.mkdir()
        options = f"size={megabytes}m,mode=0755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "chaos", str(folder)], check=True)
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """To the last byte."""
        size = 2**20
        with self._ballast.open("ab", buffering=0) as ballast:
            while size:
                try:
                    ballast.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size //= 16

    def free(self) -> None:
        self._ballast.unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self._ballast.parent)], check=True)
