"""Taking a back-up while the service goes on: one consistent view, written table by table.

The service's database and the keyring are two files. Of the first there are as many as one keeps; of the keyring there
is one, and a new one destroys the one before: a history of keys would bring an erased pupil's key back.
"""

import os
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

from cloud import migrations
from cloud.backup import queries
from cloud.backup.envelope import writing
from cloud.backup.lines import Head, Writer
from cloud.biometrics import keyring_queries
from cloud.kit.db import Database
from cloud.kit.errors import NotFound
from cloud.kit.schema import require_current, revision_of

SUFFIX = ".backup"
KEYRING_FILE = f"diemdanh-keyring{SUFFIX}"
SERVICE, KEYRING = "service", "keyring"
DESTROYED = "keyring:destroyed"
"""Not a table: the keys that were destroyed by then, so that an older copy of the keyring brings none of them back."""

Progress = Callable[[str, int], None]
"""A table's name, and how many of its rows are done."""


@dataclass(frozen=True, slots=True)
class Taken:
    file: Path
    rows: int
    bytes: int


def back_up(
    database: Database, keyring: Database, folder: Path, *, recipient: str | None, now: datetime, progress: Progress
) -> Taken:
    """A new file in `folder`. Raises Misconfigured for another version's schema, Unavailable, Invalid, OSError."""
    require_current(database)
    schema = revision_of(database) or ""
    file = folder / f"diemdanh-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
    with writing(file, recipient) as out, database.reading() as session:
        queries.hold_still(session)
        writer = Writer(out, Head(SERVICE, schema, now))
        for table in migrations.METADATA.sorted_tables:
            writer.table(table.name, queries.columns_of(table), queries.rows_of(session, table))
            progress(table.name, writer.counts[table.name])
        columns = queries.columns_of(keyring_queries.PUPIL_KEYS)
        with keyring_queries.looking(keyring) as keys:
            gone = keyring_queries.destroyed(keys) if keys else ()
            writer.table(DESTROYED, columns, (astuple(one) for one in gone))
        writer.end()
    return Taken(file, sum(writer.counts.values()), file.stat().st_size)


def back_up_keyring(keyring: Database, folder: Path, *, recipient: str | None, now: datetime) -> Taken:
    """In place of the copy before. Raises NotFound where there is no keyring, Unavailable, Invalid, OSError."""
    file = folder / KEYRING_FILE
    before = file.open("r+b") if file.exists() else None
    try:
        with keyring_queries.looking(keyring) as session:
            if session is None:
                raise NotFound("there is no keyring yet: nobody was ever enrolled")
            with writing(file, recipient) as out:
                writer = Writer(out, Head(KEYRING, "-", now))
                for table in keyring_queries.TABLES:
                    writer.table(table.name, queries.columns_of(table), queries.rows_of(session, table))
                writer.end()
        if before:
            # Its name is gone; its keys go too, as far as a disk overwrites what it is told to overwrite.
            before.write(bytes(os.fstat(before.fileno()).st_size))
            before.flush()
            os.fsync(before.fileno())
    finally:
        if before:
            before.close()
    return Taken(file, sum(writer.counts.values()), file.stat().st_size)


def forget_older(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` back-ups of the service, and never the keyring's; returns those that went."""
    found = sorted(folder.glob(f"diemdanh-[0-9]*{SUFFIX}"))
    gone = found[:-keep]
    for file in gone:
        file.unlink()
    return gone
