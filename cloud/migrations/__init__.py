"""The schema's history. Models and migrations are compared by a test: a change to tables.py needs a new version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

import cloud.accounts.tables
import cloud.attendance.leave.tables
import cloud.attendance.register.tables
import cloud.attendance.tables
import cloud.biometrics.tables
import cloud.devices.identity.tables
import cloud.devices.tables
import cloud.kit.outbox
import cloud.notifications.tables
import cloud.people.tables
import cloud.school.calendar.tables
import cloud.school.tables
import cloud.school.timetable.tables  # noqa: F401
from cloud.biometrics import guards
from cloud.kit.db import Base, Database

METADATA = Base.metadata


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`, all of it or nothing, and put up what the database itself guards."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # SQLite alters a table by copying and dropping it, which must not cascade into the tables that refer to it.
            _pragma(connection, "foreign_keys = OFF")
        try:
            with connection.begin():
                guards.take_down(connection)
            command.upgrade(_config(connection), revision)
            with connection.begin():
                guards.put_up(connection)
        finally:
            connection.rollback()
            if database.is_sqlite:
                _pragma(connection, "foreign_keys = ON")


def write_revision(database: Database, message: str, number: str) -> None:
    """Write the migration that leads from the migrated `database` to the models; read it before you commit it."""
    with database.engine.connect() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


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
