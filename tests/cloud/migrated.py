"""Databases with the newest schema: migrated once for the run, then copied or cleared. Migrating takes longer than most
tests, and so does a copy in PostgreSQL; and what SQLAlchemy compiles for one of them is good for all."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from cloud import migrations
from cloud.kit import db
from cloud.kit.db import Database, open_database
from scripts.loopback.postgres import Postgres

Open = Callable[[str], Database]


@pytest.fixture(scope="session")
def open_migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Opens the database at a URL as one that is migrated and has no row. Whoever asks closes it."""

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
        elif url == request.getfixturevalue("used_again"):
            request.getfixturevalue("postgres").clear(url, keep="alembic_version")
            assert triggers(url) == request.getfixturevalue("triggers_at_first"), "an earlier test changed them"
        else:
            server, model = postgres()
            server.fill(url, model)
        return open_database(url)

    return opened


@pytest.fixture(scope="session")
def used_again(postgres: Postgres) -> str:
    """The address of a migrated database that one test after the other finds without a row."""
    url = postgres.new_database()
    _migrate(url)
    return url


@pytest.fixture(scope="session")
def triggers_at_first(used_again: str) -> set[str]:
    return triggers(used_again)


def triggers(url: str) -> set[str]:
    """Of PostgreSQL; a month's table has those of the whole."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        found = connection.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0")
        return {name for (name,) in found}


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Every engine of a kind has the dialect and the compiled statements of the first: a sixth of what tests of the
    service work is compiling the same statements, for each test opens a database of its own."""
    create_engine, first = db.create_engine, dict[str, Engine]()

    def create(*given: Any, **options: Any) -> Engine:
        engine = create_engine(*given, **options)
        known = first.get(engine.name)
        # A dialect knows its server once it has been connected.
        if known is None or not hasattr(known.dialect, "server_version_info"):
            first[engine.name] = engine
        else:
            engine.dialect = engine.pool._dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "create_engine", create)
        yield


def _migrate(url: str) -> None:
    database = open_database(url)
    migrations.upgrade(database)
    database.close()
