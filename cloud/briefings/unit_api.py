"""What units ask for: their briefing, the key to it, and a place for their own word on what they hold."""

import base64
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from cloud.biometrics.roster_api import rosters_of
from cloud.briefings import packing
from cloud.devices.asking import AskingUnit, Envelope
from cloud.kit.errors import Forbidden, Invalid
from cloud.kit.web.service import service
from edge.contract import BriefingAck, Unreadable, parse
from edge.contract.roster import SIGNER_HEADER

router = APIRouter(tags=["briefings"])

Version = Annotated[int, Query(ge=0, le=2**53)]
Digest = Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")]


@router.get("/api/v1/devices/{device}/briefing")
def show_briefing(
    request: Request, unit: AskingUnit, have: Version = 0, holds: Digest | None = None, key: UUID | None = None
) -> Response:
    """The package that leads on from version `have`, or 204."""
    kit, ours = service(request), rosters_of(request)
    with kit.database.writing() as session:
        body = packing.package(session, ours, unit, have=have, holds=holds, key_id=key, now=kit.clock())
    if body is None:
        return Response(status_code=204)
    signer = base64.urlsafe_b64encode(ours.public_key).decode()
    return Response(body, media_type="application/octet-stream", headers={SIGNER_HEADER: signer})


@router.get("/api/v1/devices/{device}/briefing/keys/{key_id}")
def show_key(request: Request, unit: AskingUnit, key_id: UUID) -> Response:
    with service(request).database.reading() as session:
        key = packing.key(session, rosters_of(request), unit, key_id)
    return Response(key.encode(), media_type="application/json")


@router.post("/api/v1/devices/{device}/briefing/ack", status_code=204)
def take_acknowledgement(request: Request, unit: AskingUnit, envelope: Envelope) -> Response:
    try:
        ack = parse(BriefingAck, envelope)
    except Unreadable as error:
        raise Invalid(str(error)) from error
    if ack.device != unit:
        raise Forbidden("A unit speaks for itself alone.")
    with service(request).database.writing() as session:
        packing.acknowledge(session, ack, now=service(request).clock())
    return Response(status_code=204)
