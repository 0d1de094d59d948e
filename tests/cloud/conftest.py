"""Every test that asks for `database` runs twice: on SQLite and on PostgreSQL, each freshly migrated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.kit.db import Database
from scripts.loopback.postgres import Postgres
from tests.cloud.migrated import Open


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        # `database` makes it, as a copy of the migrated one: an empty one would only be thrown away.
        return server.free_url() if "database" in request.fixturenames else server.new_database()
    return f"sqlite:///{tmp_path}/cloud.sqlite3"


@pytest.fixture
def database(database_url: str, open_migrated: Open) -> Iterator[Database]:
    database = open_migrated(database_url)
    yield database
    database.close()
