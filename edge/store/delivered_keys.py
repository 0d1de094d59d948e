"""Keys of the roster that the cloud delivered: a file each, mode 0600, in a folder that is the unit's to choose.

On the data partition the unit knows people after a power cut without a network, and whoever takes the whole unit has
them too. In memory (a tmpfs such as /run) a stolen unit forgets them with its power, and asks the cloud, which may
withhold them.
"""

import os
import re
import tempfile
from pathlib import Path

from edge.errors import Misconfigured
from edge.store.key_file import KEY_BYTES

SUFFIX = ".key"
_NAME = re.compile(r"[0-9a-f-]{36}")


class DeliveredKeys:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key_id: str) -> bytes | None:
        try:
            key = self._file(key_id).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Misconfigured(f"{self._file(key_id)}: cannot be read: {error}") from error
        return key if len(key) == KEY_BYTES else None

    def put(self, key_id: str, key: bytes) -> None:
        """Whole or not at all."""
        target = self._file(key_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=self._folder)  # mode 0600
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError as error:
            raise Misconfigured(f"{self._folder}: cannot be written: {error}. Who owns it?") from error

    def keep_only(self, key_id: str) -> None:
        """Forget every other key: what it sealed is noise from now on."""
        for file in self._folder.glob(f"*{SUFFIX}"):
            if file != self._file(key_id):
                file.unlink(missing_ok=True)

    def _file(self, key_id: str) -> Path:
        if not _NAME.fullmatch(key_id):
            raise Misconfigured(f"{key_id!r} is no key id")
        return self._folder / f"{key_id}{SUFFIX}"
