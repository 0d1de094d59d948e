"""What a request may use, put on the application by the composition root."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse

from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.i18n import Language, language_of
from cloud.kit.web.pages import Frame, Pages
from cloud.settings import CloudSettings

LANGUAGE_COOKIE = "language"


@dataclass(frozen=True, slots=True)
class Service:
    database: Database
    clock: Clock
    settings: CloudSettings
    pages: Pages
    https: bool
    """Whether readers come by https: cookies are then marked so that they travel by nothing else."""


def service(request: Request) -> Service:
    found: Service = request.app.state.service
    return found


def address(request: Request) -> str:
    """Where it comes from, as far as the proxies that are trusted tell."""
    return request.client.host if request.client else ""


def language(request: Request) -> Language:
    """The reader's choice, or Vietnamese. What the browser prefers does not count: phones are often left in English."""
    return language_of(request.cookies.get(LANGUAGE_COOKIE))


def page(
    request: Request,
    template: str,
    view: object,
    *,
    status: int = 200,
    signed_in: bool = True,
    frame: Frame | None = None,
) -> HTMLResponse:
    """Without a frame of its own a page gets the one that the composition root has for whoever is asking."""
    if frame is None and signed_in:
        frame = request.app.state.around(request)
    html = service(request).pages.render(template, view, language(request), signed_in=signed_in, frame=frame)
    answer = HTMLResponse(html, status)
    if frame and frame.kept_for and status == HTTPStatus.OK and request.method == "GET":
        answer.headers["Kept-For"] = frame.kept_for
    return answer
