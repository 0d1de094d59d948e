"""`diemdanh-edge db`: look inside the unit's database. It is opened read-only, and what is sealed stays sealed."""

import argparse
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.contract.command_line import with_examples
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.db import Table

    from edge.command_line import Commands

SEALED = frozenset({"sealed"})
"""Columns that hold templates and names, whatever their table: shown to nobody, not even as they are on disk."""
MOST_ROWS = 20


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "db",
        "look inside the unit's database without changing it; templates and names stay sealed",
        examples="""
            diemdanh-edge db tables                                       every table and how many rows it has
            diemdanh-edge db schema outbox                                how a table is made
            diemdanh-edge db rows set_aside --limit 5                     the last rows, one JSON object a line
            diemdanh-edge db query "SELECT method, count(*) FROM credential GROUP BY 1"
        """,
        run=lambda args: args.act(args),
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    def action(
        name: str, act: Callable[[argparse.Namespace], int], summary: str, example: str
    ) -> argparse.ArgumentParser:
        added = actions.add_parser(
            name, help=summary, epilog=with_examples(example), formatter_class=argparse.RawDescriptionHelpFormatter
        )
        add_settings_argument(added)
        added.set_defaults(act=act)
        return added

    action("tables", _tables, "every table and how many rows it has", "diemdanh-edge db tables")
    schema = action("schema", _schema, "how the tables are made", "diemdanh-edge db schema person_card")
    schema.add_argument("table", nargs="?", help="all of them if left out")
    rows = action("rows", _rows, "the last rows of a table, the latest first", "diemdanh-edge db rows recent --limit 3")
    rows.add_argument("table")
    rows.add_argument("--limit", type=int, default=MOST_ROWS, metavar="N", help="default: %(default)s")
    query = action(
        "query", _query, "what an SQL SELECT says, one JSON object a line",
        'diemdanh-edge db query "SELECT person, count(*) AS templates FROM template GROUP BY person"',
    )  # fmt: skip
    query.add_argument("sql", metavar="SQL")


def _tables(args: argparse.Namespace) -> int:
    with _opened(args) as database:
        for name in sorted(database.table_names()):
            if not name.startswith("sqlite_"):
                sys.stdout.write(f"{name:20} {database.table(name).count:8}\n")
    return 0


def _schema(args: argparse.Namespace) -> int:
    with _opened(args) as database:
        sys.stdout.write(f"{database.schema if args.table is None else _known(database, args.table).schema}\n")
    return 0


def _rows(args: argparse.Namespace) -> int:
    with _opened(args) as database:
        table = _known(database, args.table)
        columns = [column.name for column in table.columns]
        shown = ", ".join(f"'sealed' AS [{name}]" if name in SEALED else f"[{name}]" for name in columns)
        # A table without row ids has its own order.
        order = "" if "WITHOUT ROWID" in table.schema.upper() else " ORDER BY rowid DESC"
        _print(database.query(f"SELECT {shown} FROM [{table.name}]{order} LIMIT ?", (args.limit,)))  # noqa: S608
    return 0


def _query(args: argparse.Namespace) -> int:
    from edge.errors import Rejected

    with _opened(args) as database:
        # What people write is asked about, thing by thing; the tables above are asked for by us.
        database.conn.set_authorizer(_may)
        cursor = database.conn.execute(args.sql)
        if cursor.description is None:
            raise Rejected("write a SELECT: nothing else is done here")
        names = [column[0] for column in cursor.description]
        _print(dict(zip(names, row, strict=True)) for row in cursor)
    return 0


def _known(database: "Database", name: str) -> "Table":
    from edge.errors import Rejected

    if name not in database.table_names():
        raise Rejected(f"no table {name}; there are {', '.join(sorted(database.table_names()))}")
    return database.table(name)


def _print(rows: Iterator[dict[str, object]]) -> None:
    for row in rows:
        shown = {key: f"{len(value)} bytes" if isinstance(value, bytes) else value for key, value in row.items()}
        sys.stdout.write(f"{json.dumps(shown, ensure_ascii=False)}\n")


@contextmanager
def _opened(args: argparse.Namespace) -> "Iterator[Database]":
    """Raises Misconfigured when it is not there or damaged, Rejected for what may not be asked."""
    from sqlite_utils import Database

    from edge.errors import Misconfigured, Rejected
    from edge.store.db import FILE_NAME

    path = read_settings(args).data_dir / FILE_NAME
    if not path.exists():
        raise Misconfigured(f"{path}: not there yet: it appears when a service starts. Is data_dir right?")
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        yield Database(connection)
    except sqlite3.DatabaseError as error:
        said = str(error)
        if "prohibited" in said or "not authorized" in said:
            raise Rejected(f"{said}: this only looks, and what is sealed stays so. Name other columns.") from error
        if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError):
            raise Rejected(f"{path}: {said}") from error
        raise Misconfigured(f"{path}: {said}: start the services, which salvage what can be read") from error
    finally:
        connection.close()


def _may(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """SQLite asks for each thing that a statement would do."""
    if action == sqlite3.SQLITE_READ:
        return sqlite3.SQLITE_DENY if second in SEALED else sqlite3.SQLITE_OK
    reading = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
    return sqlite3.SQLITE_OK if action in reading else sqlite3.SQLITE_DENY
