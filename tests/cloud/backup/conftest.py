"""A database in which every table has rows, made from the tables themselves: none can be forgotten."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Column, Table, insert, inspect, select
from sqlalchemy.engine import Connection

from cloud import migrations
from cloud.backup.values import Kind, kind_of
from cloud.biometrics.keyring import Keyring, open_keyring, open_keys
from cloud.kit.db import Database, open_database
from cloud.kit.schema import revision_of
from tests.cloud.migrated import Open

NOW = datetime(2026, 11, 16, 3, 0, 0, 123456, tzinfo=UTC)
SECRET = "s" * 32
ROWS = 3
WHAT_CHECKS_WANT = {
    ("consent_decision", "party"): "guardian",
    ("consent_decision", "answer"): "granted",
    ("consent_decision", "how"): "paper",
    ("privacy_request", "kind"): "access",
    ("family_photo", "state"): "waiting",
}
"""Columns that may hold certain words only."""


@dataclass(frozen=True)
class Installation:
    database: Database
    keyring_url: str
    migrated: frozenset[str] = frozenset()
    """The triggers, views and indexes that migrations alone make."""

    @property
    def keys(self) -> Database:
        return open_keys(self.keyring_url)

    @property
    def keyring(self) -> Keyring:
        return open_keyring(self.keyring_url, SECRET)


@pytest.fixture
def source(database: Database, full_file: Path, tmp_path: Path) -> Installation:
    migrated = guards_and_indexes(database)
    if database.is_sqlite:
        with closing(sqlite3.connect(full_file)) as full, closing(sqlite3.connect(_file(database))) as own:
            full.backup(own)
    else:
        _fill_every_table(database)
    return Installation(database, f"sqlite:///{tmp_path}/keys.sqlite3", migrated)


@pytest.fixture(scope="module")
def full_file(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Path:
    """Of SQLite, with rows in every table: copied for each test, as filling it takes longer than most of them."""
    with closing(open_migrated(f"sqlite:///{tmp_path_factory.mktemp('full')}/full.sqlite3")) as database:
        _fill_every_table(database)
        return _file(database)


def _file(database: Database) -> Path:
    assert database.engine.url.database
    return Path(database.engine.url.database)


def _fill_every_table(database: Database) -> None:
    with migrations.rebuilding(database, revision_of(database) or "", allowed=lambda _: None) as connection:
        for table in migrations.METADATA.sorted_tables:
            _fill(connection, table)


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """A fresh one: nothing was ever migrated."""
    postgres = request.param == "postgres"
    database = open_database(
        str(request.getfixturevalue("postgres").new_database()) if postgres else f"sqlite:///{tmp_path}/target.sqlite3"
    )
    yield Installation(database, f"sqlite:///{tmp_path}/target-keys.sqlite3")
    database.close()


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every table that the models know, in the order of keys of Python's sorting."""
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in migrations.METADATA.sorted_tables
        }


def guards_and_indexes(database: Database) -> frozenset[str]:
    with database.engine.connect() as connection:
        statement = (
            "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')"
            if database.is_sqlite
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION SELECT viewname FROM pg_views "
            "WHERE schemaname = 'public'"
        )
        names = [row[0] for row in connection.exec_driver_sql(statement)]
        known = inspect(connection)
        of_tables = [index["name"] for table in known.get_table_names() for index in known.get_indexes(table)]
        return frozenset(map(str, [*names, *of_tables]))


def _fill(connection: Connection, table: Table) -> None:
    for number in range(ROWS):
        row = {column.name: _value(connection, column, number) for column in table.columns}
        connection.execute(insert(table), row)


def _value(connection: Connection, column: Column[object], number: int) -> object:
    """What differs from row to row; a column that may be empty is so in the last one."""
    if (column.table.name, column.name) in WHAT_CHECKS_WANT:
        return WHAT_CHECKS_WANT[column.table.name, column.name]
    must = column.table.name in {"consent_decision", "family_photo"}
    if column.table.name == "template_access" and column.name in {"student_id", "school_id"}:
        # Of one pupil or of a whole school, never both.
        must = (column.name == "school_id") == (number == ROWS - 1)
        if not must:
            return None
    if column.table.name == "issued_card" and column.name in {"student_id", "staff_id"}:
        # A pupil's or a member of staff's, never both.
        must = (column.name == "staff_id") == (number == ROWS - 1)
        if not must:
            return None
    if column.nullable and number == ROWS - 1 and not must:
        return None
    for key in column.foreign_keys:
        if key.column.table is column.table and number == 0:
            return None
        parents = connection.execute(select(key.column).order_by(key.column)).scalars().all()
        # Two references to one table are to two rows of it, the smaller first: a pair of pupils, say.
        alike = [one.name for one in column.table.columns for other in one.foreign_keys if other.column is key.column]
        chosen = list(combinations(parents, len(alike)))
        return chosen[number % len(chosen)][alike.index(column.name)]
    kind = kind_of(column.type)
    length = getattr(column.type, "length", None) or 40
    values: dict[Kind, object] = {
        Kind.MOMENT: NOW + timedelta(days=number),
        Kind.UUID: UUID(int=number + 1),
        Kind.DATE: date(2026, 2, 27) + timedelta(days=number),
        Kind.TIME: time(6, 30, number),
        Kind.BYTES: bytes([number, 0, 255, 10]),
        Kind.TRUTH: number % 2 == 0,
        Kind.WHOLE: (2**31 - 1 if column.type.python_type is int and "BIG" not in repr(column.type).upper() else 2**53)
        - number,
        Kind.NUMBER: 0.1 + number / 3,
        Kind.JSON: ["ghế đá", number, None],
        Kind.TEXT: f"{number}Đỗ\n\"'\\ 🏫 {column.name}"[:length],
    }
    return values[kind]
