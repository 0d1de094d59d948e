"""The schema's history. Models and migrations are compared by a test: a change to tables.py needs a new version."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

import cloud.accounts.oidc.tables
import cloud.accounts.passkeys.tables
import cloud.accounts.second_step.tables
import cloud.accounts.tables
import cloud.attendance.health.tables
import cloud.attendance.leave.tables
import cloud.attendance.meals.tables
import cloud.attendance.register.tables
import cloud.attendance.release.tables
import cloud.attendance.roll_report.tables
import cloud.attendance.tables
import cloud.attendance.timesheets.tables
import cloud.biometrics.photos.tables
import cloud.biometrics.tables
import cloud.briefings.tables
import cloud.cards.tables
import cloud.devices.identity.tables
import cloud.devices.tables
import cloud.digital_index.tables
import cloud.kit.outbox
import cloud.notifications.groups.tables
import cloud.notifications.notices.tables
import cloud.notifications.posts.tables
import cloud.notifications.tables
import cloud.notifications.threads.tables
import cloud.people.exchange.tables
import cloud.people.members.tables
import cloud.people.tables
import cloud.school.calendar.tables
import cloud.school.tables
import cloud.school.timetable.tables
import cloud.units.tables  # noqa: F401
from cloud.biometrics import guards
from cloud.biometrics.photos import guards as photo_guards
from cloud.briefings import guards as briefing_guards
from cloud.kit.db import Base, Database, answering
from cloud.kit.errors import Misconfigured
from cloud.kit.schema import revision_of

METADATA = Base.metadata

Allowed = Callable[[Connection], None]


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`, all of it or nothing, and put up what the database itself guards.

    Raises Unavailable.
    """
    with _altering(database) as connection:
        with connection.begin():
            _take_down(connection)
        command.upgrade(_config(connection), revision)
        with connection.begin():
            _put_up(connection)


@contextmanager
def rebuilding(database: Database, revision: str, *, allowed: Allowed) -> Iterator[Connection]:
    """Drop what there is; the block fills an empty, unguarded schema of `revision`, which then becomes today's.

    One transaction, and `allowed` raises in it if this must not be: if anything fails, all is as before. Raises
    Misconfigured for a revision that is not known here, or Unavailable.
    """
    with _altering(database) as connection:
        try:
            ScriptDirectory.from_config(_config(connection)).get_revision(revision)
        except CommandError as error:
            raise Misconfigured(f"schema {revision} is not known here: update diemdanh-cloud first") from error
        with connection.begin():
            allowed(connection)
            _take_down(connection)
            for name in inspect(connection).get_table_names():
                quoted = connection.dialect.identifier_preparer.quote(name)
                connection.exec_driver_sql(f"DROP TABLE {quoted}{'' if database.is_sqlite else ' CASCADE'}")
            command.upgrade(_config(connection), revision)
            yield connection
            command.upgrade(_config(connection), "head")
            _put_up(connection)


def write_revision(database: Database, message: str) -> None:
    """Write the migration that leads from the migrated `database` to the models; read it before you commit it."""
    number = f"{int(revision_of(database) or 0) + 1:04}"
    with database.engine.connect() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


@contextmanager
def _altering(database: Database) -> Iterator[Connection]:
    with answering(), database.engine.connect() as connection:
        if database.is_sqlite:
            # SQLite alters a table by copying and dropping it, which must not cascade into the tables that refer to it.
            _pragma(connection, "foreign_keys = OFF")
        try:
            yield connection
        finally:
            connection.rollback()
            if database.is_sqlite:
                _pragma(connection, "foreign_keys = ON")


def _take_down(connection: Connection) -> None:
    photo_guards.take_down(connection)
    guards.take_down(connection)
    briefing_guards.take_down(connection)


def _put_up(connection: Connection) -> None:
    guards.put_up(connection)
    briefing_guards.put_up(connection)
    photo_guards.put_up(connection)


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("truncate_slug_length", "30")
    return config


def _pragma(connection: Connection, statement: str) -> None:
    """Straight to the driver: this pragma does nothing inside a transaction, and SQLAlchemy would begin one."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {statement}")
