"""How every process of the service begins: settings read once, one database."""

import logging
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cloud.kit.db import Database, open_database
from cloud.kit.errors import Misconfigured
from cloud.kit.sqlite import Checkpointer
from cloud.settings import PREFIX, CloudSettings
from edge.contract.settings_file import BadSettings, load


def read_settings(environ: Mapping[str, str]) -> CloudSettings:
    """Raises Misconfigured with every problem at once."""
    try:
        settings = load(CloudSettings, prefix=PREFIX, environ=environ)
    except BadSettings as error:
        raise Misconfigured(f"the settings are not usable:\n{error}") from error
    logging.getLogger().setLevel(settings.log_level.upper())
    return settings


def connect(settings: CloudSettings) -> Database:
    """Raises Misconfigured. SQLite's folder is made if it is not there."""
    try:
        url = make_url(settings.database_url.get_secret_value())
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return open_database(url.render_as_string(hide_password=False), connections=settings.database_connections)
    except (ArgumentError, ModuleNotFoundError, OSError) as error:
        raise Misconfigured(
            f"{PREFIX}_DATABASE_URL: {error}. Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        ) from error


def checkpointer(database: Database) -> Checkpointer | None:
    """For a process that lives long; None where the database looks after itself."""
    file = database.engine.url.database
    return Checkpointer(Path(file)) if database.is_sqlite and file else None
