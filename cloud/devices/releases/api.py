"""What a unit asks for: is there newer software for me, and the archive itself."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from cloud.devices.asking import AskingUnit
from cloud.devices.releases.store import ReleaseStore
from cloud.kit.errors import NotFound
from cloud.kit.web.service import service

router = APIRouter(tags=["releases"])

Have = Annotated[int, Query(ge=0, le=2**31 - 1)]


@router.get("/api/v1/devices/{device}/release")
def show_release(request: Request, unit: AskingUnit, have: Have = 0) -> Response:
    """The newest manifest that is meant for this unit, or 204."""
    store = _store(request)
    found = store.newest_for(unit, above=have) if store else None
    if store is None or found is None:
        return Response(status_code=204)
    return Response(store.manifest(found.manifest.number), media_type="application/octet-stream")


@router.get("/api/v1/devices/{device}/release/{number}")
def send_archive(request: Request, unit: AskingUnit, number: int) -> FileResponse:
    store = _store(request)
    if store is None or not store.is_for(number, unit):
        raise NotFound(f"there is no release {number} for this unit")
    return FileResponse(store.archive(number), media_type="application/x-tar")


def _store(request: Request) -> ReleaseStore | None:
    folder = service(request).settings.release_dir
    return ReleaseStore(folder) if folder else None
