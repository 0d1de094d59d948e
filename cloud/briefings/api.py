"""What the school sets for its units: settings, calibration, class and room."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.biometrics import rosters
from cloud.biometrics.roster_api import rosters_of
from cloud.briefings import queries
from cloud.briefings.tables import UnitOrders
from cloud.kit.errors import Invalid, NotFound
from cloud.kit.web.service import Service, service
from cloud.school.calendar.queries import classes_of
from edge.contract.briefing_parts import CalibrationPart, UnitSettings
from edge.contract.wire import describe

router = APIRouter(tags=["briefings"])
Payload = Annotated[dict[str, Any], Body()]


class Place(BaseModel):
    """Where a unit hangs: null and null is a gate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    class_id: UUID | None
    room: Annotated[str, Field(min_length=1, max_length=20)] | None = None


@router.get("/api/v1/devices/{device}/settings")
def show_settings(request: Request, device: str, visitor: SignedIn) -> UnitSettings:
    with service(request).database.reading() as session:
        own_unit(session, visitor, device)
        orders = queries.orders(session, device)
    return UnitSettings.model_validate(orders.settings if orders else {})


@router.put("/api/v1/devices/{device}/settings", status_code=204)
def set_settings(request: Request, device: str, visitor: SignedIn, payload: Payload) -> Response:
    """All that the cloud sets on this unit; what is left out is the unit's own again."""
    settings = settings_from(payload)
    with service(request).database.writing() as session:
        orders = orders_of(session, visitor, service(request), device)
        orders.settings = settings
        facts = {name: str(value) for name, value in settings.items()}
        _note(session, visitor, service(request), orders, "unit.settings", facts)
    return Response(status_code=204)


@router.put("/api/v1/devices/{device}/calibration", status_code=204)
def set_calibration(request: Request, device: str, visitor: SignedIn, payload: Payload) -> Response:
    """As `diemdanh-edge calibrate` wrote it; a unit with another model leaves it aside."""
    try:
        calibration = CalibrationPart.model_validate(payload)
    except ValidationError as error:
        raise Invalid("; ".join(describe(error))) from error
    with service(request).database.writing() as session:
        orders = orders_of(session, visitor, service(request), device)
        orders.calibration = calibration.model_dump(mode="json")
        facts = {"model": calibration.model, "threshold": str(calibration.threshold)}
        _note(session, visitor, service(request), orders, "unit.calibrated", facts)
    return Response(status_code=204)


@router.delete("/api/v1/devices/{device}/calibration", status_code=204)
def drop_calibration(request: Request, device: str, visitor: SignedIn) -> Response:
    with service(request).database.writing() as session:
        orders = orders_of(session, visitor, service(request), device)
        orders.calibration = None
        _note(session, visitor, service(request), orders, "unit.calibration_dropped", {})
    return Response(status_code=204)


@router.put("/api/v1/devices/{device}/place", status_code=204)
def set_place(request: Request, device: str, visitor: SignedIn, place: Place) -> Response:
    """Whom the unit may know, and whose lessons are behind it. Whom it may no longer know, it erases."""
    with service(request).database.writing() as session:
        school_id = own_unit(session, visitor, device)
        if place.class_id is not None and place.class_id not in {one.id for one in classes_of(session, school_id)}:
            raise Invalid("class_id: no class of this school")
        rosters.assign(session, rosters_of(request), device, place.class_id)
        orders = orders_of(session, visitor, service(request), device)
        orders.room = place.room
        facts = {"class": str(place.class_id or "gate"), "room": place.room or ""}
        _note(session, visitor, service(request), orders, "unit.placed", facts)
    return Response(status_code=204)


def settings_from(payload: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid, naming every field that the cloud may not set or that is out of range."""
    try:
        return UnitSettings.model_validate(payload).model_dump(exclude_none=True, exclude={"v"})
    except ValidationError as error:
        known = ", ".join(name for name in UnitSettings.model_fields if name != "v")
        raise Invalid(f"{'; '.join(describe(error))}. The cloud may set: {known}") from error


def orders_of(session: Session, visitor: Visitor, service: Service, device: str) -> UnitOrders:
    """The unit's row, made if need be, signed by whoever changes it. Raises NotFound."""
    school_id = own_unit(session, visitor, device)
    orders = queries.orders(session, device)
    if orders is None:
        orders = UnitOrders(device_id=device, school_id=school_id, settings={})
        queries.add_orders(session, orders)
    orders.changed_at, orders.changed_by = service.clock(), visitor.actor.user_id
    return orders


def own_unit(session: Session, visitor: Visitor, device: str) -> UUID:
    """Its school. Raises NotFound for a unit of nobody or of somebody else: both look the same."""
    school_id = queries.school_of(session, device)
    if school_id is None or school_id not in visitor.actor.schools_where(Right.MANAGE_UNITS):
        raise NotFound(f"no unit {device!r}")
    return school_id


def _note(
    session: Session, visitor: Visitor, service: Service, orders: UnitOrders, action: str, facts: dict[str, str]
) -> None:
    by, now = visitor.actor.user_id, service.clock()
    audit.note(session, orders.school_id, by, action, orders.device_id, facts, now=now)
