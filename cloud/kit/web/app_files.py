"""The two files that a phone fetches by a fixed address to keep the pages as an app and to show messages."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from cloud.kit.web.assets import FOLDER, Assets

router = APIRouter(include_in_schema=False)


@router.get("/sw.js")
def service_worker() -> Response:
    """At the root, because a service worker rules only what lies below its own address; never from an old copy."""
    return FileResponse(FOLDER / "sw.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    static: Assets = request.app.state.static
    body = {
        "id": "/",
        "name": "Điểm danh",
        "short_name": "Điểm danh",
        "lang": "vi",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#faf5ee",
        "theme_color": "#4a2a8f",
        "icons": [
            {"src": static.url("icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            {"src": static.url("icon-192.png"), "type": "image/png", "sizes": "192x192", "purpose": "any maskable"},
            {"src": static.url("icon-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "any maskable"},
        ],
    }
    headers = {"Cache-Control": "max-age=3600"}
    return JSONResponse(body, media_type="application/manifest+json", headers=headers)
