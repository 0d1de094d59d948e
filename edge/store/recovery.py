"""A damaged database: found at start, what can be read is saved, the rest is kept aside, and the service goes on.

Cards fail and power goes; SQLite survives the second, not always the first. What exists only here (events, what was
set aside, the guard's check-ins, enrolments made on the unit) is carried over row by row, from both ends of each table.
What the cloud delivered is not trusted any more: roster and briefing start at version 0 and come again as a whole.
Until then names, settings and bells hold as far as they could be read.
"""

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from edge.errors import Misconfigured
from edge.store.db import FILE_NAME, connect

log = logging.getLogger(__name__)

CARRIED = (
    "outbox",
    "set_aside",
    "held",
    "template",
    "crop",
    "serving",
    "card_key",
    "revoked_card",
    "credential",
    "finger_to_forget",
    "person_card",
    "look_alike",
    "class_member",
    "lesson",
    "question",
    "told_setting",
    "told_calibration",
    "ring",
    "review",
    "learnt",
)


def ensure_whole(data_dir: Path) -> int | None:
    """Call it first in every service. How many rows were carried over; None when nothing was wrong.

    Raises Misconfigured when the disk cannot be written at all.
    """
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(data_dir):
            damage = _damage(path)
            if damage is None:
                return None
            log.error("database damaged: %s; saving what can be read", damage)
            return _salvage(path)
    except OSError as error:
        raise Misconfigured(
            f"{path}: cannot be written: {error}. A failing card turns read-only: replace it, or check data_dir."
        ) from error


def _damage(path: Path) -> str | None:
    """What is wrong, in SQLite's words. A quick look: rows and pages, not every index entry."""
    if not path.exists():
        return None
    try:
        connection = apsw.Connection(str(path))
        try:
            answer = str(connection.pragma("quick_check"))
        finally:
            connection.close()
    except (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError) as error:
        return str(error)
    except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.IOError, apsw.BusyError) as error:
        raise Misconfigured(f"{path}: cannot be opened: {error}. Check the card, and who owns data_dir.") from error
    return None if answer == "ok" else answer


def _salvage(path: Path) -> int:
    """Build a whole database beside the damaged one, then let them change places."""
    workshop = path.parent / f".salvage-{secrets.token_hex(4)}"
    workshop.mkdir(mode=0o700)
    fresh = connect(workshop)
    carried = 0
    with _opened(path) as damaged:
        for table in CARRIED:
            rows = list(_rows(damaged, table)) if damaged else []
            carried += _put(fresh, table, rows)
        _continue_sequence(damaged, fresh)
    # Triggers have filled `recent` with what is old news.
    fresh.execute("DELETE FROM recent")
    fresh.pragma("wal_checkpoint(TRUNCATE)")
    fresh.close()
    aside = path.with_name(f"{FILE_NAME}.damaged-{secrets.token_hex(4)}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(f"{path.name}{suffix}")
        if part.exists():
            part.replace(aside.with_name(f"{aside.name}{suffix}"))
    (workshop / FILE_NAME).replace(path)
    for left in workshop.iterdir():
        left.unlink()
    workshop.rmdir()
    _sync(path.parent)
    log.error("database replaced carried=%d damaged=%s", carried, aside.name)
    return carried


def _rows(damaged: apsw.Connection, table: str) -> Iterator[tuple[object, ...]]:
    """Every row that can be read, from the front until the damage and from the back until the damage."""
    seen: set[object] = set()
    for direction in ("ASC", "DESC"):
        try:
            for row in damaged.execute(f"SELECT * FROM {table} ORDER BY 1 {direction}"):  # noqa: S608
                if row not in seen:
                    seen.add(row)
                    yield row
            return
        except (apsw.Error, UnicodeDecodeError) as error:
            log.error("table %s is damaged: %s", table, error)


def _put(fresh: apsw.Connection, table: str, rows: list[tuple[object, ...]]) -> int:
    put = 0
    fresh.execute("BEGIN")
    for row in rows:
        try:
            fresh.execute(f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(row))})", row)  # noqa: S608
            put += 1
        except apsw.Error as error:
            log.error("a row of %s was left behind: %s", table, error)
    fresh.execute("COMMIT")
    return put


def _continue_sequence(damaged: apsw.Connection | None, fresh: apsw.Connection) -> None:
    """A seq is never given twice. Where the last one cannot be read, the outbox begins a new sequence above all."""
    try:
        last = damaged.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").get if damaged else None
    except (apsw.Error, UnicodeDecodeError):
        last = None
    fresh.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
    if isinstance(last, int):
        fresh.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", (last,))


@contextmanager
def _opened(path: Path) -> Iterator[apsw.Connection | None]:
    """None when not even its first page can be read."""
    connection: apsw.Connection | None = None
    try:
        connection = apsw.Connection(str(path))
        connection.pragma("schema_version")
    except apsw.Error:
        if connection is not None:
            connection.close()
        connection = None
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """The unit's services start together; one of them looks, the others wait and find it whole."""
    with (data_dir / f"{FILE_NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
