"""The migrated schema is the one that the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from cloud import migrations
from cloud.kit.db import Database
from cloud.kit.schema import VERSIONS, newest_revision, revision_of


def test_models_and_migrated_schema_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, migrations.METADATA) == []


def test_the_newest_revision_is_known_without_alembic(database: Database) -> None:
    with database.engine.connect() as connection:
        known = MigrationContext.configure(connection).get_current_revision()
    chain = ScriptDirectory(str(VERSIONS.parent), file_template="%(rev)s_%(slug)s")
    assert newest_revision() == chain.get_current_head() == revision_of(database) == known


def test_migrating_twice_changes_nothing_and_keys_are_enforced_afterwards(database: Database) -> None:
    migrations.upgrade(database)
    if database.is_sqlite:
        with database.reading() as session:
            assert session.scalar(text("PRAGMA foreign_keys")) == 1
