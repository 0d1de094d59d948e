"""What every answer carries and every changing request must show, as one plain ASGI layer."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.kit.web.headers import HEADERS
from cloud.kit.web.problems import problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Protection:
    """Adds HEADERS where an answer does not say otherwise; refuses a change that another site asked for."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] in SAFE_METHODS or asked_by_ourselves(Headers(scope=scope)):
            await self._app(scope, receive, send_protected)
        else:
            refused = problem(403, "This request came from another site and was not carried out.")
            await refused(scope, receive, send_protected)


def asked_by_ourselves(headers: Headers) -> bool:
    """Whether a changing request was not sent by another site's page.

    Browsers say so themselves: in Sec-Fetch-Site where the connection is trustworthy, in Origin always. A request
    with neither comes from no browser (a unit), so it carries no one's cookie by accident.
    The order is that of Go's net/http.CrossOriginProtection.
    """
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
