"""PostgreSQL: one cluster for the run, one fresh database for each test."""

from collections.abc import Iterator

import pytest

from scripts.loopback.postgres import Postgres

__all__ = ["Postgres", "postgres", "postgres_url"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Shared: a test that kills it makes its own."""
    server = Postgres()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    return postgres.new_database()
