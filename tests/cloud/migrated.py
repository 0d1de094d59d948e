"""Databases with the newest schema: migrated once for the run and copied; migrating takes longer than most tests."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from cloud import migrations
from cloud.kit.db import Database, open_database
from scripts.loopback.postgres import Postgres

Open = Callable[[str], Database]


@pytest.fixture(scope="session")
def open_migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Opens the database at a URL, empty or not there yet, as one that is migrated. Whoever asks closes it."""

    @cache
    def sqlite() -> Path:
        file = tmp_path_factory.mktemp("migrated") / "model.sqlite3"
        _migrate(f"sqlite:///{file}")
        return file

    @cache
    def postgres() -> tuple[Postgres, str]:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database()
        _migrate(url)
        return server, url

    def opened(url: str) -> Database:
        if url.startswith("sqlite:///"):
            shutil.copyfile(sqlite(), url.removeprefix("sqlite:///"))
        else:
            server, model = postgres()
            server.copy(model, url)
        return open_database(url)

    return opened


def _migrate(url: str) -> None:
    database = open_database(url)
    migrations.upgrade(database)
    database.close()
