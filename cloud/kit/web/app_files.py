"""What a phone fetches by a fixed address to keep the pages as an app and to show messages."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from cloud.kit.i18n import marked, translator
from cloud.kit.web.assets import FOLDER, Assets
from cloud.kit.web.service import language, page

router = APIRouter(include_in_schema=False)

DESCRIPTION = marked("See your child arrive at school, ask for leave, read what the school writes.")
SHORTCUTS = {
    marked("Today"): "/children",
    marked("Ask for leave"): "/children/leave",
    marked("Messages"): "/messages",
}
"""Shown by a phone when the app's icon is held."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Of the app, for whoever wonders whether to install it."""

    label: str
    width_px: int = 585
    height_px: int = 1170


PICTURES = {
    "app-today.png": Picture(marked("Today: when your child came to school")),
    "app-month.png": Picture(marked("A month at a glance")),
}
"""Files of `static`, of one shape as Android wants them, made by `scripts/screenshots --app`. No page loads them."""


@router.get("/sw.js")
def service_worker() -> Response:
    """At the root, because a service worker rules only what lies below its own address; never from an old copy."""
    return FileResponse(FOLDER / "sw.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/offline")
def offline(request: Request) -> Response:
    """Shown by the service worker for a page of which it has no copy."""
    return page(request, "kit/offline.html", None, signed_in=False)


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    static: Assets = request.app.state.static
    words = translator(language(request)).gettext
    body = {
        "id": "/",
        "name": "Điểm danh",
        "short_name": "Điểm danh",
        "description": words(DESCRIPTION),
        "lang": language(request),
        "dir": "ltr",
        "scope": "/",
        "start_url": "/?from=home-screen",
        "display": "standalone",
        "categories": ["education"],
        "background_color": "#faf5ee",
        "theme_color": "#4a2a8f",
        "icons": [
            {"src": static.url("icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            {"src": static.url("icon-192.png"), "type": "image/png", "sizes": "192x192"},
            {"src": static.url("icon-512.png"), "type": "image/png", "sizes": "512x512"},
            # Its dots stay within the circle that a launcher may cut.
            {
                "src": static.url("icon-maskable-512.png"),
                "type": "image/png",
                "sizes": "512x512",
                "purpose": "maskable",
            },
        ],
        "screenshots": [
            {
                "src": static.url(name),
                "type": "image/png",
                "sizes": f"{one.width_px}x{one.height_px}",
                "form_factor": "narrow",
                "label": words(one.label),
            }
            for name, one in PICTURES.items()
        ],
        "shortcuts": [
            {"name": words(name), "url": path, "icons": [{"src": static.url("icon-192.png"), "sizes": "192x192"}]}
            for name, path in SHORTCUTS.items()
        ],
    }
    headers = {"Cache-Control": "max-age=3600"}
    return JSONResponse(body, media_type="application/manifest+json", headers=headers)
