"""All SQL of back-ups: whole tables out of one consistent view, and into an empty schema."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Table, column, func, insert, inspect, literal_column, select, table, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from cloud.backup.lines import Column, Rows
from cloud.backup.values import kind_of, type_of

PAGE = 1000
_OF_ALEMBIC = "alembic_version"


def hold_still(session: Session) -> None:
    """All that this reading transaction sees from now on is of one moment, while others write on."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    # SQLite and PostgreSQL take their view at the first look, not at BEGIN.
    session.execute(select(literal_column("1")).select_from(table(_OF_ALEMBIC)))


def columns_of(whole: Table) -> tuple[Column, ...]:
    return tuple(Column(one.name, kind_of(one.type)) for one in whole.columns)


def rows_of(session: Session, whole: Table) -> Iterator[Sequence[object]]:
    """In the order of keys, so that the same data makes the same back-up."""
    found = session.execute(
        select(*whole.columns).order_by(*whole.primary_key),
        execution_options={"yield_per": PAGE, "stream_results": True},
    )
    return (tuple(row) for row in found)


def filled_tables(connection: Connection) -> list[str]:
    """Whatever tables of the database have rows."""
    names = [name for name in sorted(inspect(connection).get_table_names()) if name != _OF_ALEMBIC]
    return [
        name
        for name in names
        if connection.execute(select(literal_column("1")).select_from(table(name)).limit(1)).first()
    ]


def fill(connection: Connection, rows: Rows) -> None:
    if not rows.rows:
        return
    names = [one.name for one in rows.columns]
    into = table(rows.table, *(column(one.name, type_of(one.kind)) for one in rows.columns))
    connection.execute(insert(into), [dict(zip(names, row, strict=True)) for row in rows.rows])


def go_on_counting(connection: Connection, tables: Sequence[Table]) -> None:
    """PostgreSQL's own counters go on after the highest number that came in; SQLite looks for itself."""
    if connection.dialect.name != "postgresql":
        return
    for whole in tables:
        for one in whole.primary_key:
            if one.autoincrement is True:
                highest = connection.scalar(select(func.max(one)))
                counter = func.pg_get_serial_sequence(whole.name, one.name)
                if highest is not None:
                    connection.execute(select(func.setval(counter, highest)))


def broken_references(connection: Connection) -> list[str]:
    """Tables whose rows refer to rows that are not there. PostgreSQL refuses those by itself."""
    if connection.dialect.name != "sqlite":
        return []
    return sorted({str(row[0]) for row in connection.execute(text("PRAGMA foreign_key_check"))})
