from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.biometrics.keyring import Keyring, open_keyring
from cloud.kit.db import Database
from tests.cloud.biometrics.family import Family, settle

SECRET = "a secret of thirty-two characters"


@pytest.fixture
def family(database: Database) -> Family:
    """A small child's: no answer of the child's own is needed."""
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def keyring_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """On the same kind of database as the service's, and never in it."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/keys.sqlite3"
    return str(request.getfixturevalue("postgres").new_database())


@pytest.fixture
def keyring(keyring_url: str) -> Iterator[Keyring]:
    keyring = open_keyring(keyring_url, SECRET)
    yield keyring
    keyring.close()
