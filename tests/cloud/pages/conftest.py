from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloud import migrations
from cloud.kit.db import open_database
from tests.cloud.pages.people import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """On SQLite: that the queries say the same on PostgreSQL is tested where they are."""
    with _house(tmp_path) as house:
        yield house


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that only look."""
    with _house(tmp_path_factory.mktemp("house")) as house:
        yield house


@contextmanager
def _house(folder: Path) -> Iterator[House]:
    database = open_database(f"sqlite:///{folder}/cloud.sqlite3")
    migrations.upgrade(database)
    with open_house(database) as house:
        yield house
    database.close()
