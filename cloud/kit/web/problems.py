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
from cloud.kit.i18n import Said, is_translated, marked, phrase, said_by, say, translator
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
    409: (
        marked("Not as things stand"),
        marked("Something else stands in the way, or has changed meanwhile. Open the page again and look."),
    ),
    413: (marked("Too large"), marked("What was sent is too large.")),
    422: (marked("Not usable"), marked("What was sent cannot be used as it is.")),
    429: (marked("Too many attempts"), marked("That was tried too often in a short time. Please wait a little.")),
    503: (marked("Just a moment"), marked("The service cannot answer just now. Please try again in a minute.")),
}
"""A title and an explanation in plain words, by status."""
FAILURE = (marked("Our mistake"), marked("Something went wrong on our side. It has been noted; please try again."))

FIELDS = {
    "day": marked("day"), "first_day": marked("first day"), "last_day": marked("last day"), "month": marked("month"),
    "name": marked("name"), "title": marked("subject"), "body": marked("text"), "reason": marked("reason"),
    "note": marked("note"), "came": marked("came at"), "left": marked("left at"), "login": marked("log-in name"),
    "week": marked("week"), "page": marked("page"), "class_id": marked("class"), "period": marked("period"),
    "grade": marked("grade"), "term": marked("term"),
}  # fmt: skip
"""What people call the fields that many forms have; of another its own name."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    status: int
    title: str
    detail: str
    again: str = ""
    """The same page without what could not be used in its address."""


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
    return answer(request, error.status, title=error.title, detail=str(error), said=said_by(error))


def http_error(request: Request, error: Exception) -> Response:
    """For what the router itself refuses: an unknown address, a wrong method."""
    assert isinstance(error, HTTPException)
    return answer(request, error.status_code, headers=error.headers)


def unusable(request: Request, error: Exception) -> Response:
    """For a body or a parameter of the wrong shape. Says which field is wrong, never what it held."""
    assert isinstance(error, RequestValidationError)
    detail = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
    words = translator(language(request))
    names = dict.fromkeys(str(item["loc"][-1]) for item in error.errors() if item["loc"])
    fields = ", ".join(words.gettext(FIELDS.get(name, name)) for name in names)
    said = phrase(marked("This cannot be used as it was typed or chosen: %(fields)s."), fields=fields)
    return answer(request, 422, detail=detail, said=said if fields else None)


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
    said: Said | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`status` in the form that the caller reads; a person who is not signed in is taken to the log-in page.

    A person reads `said` where it is marked for translation, else the words for the status.
    """
    if not _wants_page(request):
        return problem(status, detail or WORDS.get(status, FAILURE)[1], title=title, headers=headers)
    if status == 401:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(here)}" if request.method == "GET" else "/login", 303)
    words = translator(language(request))
    heading, explanation = WORDS.get(status, FAILURE)
    told = said if said is not None and is_translated(said) else explanation
    again = request.url.path if status == 422 and request.method == "GET" and request.url.query else ""
    view = ErrorView(status, words.gettext(heading), say(told, words), again)
    html = service(request).pages.render("kit/error.html", view, language(request))
    return HTMLResponse(html, status, headers=dict(headers or {}))


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and request.headers.get("hx-request") is None
