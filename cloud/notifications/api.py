"""A browser asks for Web Push, takes the wish back, and says that it has shown a message or opened it."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.rules import device_of
from cloud.accounts.visitor import SignedIn
from cloud.kit.errors import Invalid, NotFound, Unauthenticated
from cloud.kit.web.service import service
from cloud.notifications import queries
from cloud.notifications.rules import LOOPBACK, is_acceptable_endpoint
from cloud.notifications.transport import PushAddress
from cloud.notifications.vapid import public_key

router = APIRouter(tags=["notifications"])

Endpoint = Annotated[str, Field(max_length=700)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+={0,2}$")]


class PushKey(BaseModel):
    key: str


class BrowserKeys(BaseModel):
    p256dh: Annotated[Key, Field(max_length=120)]
    auth: Annotated[Key, Field(max_length=40)]


class Browser(BaseModel):
    """What `PushSubscription.toJSON()` gives."""

    endpoint: Endpoint
    keys: BrowserKeys


class BrowserGone(BaseModel):
    endpoint: Endpoint


@router.get("/push/key")
def push_key(request: Request) -> PushKey:
    """The key that a browser subscribes with; the same for everybody."""
    private_key = service(request).settings.vapid_private_key
    if private_key is None:
        raise NotFound("This school sends no Web Push.")
    return PushKey(key=public_key(private_key.get_secret_value()))


@router.post("/push/subscriptions", status_code=204)
def subscribe(request: Request, visitor: SignedIn, browser: Browser) -> Response:
    kit = service(request)
    on_one_machine = urlsplit(kit.settings.public_url).hostname in LOOPBACK
    if not is_acceptable_endpoint(browser.endpoint, allow_loopback=on_one_machine):
        raise Invalid("endpoint: not the address of a push service")
    address = PushAddress(browser.endpoint, browser.keys.p256dh, browser.keys.auth)
    device = device_of(request.headers.get("user-agent", ""))
    user_id, key = visitor.actor.user_id, visitor.token_hash
    try:
        with kit.database.writing() as session:
            queries.add_browser(session, user_id, address, now=kit.clock(), device=device, session_hash=key)
    except IntegrityError as error:
        raise Unauthenticated("Please log in.") from error
    return Response(status_code=204)


@router.delete("/push/subscriptions", status_code=204)
def unsubscribe(request: Request, visitor: SignedIn, browser: BrowserGone) -> Response:
    with service(request).database.writing() as session:
        queries.remove_browser(session, visitor.actor.user_id, browser.endpoint)
    return Response(status_code=204)


@router.post("/push/receipts/{message_id}", status_code=204)
def confirm(request: Request, message_id: UUID) -> Response:
    """From a service worker, which may have no session any more: the id came encrypted, so whoever knows it had it."""
    return _write_down(request, message_id, queries.mark_delivered)


@router.post("/push/receipts/{message_id}/opened", status_code=204)
def confirm_opened(request: Request, message_id: UUID) -> Response:
    """Somebody tapped on it; from the same service worker."""
    return _write_down(request, message_id, queries.mark_opened)


def _write_down(request: Request, message_id: UUID, mark: Callable[..., bool]) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        if not mark(session, message_id, now=kit.clock()):
            raise NotFound("There is no such message.")
    return Response(status_code=204)
