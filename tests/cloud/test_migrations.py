"""The migrated schema is the one that the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from cloud import migrations
from cloud.kit.db import Database


def test_models_and_migrated_schema_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, migrations.METADATA) == []


def test_migrating_twice_changes_nothing_and_keys_are_enforced_afterwards(database: Database) -> None:
    migrations.upgrade(database)
    if database.is_sqlite:
        with database.reading() as session:
            assert session.scalar(text("PRAGMA foreign_keys")) == 1
