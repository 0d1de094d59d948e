"""What Zalo and the SMS aggregator say later of a message: that it arrived, or that it never will.

Whoever is not known to say the truth is refused; what is true and none of ours is answered 200, or it would come again.
"""

import hmac
from enum import StrEnum
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from cloud.kit.errors import Forbidden, Invalid, NotFound
from cloud.kit.web.service import service
from cloud.notifications import queries, receipt_queries
from cloud.notifications.rules import is_news
from cloud.notifications.transport import Channel

router = APIRouter(include_in_schema=False)

LARGEST = 64 * 1024
RECEIVED = "user_received_message"
"""Zalo's name for the event; of one that is no ZNS it holds no id of ours."""


class Signed(BaseModel):
    """What every event of Zalo's holds and its signature covers."""

    app_id: str
    timestamp: str | int


class Delivery(BaseModel):
    tracking_id: UUID


class Received(BaseModel):
    event_name: str
    message: Delivery


class Status(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"
    """For good: the aggregator does not try again."""


class SmsReceipt(BaseModel):
    id: UUID
    """Under which we handed the message over."""
    status: str
    """One of Status; any other is on the way, and changes nothing."""
    reason: str = ""


async def raw(request: Request) -> bytes:
    """As it came: a signature is one of bytes."""
    return await request.body()


Raw = Annotated[bytes, Depends(raw)]


@router.post("/receipts/zalo", max_body_size=LARGEST)
def from_zalo(request: Request, body: Raw, x_zevent_signature: Annotated[str, Header()] = "") -> Response:
    """All events that the official account's webhook was asked to send come here."""
    kit = service(request)
    app_id, secret = kit.settings.zalo_app_id, kit.settings.zalo_oa_secret
    if app_id is None or secret is None:
        raise NotFound("This service takes no receipts from Zalo.")
    if not is_of_zalo(body, x_zevent_signature, app_id, secret.get_secret_value()):
        raise Forbidden("This is not signed as Zalo signs.")
    try:
        event = Received.model_validate_json(body)
    except ValidationError:
        return Response()
    if event.event_name == RECEIVED:
        with kit.database.writing() as session:
            receipt_queries.delivered(session, event.message.tracking_id, Channel.ZALO, now=kit.clock())
    return Response()


@router.post("/receipts/sms", max_body_size=LARGEST)
def from_sms(request: Request, body: Raw, authorization: Annotated[str, Header()] = "") -> Response:
    """A message that failed for good goes by the next channel, while it is news."""
    kit, token = service(request), service(request).settings.sms_receipt_token
    if token is None:
        raise NotFound("This service takes no receipts of SMS.")
    if not hmac.compare_digest(authorization.encode(), f"Bearer {token.get_secret_value()}".encode()):
        raise Forbidden("This does not come from the SMS service.")
    try:
        receipt = SmsReceipt.model_validate_json(body)
    except ValidationError as error:
        raise Invalid("A receipt has an id, which is ours, and a status.") from error
    now = kit.clock()
    with kit.database.writing() as session:
        if receipt.status == Status.DELIVERED:
            receipt_queries.delivered(session, receipt.id, Channel.SMS, now=now)
        elif receipt.status == Status.FAILED:
            failure = f"the SMS service gave it up: {receipt.reason or 'no reason given'}"
            happened_at = receipt_queries.undelivered(session, receipt.id, Channel.SMS, failure=failure)
            if happened_at is not None and is_news(happened_at, now):
                queries.try_next(session, receipt.id, now=now)
    return Response()


def is_of_zalo(body: bytes, signature: str, app_id: str, secret: str) -> bool:
    """`signature`: the SHA-256 of the app's id, the body, its timestamp and the account's secret, in a row."""
    try:
        signed = Signed.model_validate_json(body)
    except ValidationError:
        return False
    covered = app_id.encode() + body + str(signed.timestamp).encode() + secret.encode()
    right = sha256(covered).hexdigest()
    return signed.app_id == app_id and hmac.compare_digest(
        signature.removeprefix("mac=").strip().lower().encode(), right.encode()
    )
