"""What units ask for: their roster, the key to it, and a place for their own word on what they hold."""

import base64
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from cloud.biometrics import rosters
from cloud.biometrics.rosters import Rosters
from cloud.devices.asking import AskingUnit, Envelope
from cloud.kit.errors import Forbidden, Invalid, Unavailable
from cloud.kit.web.service import service
from edge.contract import RosterAck, Unreadable, parse
from edge.contract.roster import SIGNER_HEADER

router = APIRouter(tags=["rosters"])

Version = Annotated[int, Query(ge=0, le=2**53)]


@router.get("/api/v1/devices/{device}/roster")
def show_roster(request: Request, unit: AskingUnit, have: Version = 0, key: UUID | None = None) -> Response:
    """The package that leads on from version `have`, or 204. What is read for it is noted in the access log."""
    kit, ours = service(request), rosters_of(request)
    with kit.database.writing() as session:
        body = rosters.package(session, ours, unit, have=have, key_id=key, now=kit.clock())
    if body is None:
        return Response(status_code=204)
    signer = base64.urlsafe_b64encode(ours.public_key).decode()
    return Response(body, media_type="application/octet-stream", headers={SIGNER_HEADER: signer})


@router.get("/api/v1/devices/{device}/roster/keys/{key_id}")
def show_key(request: Request, unit: AskingUnit, key_id: UUID) -> Response:
    with service(request).database.reading() as session:
        key = rosters.key(session, rosters_of(request), unit, key_id)
    return Response(key.encode(), media_type="application/json")


@router.post("/api/v1/devices/{device}/roster/ack", status_code=204)
def take_acknowledgement(request: Request, unit: AskingUnit, envelope: Envelope) -> Response:
    try:
        ack = parse(RosterAck, envelope)
    except Unreadable as error:
        raise Invalid(str(error)) from error
    if ack.device != unit:
        raise Forbidden("A unit speaks for itself alone.")
    with service(request).database.writing() as session:
        rosters.acknowledge(session, ack, now=service(request).clock())
    return Response(status_code=204)


def rosters_of(request: Request) -> Rosters:
    """Raises Unavailable where nobody has set a secret yet."""
    found: Rosters | None = request.app.state.rosters
    if found is None:
        raise Unavailable("Set DIEMDANH_CLOUD_SECRET_KEY first: without it there are no templates.")
    return found
