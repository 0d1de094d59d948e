"""Errors as their reader can use them: problem+json (RFC 9457) for a program, a page in plain words for a person."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cloud.kit.errors import CloudError
from cloud.kit.i18n import marked, translator
from cloud.kit.web.headers import HEADERS
from cloud.kit.web.service import language, service

log = logging.getLogger(__name__)

WORDS = {
    400: (marked("Not understood"), marked("The request could not be understood.")),
    403: (
        marked("Not allowed"),
        marked("Your account may not see or do this. If it should, ask the school's administrator."),
    ),
    404: (marked("Not found"), marked("There is no such page, or it is not yours to see.")),
    405: (marked("Not here"), marked("This address does not take that kind of request.")),
    413: (marked("Too large"), marked("What was sent is too large.")),
    422: (marked("Not usable"), marked("What was sent cannot be used as it is.")),
    503: (marked("Just a moment"), marked("The service cannot answer just now. Please try again in a minute.")),
}
"""A title and an explanation in plain words, by status."""
FAILURE = (marked("Our mistake"), marked("Something went wrong on our side. It has been noted; please try again."))


@dataclass(frozen=True, slots=True)
class ErrorView:
    status: int
    title: str
    detail: str


def problem(
    status: int, detail: str, *, title: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An RFC 9457 document. `type` is left out: about:blank, the status says it."""
    body = {"title": title or HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(
        json.dumps(body, ensure_ascii=False), status, media_type="application/problem+json", headers=dict(headers or {})
    )


def cloud_error(request: Request, error: Exception) -> Response:
    """For CloudError: its message was written for the caller."""
    assert isinstance(error, CloudError)
    return answer(request, error.status, title=error.title, detail=str(error))


def http_error(request: Request, error: Exception) -> Response:
    """For what the router itself refuses: an unknown address, a wrong method."""
    assert isinstance(error, HTTPException)
    return answer(request, error.status_code, headers=error.headers)


def unusable(request: Request, error: Exception) -> Response:
    """For a body or a parameter of the wrong shape. Says which field is wrong, never what it held."""
    assert isinstance(error, RequestValidationError)
    detail = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
    return answer(request, 422, detail=detail)


def failure(request: Request, error: Exception) -> Response:
    """For everything that nobody foresaw. The reader learns nothing of the inside; the log holds the whole of it.

    This answer is given outside of all middleware, so it brings the headers itself.
    """
    log.error("request failed: %s %s", request.method, request.scope.get("route", "no route"), exc_info=error)
    return answer(request, 500, headers=HEADERS)


def answer(
    request: Request,
    status: int,
    *,
    title: str | None = None,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`status` in the form that the caller reads; a person who is not signed in is taken to the log-in page."""
    if not _wants_page(request):
        return problem(status, detail or WORDS.get(status, FAILURE)[1], title=title, headers=headers)
    if status == 401:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(here)}" if request.method == "GET" else "/login", 303)
    words = translator(language(request))
    heading, explanation = WORDS.get(status, FAILURE)
    view = ErrorView(status, words.gettext(heading), words.gettext(explanation))
    html = service(request).pages.render("kit/error.html", view, language(request))
    return HTMLResponse(html, status, headers=dict(headers or {}))


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and request.headers.get("hx-request") is None
