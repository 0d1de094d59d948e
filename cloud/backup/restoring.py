"""The way back: a whole back-up or none of it, into SQLite or PostgreSQL, whichever it came from."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID

from sqlalchemy.engine import Connection

from cloud import migrations
from cloud.backup import queries
from cloud.backup.envelope import reading
from cloud.backup.errors import Damaged, NotEmpty
from cloud.backup.lines import Head, Reader, Rows
from cloud.backup.taking import DESTROYED, KEYRING, SERVICE, Progress
from cloud.biometrics import keyring_queries
from cloud.biometrics.keyring_queries import KeyCopy
from cloud.kit.db import Database
from cloud.kit.errors import Invalid


def check(file: Path, key: Path | None) -> tuple[Head, int]:
    """Read all of it and touch nothing; returns what it is and how many rows it has. Raises Damaged, NoKey, Invalid."""
    with reading(file, key) as stored:
        reader = Reader(stored)
        return reader.head, sum(len(rows.rows) for rows in reader.rows())


def head_of(file: Path, key: Path | None) -> Head:
    """What it says it is, by its first line alone. Raises Damaged, NoKey, Invalid."""
    with reading(file, key) as stored:
        return Reader(stored).head


def restore(
    database: Database, keyring: Database, file: Path, *, key: Path | None, replace: bool, progress: Progress
) -> int:
    """Returns the number of rows. In one transaction: whatever is raised, the database is as it was.

    Keys that the back-up knows as destroyed are destroyed in the keyring too. Raises NotEmpty without `replace`,
    Damaged, NoKey, Invalid, Misconfigured, Unavailable.
    """
    destroyed: list[Rows] = []
    with reading(file, key) as stored:
        reader = Reader(stored)
        _expect(reader.head, SERVICE)
        with migrations.rebuilding(database, reader.head.schema, allowed=_asked(replace)) as connection:
            tables = []
            for rows in reader.rows():
                if rows.table == DESTROYED:
                    destroyed.append(rows)
                    continue
                if rows.table not in tables:
                    tables.append(rows.table)
                queries.fill(connection, rows)
                progress(rows.table, reader.counts[rows.table])
            queries.go_on_counting(connection, [one for one in migrations.METADATA.sorted_tables if one.name in tables])
            if broken := queries.broken_references(connection):
                raise Damaged(f"rows of {', '.join(broken)} refer to rows that the back-up does not have")
            # Before the commit: a keyring that cannot be told leaves the database as it was.
            _take_pupil_keys(keyring, destroyed)
    return sum(reader.counts.values())


def restore_keyring(keyring: Database, file: Path, *, key: Path | None) -> int:
    """Put the copy's keys to those that are there; a key that either knows as destroyed stays so. Returns how many.

    Raises Conflict where a school has another key, Damaged, NoKey, Invalid, Unavailable.
    """
    with reading(file, key) as stored:
        reader = Reader(stored)
        _expect(reader.head, KEYRING)
        found = list(reader.rows())
    with keyring_queries.taking_over(keyring) as session:
        for rows in found:
            if rows.table == keyring_queries.SCHOOL_KEYS.name:
                for school_id, sealed in rows.rows:
                    keyring_queries.take_school_key(session, cast(UUID, school_id), cast(bytes, sealed))
            else:
                for copy in _copies(rows):
                    keyring_queries.take_pupil_key(session, copy)
    return sum(reader.counts.values())


def _asked(replace: bool) -> migrations.Allowed:
    def allowed(connection: Connection) -> None:
        filled = queries.filled_tables(connection)
        if filled and not replace:
            raise NotEmpty(
                f"the database is not empty ({', '.join(filled[:3])}{' …' if len(filled) > 3 else ''}): "
                "--replace puts the back-up in place of what is there"
            )

    return allowed


def _expect(head: Head, holds: str) -> None:
    if head.holds != holds:
        raise Invalid(f"this is a back-up of the {head.holds}, not of the {holds}")


def _take_pupil_keys(keyring: Database, found: Sequence[Rows]) -> None:
    copies = [copy for rows in found for copy in _copies(rows)]
    if copies:
        with keyring_queries.taking_over(keyring) as session:
            for copy in copies:
                keyring_queries.take_pupil_key(session, copy)


def _copies(rows: Rows) -> list[KeyCopy]:
    if tuple(one.name for one in rows.columns) != tuple(one.name for one in fields(KeyCopy)):
        raise Damaged("the back-up's keys have other columns than those of this version of the service")
    return [KeyCopy(*cast(tuple[UUID, UUID, UUID, bytes | None, datetime, datetime | None], row)) for row in rows.rows]
