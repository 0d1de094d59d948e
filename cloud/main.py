"""The HTTP side: composition root of everything that answers a browser or a unit's upload."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from argon2 import Parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.middleware.gzip import GZipMiddleware

import cloud
from cloud.accounts.oidc.provider import open_provider
from cloud.accounts.passwords import Passwords
from cloud.accounts.throttle import Throttle
from cloud.attendance.counting_classes import Shared
from cloud.attendance.live import Changes
from cloud.attendance.register import roll_queries
from cloud.biometrics.photos.rules import MAX_BYTES as MAX_PHOTO_BYTES
from cloud.biometrics.rosters import open_rosters
from cloud.digital_index.criteria import read_criteria
from cloud.features import FAMILY_PLACES, FEATURES, PLACES
from cloud.kit.clock import Clock, system_clock
from cloud.kit.db import Database
from cloud.kit.errors import CloudError
from cloud.kit.web import assets, problems
from cloud.kit.web.pages import Pages
from cloud.kit.web.protection import Protection
from cloud.kit.web.service import Service
from cloud.people.exchange.reading import MAX_BYTES as MAX_IMPORT_BYTES
from cloud.people.exchange.running import Imports
from cloud.people.frame import frame_around
from cloud.settings import CloudSettings

MAX_BODY_BYTES = 1024 * 1024
"""Whoever has not logged in may send little; a route that takes files says so itself."""
WITH_TEMPLATES = (
    "accounts",
    "attendance",
    "people",
    "biometrics",
    "cards",
    "reports",
    "digital_index",
    "units",
    "notifications",
    "setup",
)


@cache
def _looks() -> tuple[assets.Assets, Pages]:
    """Once for the process: a template is compiled when it is first shown, for some 50 ms."""
    static = assets.Assets()
    folders = {name: Path(cloud.__path__[0]) / name / "templates" for name in WITH_TEMPLATES}
    return static, Pages(folders, static)


def create_app(
    settings: CloudSettings,
    database: Database,
    *,
    clock: Clock = system_clock,
    password_parameters: Parameters = RFC_9106_LOW_MEMORY,
) -> FastAPI:
    """The schema is up to date already; whoever passes `database` closes it."""
    # What is uploaded stays in memory until it is sealed: no photo, scan or list touches the disk in the clear.
    MultiPartParser.spool_max_size = max(MAX_PHOTO_BYTES, MAX_IMPORT_BYTES)
    changes = Changes(database, clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(changes.run())
        yield
        watching.cancel()

    app = FastAPI(
        title="Diemdanh",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        max_body_size=MAX_BODY_BYTES,
    )
    static, pages = _looks()
    https = settings.public_url.startswith("https://")
    app.state.service = Service(database, clock, settings, pages, https)
    app.state.passwords = Passwords(password_parameters)
    app.state.throttle = Throttle(database, clock)
    app.state.changes = changes
    app.state.standings = Shared(changes.told)
    app.state.imports = Imports()
    app.state.static = static
    app.state.places = PLACES
    app.state.roll_taken_since = roll_queries.roll_taken_since
    app.state.family_places = FAMILY_PLACES
    app.state.around = frame_around
    app.state.provider = open_provider(settings, clock)
    app.state.rosters = open_rosters(settings)
    app.state.digital_index = read_criteria(settings.digital_index_file)

    app.mount(assets.ROUTE, static, "static")
    # As they are: include_router builds all of them anew at the first request, for as long as the import takes.
    app.router.routes.extend(route for feature in FEATURES for route in feature.router.routes)
    app.add_exception_handler(CloudError, problems.cloud_error)
    app.add_exception_handler(HTTPException, problems.http_error)
    app.add_exception_handler(RequestValidationError, problems.unusable)
    app.add_exception_handler(Exception, problems.failure)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Protection, https=https)
    return app
