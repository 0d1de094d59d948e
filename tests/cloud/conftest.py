"""Every test that asks for `database` runs twice: on SQLite and on PostgreSQL, each freshly migrated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.kit.db import Database
from tests.cloud.migrated import Open


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("used_again" if "database" in request.fixturenames else "postgres_url"))
    return f"sqlite:///{tmp_path}/cloud.sqlite3"


@pytest.fixture
def database(database_url: str, open_migrated: Open) -> Iterator[Database]:
    database = open_migrated(database_url)
    yield database
    database.close()
