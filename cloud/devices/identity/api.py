"""Units ask for a certificate here; administrators for a code, or for a lock-out."""

import logging
from datetime import datetime
from math import ceil
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.throttle import Throttle
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.devices.asking import AskingUnit
from cloud.devices.identity import broker_files, issuing, queries
from cloud.devices.identity.issuing import Issuer
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.errors import Forbidden, Invalid, NotFound, TooMany, Unavailable
from cloud.kit.web.service import Service, service
from cloud.kit.web.service import address as address_of
from cloud.settings import CloudSettings
from edge.contract import Wire
from edge.contract.identity import CLAIM_PATH, ClaimRequest, RenewalRequest, renewal_path, shown_code
from edge.contract.wire import describe

log = logging.getLogger(__name__)

router = APIRouter(tags=["identity"])
Payload = Annotated[dict[str, Any], Body()]
WireT = TypeVar("WireT", bound=Wire)
SHORTEST_SECRET = 32


class ClaimCode(BaseModel):
    """Shown once, to be typed at the unit."""

    device: str
    code: str
    expires_at: datetime


class Revoked(BaseModel):
    device: str
    certificates: int
    broker_told: bool
    """Whether the broker's files were written; if not, the service alone refuses the unit."""


@router.post(CLAIM_PATH)
def claim(request: Request, payload: Payload) -> Response:
    """Open to everybody who has a code; each wrong one makes the same address wait."""
    asked = _read(ClaimRequest, payload)
    throttle: Throttle = request.app.state.throttle
    address = address_of(request)
    wait_s = throttle.wait_s(address, CLAIM_PATH)
    if wait_s > 0:
        raise TooMany(f"too many wrong codes from here: try again in {ceil(wait_s)} s")
    issuer = issuer_of(service(request))
    try:
        with service(request).database.writing() as session:
            claimed = issuing.claim(session, issuer, asked.code, asked.signing_request_pem)
    except Forbidden:
        throttle.failed(address, CLAIM_PATH)
        raise
    throttle.succeeded(address, CLAIM_PATH)
    claimed = claimed.model_copy(update={"roster_signer": _roster_signer(request)})
    log.info("unit claimed device=%s", claimed.device)
    tell_broker(service(request).database, issuer, service(request).settings)
    return Response(claimed.encode(), media_type="application/json")


@router.post(renewal_path("{device}"))
def renew(request: Request, unit: AskingUnit, payload: Payload) -> Response:
    """For the unit itself, by its token and the key of the certificate that it renews."""
    asked = _read(RenewalRequest, payload)
    with service(request).database.writing() as session:
        renewed = issuing.renew(session, issuer_of(service(request)), unit, asked.signing_request_pem)
    return Response(renewed.encode(), media_type="application/json")


@router.post("/api/v1/devices/{device}/claim-code")
def give_code(request: Request, device: str, visitor: SignedIn) -> ClaimCode:
    with service(request).database.writing() as session:
        school_id = _own(session, visitor, device)
        code, expires_at = issuing.give_code(session, issuer_of(service(request)), device)
        now = service(request).clock()
        audit.note(session, school_id, visitor.actor.user_id, "unit.claim_code", device, now=now)
    log.info("claim code given device=%s by=%s", device, visitor.actor.user_id)
    return ClaimCode(device=device, code=shown_code(code), expires_at=expires_at)


@router.post("/api/v1/devices/{device}/revocation")
def revoke(request: Request, device: str, visitor: SignedIn) -> Revoked:
    """Lock a unit out: lost, stolen or sold."""
    kit = service(request)
    with kit.database.reading() as session:
        school_id = _own(session, visitor, device)
    return lock_out(kit, device, school_id, by=visitor.actor.user_id)


def lock_out(kit: Service, device: str, school_id: UUID, *, by: UUID) -> Revoked:
    """By API or by page, for whoever may: from the commit on, and at the broker as soon as it has been told."""
    issuer = issuer_of(kit)
    with kit.database.writing() as session:
        certificates = issuing.revoke(session, issuer, device)
        facts = {"certificates": str(certificates)}
        audit.note(session, school_id, by, "unit.locked_out", device, facts, now=kit.clock())
    log.warning("unit locked out device=%s by=%s", device, by)
    told = tell_broker(kit.database, issuer, kit.settings)
    return Revoked(device=device, certificates=certificates, broker_told=told)


def _roster_signer(request: Request) -> bytes | None:
    """So that a unit need not believe the first whom it hears of. None where nobody can be enrolled yet."""
    rosters = request.app.state.rosters
    return None if rosters is None else bytes(rosters.public_key)


def issuer_of(service: Service) -> Issuer:
    """Raises Unavailable where nobody has set a secret yet."""
    return issuer_from(service.settings, service.clock)


def issuer_from(settings: CloudSettings, clock: Clock) -> Issuer:
    secret = settings.secret_key.get_secret_value() if settings.secret_key else ""
    if len(secret) < SHORTEST_SECRET:
        raise Unavailable(
            f"units cannot be claimed yet: set DIEMDANH_CLOUD_SECRET_KEY to {SHORTEST_SECRET} characters or more"
            " (openssl rand -hex 32)"
        )
    return Issuer(secret, settings.broker_public_url, clock)


def tell_broker(database: Database, issuer: Issuer, settings: CloudSettings) -> bool:
    """Whether its files are written. They follow the database, so a failure is made good by `broker-files` later."""
    if settings.broker_dir is None:
        return False
    try:
        with database.writing() as session:
            broker_files.write(broker_files.compose(session, issuer), settings.broker_dir)
    except OSError as error:
        log.error("broker not told folder=%s: %s; run diemdanh-cloud broker-files", settings.broker_dir, error)
        return False
    return True


def _own(session: Session, visitor: Visitor, device: str) -> UUID:
    """The unit's school. Raises NotFound for a unit of nobody or of somebody else: both look the same."""
    school = queries.school_of(session, device)
    if school is None or school[0] not in visitor.actor.schools_where(Right.MANAGE_UNITS):
        raise NotFound(f"no unit {device!r}")
    return school[0]


def _read(model: type[WireT], payload: dict[str, Any]) -> WireT:
    try:
        return model.model_validate(payload, extra="ignore")
    except ValidationError as error:
        raise Invalid("; ".join(describe(error))) from error
