"""The key that seals the roster: 32 random bytes, readable by the unit's user alone."""

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

from edge.errors import Misconfigured

FILE_NAME = "roster.key"
KEY_BYTES = 32


def read_or_make_key(data_dir: Path) -> bytes:
    """Raises Misconfigured when the file is not a key, or others may read it."""
    path = data_dir / FILE_NAME
    try:
        if not path.exists():
            _make(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        key = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be made or read: {error}. Check data_dir and who owns it.") from error
    if mode & 0o077:
        raise Misconfigured(f"{path}: others may read it (mode {mode:o}): chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise Misconfigured(
            f"{path}: not a key of {KEY_BYTES} bytes: put the right one back, or remove it and enrol again."
        )
    return key


def _make(path: Path) -> None:
    """Appears whole or not at all, and only once: another process may be making it too."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=FILE_NAME) as file:  # made with mode 0600
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
