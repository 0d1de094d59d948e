"""SQLite as a server's database: WAL, every commit on disk, and the WAL-reset bug kept away.

Versions before 3.51.3 (3.50.7 and 3.44.6 carry the fix too) may corrupt a database when two connections
checkpoint and write at the same moment. With such a version nobody checkpoints on commit; one connection of one
process does, chosen by a file lock. See https://www.sqlite.org/wal.html#walresetbug.
"""

import fcntl
import logging
import sqlite3
import threading
from pathlib import Path

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 30_000
CHECKPOINT_EVERY_S = 2.0


def has_wal_reset_bug(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    fixed_in_branch = {(3, 44): 6, (3, 50): 7}.get(version[:2])
    return version < (3, 51, 3) and (fixed_in_branch is None or version[2] < fixed_in_branch)


def prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Every connection starts so. SQLAlchemy says BEGIN itself, hence no isolation level of the driver's own."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if has_wal_reset_bug():
        connection.execute("PRAGMA wal_autocheckpoint = 0")


class Checkpointer:
    """Keeps the WAL short where commits may not. Start one in every long-lived process: the first one works."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)

    def start(self) -> None:
        if not has_wal_reset_bug():
            return
        log.warning(
            "SQLite %s has the WAL-reset bug, mended in 3.51.3: one process alone checkpoints %s",
            sqlite3.sqlite_version,
            self._file.name,
        )
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        with self._file.with_name(f"{self._file.name}-checkpointer").open("w") as lock:
            while not self._stop.is_set():
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    self._stop.wait(CHECKPOINT_EVERY_S)
                else:
                    break
            else:
                return
            log.info("this process checkpoints %s", self._file.name)
            self._checkpoint_until_stopped()

    def _checkpoint_until_stopped(self) -> None:
        connection = sqlite3.connect(self._file, isolation_level=None)
        try:
            connection.execute("PRAGMA busy_timeout = 100")
            while not self._stop.wait(CHECKPOINT_EVERY_S):
                try:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                except sqlite3.Error as error:
                    log.warning("checkpoint of %s put off: %s", self._file.name, error)
        finally:
            connection.close()
