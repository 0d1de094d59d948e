"""The database: one file of SQLite for a school, PostgreSQL for a district, by one setting.

`writing()` takes SQLite's write lock when it begins (BEGIN IMMEDIATE), so that a transaction never fails half-way
because another one wrote meanwhile; `reading()` never waits for a writer.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from pydantic_core import to_json
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Result,
    Table,
    Text,
    Uuid,
    create_engine,
    event,
    func,
    literal_column,
    make_url,
    select,
    sql,
    tuple_,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.types import TypeDecorator

from cloud.kit import sqlite
from cloud.kit.errors import Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; a naive one is refused. SQLite has no zones, so it holds UTC without saying so."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: say its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def insert(session: Session, table: type[Base]) -> sqlite_dialect.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which both databases write alike."""
    # The bare table, not the class: many rows go in without the unit of work looking at each.
    bare = cast(Table, table.__table__)
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite_dialect.insert(bare) if on_sqlite else postgresql.insert(bare)


def insert_new(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> set[tuple[object, ...]]:
    """Insert the rows, all of the same columns, whose primary key is not there yet; returns the keys that went in."""
    if not rows:
        return set()
    key = cast(Table, table.__table__).primary_key
    statement = insert(session, table).on_conflict_do_nothing()
    return {tuple(row) for row in insert_rows(session, statement, rows, returning=tuple(key))}


def insert_rows(
    session: Session,
    statement: sqlite_dialect.Insert | postgresql.Insert,
    rows: Sequence[Mapping[str, object]],
    *,
    returning: Sequence[Column[Any]] = (),
) -> Result[Any]:
    """Execute what `insert` gave for one row or many, all with a value for every column that must have one."""
    if isinstance(statement, postgresql.Insert):
        # As one document: the driver takes longer over a placeholder for each value than the server over the rows.
        columns = list(rows[0])
        document = sql.cast(sql.literal(to_json(rows).decode(), Text), JSON)
        whole = literal_column(f"NULL::{statement.table.name}")  # type: ignore[var-annotated]
        source = func.json_populate_recordset(whole, document).table_valued(*columns)
        selected = select(*(source.c[column] for column in columns))
        statement = statement.from_select(columns, selected, include_defaults=False)
        return session.execute(statement.returning(*returning) if returning else statement)
    return session.execute(statement.returning(*returning) if returning else statement, rows)


def among(session: Session, one: InstrumentedAttribute[T], values: Collection[T]) -> ColumnElement[bool]:
    """`one IN values`; as one array where the database has them, for the driver reads every placeholder anew.

    And the array as rows: they are matched by a join, whatever the database thinks of the size of a new table.
    """
    if session.get_bind().dialect.name == "sqlite":
        return one.in_(values)
    return one.in_(select(func.unnest(_array(one, values))))


def among_rows(
    session: Session, columns: Sequence[InstrumentedAttribute[Any]], rows: Collection[tuple[Any, ...]]
) -> ColumnElement[bool]:
    """The same for several columns at once."""
    if session.get_bind().dialect.name == "sqlite":
        return tuple_(*columns).in_(rows)
    arrays = [_array(one, [row[number] for row in rows]) for number, one in enumerate(columns)]
    as_rows = func.unnest(*arrays).table_valued(*(one.key for one in columns)).render_derived()
    return tuple_(*columns).in_(select(as_rows))


def _array(one: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[Any]:
    if isinstance(one.type, Uuid):
        # As one text: the driver takes longer over the type of each value than the server over the text.
        return sql.cast(sql.literal(f"{{{','.join(value.hex for value in values)}}}", Text), postgresql.ARRAY(one.type))
    return sql.literal(list(values), postgresql.ARRAY(one.type))


@contextmanager
def answering() -> Iterator[None]:
    """Raises Unavailable where the database does not answer."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        log.warning("the database does not answer: %s", " ".join(str(error.orig).split()))
        raise Unavailable("The database does not answer just now.") from error
    except PoolTimeout as error:
        log.warning("every connection to the database is in use: database_connections may be too few")
        raise Unavailable("The database is busy.") from error


class Database:
    """Where transactions come from. One per process; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._read_engine = engine.execution_options(read_only=True, postgresql_readonly=True)
        # SQLite's own waiting is a sleep that grows: threads of one process hand the pen over at once instead.
        self._pen = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that commits when the block ends and rolls back when it raises.

        Raises Unavailable when the database does not answer: the same again later is right.
        """
        with self._turn(), answering(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent view that cannot write and does not wait. Raises Unavailable."""
        with answering(), Session(self._read_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._pen.acquire(timeout=sqlite.BUSY_TIMEOUT_MS / 1000):
            raise Unavailable("The database is busy.")
        try:
            yield
        finally:
            self._pen.release()

    def close(self) -> None:
        self.engine.dispose()


def open_database(
    url: str, *, connections: int = 20, prepare: Callable[[sqlite3.Connection, object], None] = sqlite.prepare
) -> Database:
    """Connects when first used, `connections` times at most. `prepare` is what SQLite's connections start with.

    What a statement was given stands in no error and no log: it may be a child's name.

    Raises sqlalchemy.exc.ArgumentError for a URL that is none.
    """
    parsed = with_driver(make_url(url))
    if parsed.get_backend_name() != "sqlite":
        return Database(
            create_engine(parsed, pool_size=connections, max_overflow=0, pool_pre_ping=True, hide_parameters=True)
        )
    engine = create_engine(parsed, pool_size=connections, max_overflow=0, hide_parameters=True)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_on_sqlite)
    return Database(engine)


def with_driver(url: URL) -> URL:
    """postgresql:// means psycopg 3 here."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in {"postgresql", "postgres"} else url


def _begin_on_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    # Asked for only where the connection was the other kind before: it is a statement in every transaction.
    if connection.info.get("read_only") is not read_only:
        connection.exec_driver_sql(f"PRAGMA query_only = {read_only:d}")
        connection.info["read_only"] = read_only
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
