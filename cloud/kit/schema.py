"""Which version of the schema the database has, and which this service needs. Without Alembic, so that a process that
migrates nothing starts without loading it and every migration: a fifth of a start."""

from pathlib import Path

from sqlalchemy import inspect, text

import cloud
from cloud.kit.db import Database, answering
from cloud.kit.errors import Misconfigured

VERSIONS = Path(cloud.__path__[0]) / "migrations" / "versions"
"""One chain: a file's name begins with its revision, four digits, each one more than the one before."""


def newest_revision() -> str:
    return max(file.name for file in VERSIONS.glob("[0-9]*.py"))[:4]


def revision_of(database: Database) -> str | None:
    """None for an empty database. Raises Unavailable."""
    with answering(), database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def require_current(database: Database) -> None:
    """Raises Misconfigured unless the database has the schema of this version of the service; or Unavailable."""
    found, newest = revision_of(database), newest_revision()
    if found != newest:
        raise Misconfigured(f"the database has schema {found or 'none'}, not {newest}: run diemdanh-cloud migrate")
