"""This phone as a parent uses it: on the home screen, with notifications, and which other devices have them."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.visitor import SignedIn
from cloud.kit.i18n import marked
from cloud.kit.web.service import page, service
from cloud.notifications.device_queries import Device, devices_of, remove_device
from cloud.people.frame import FamilyPlace

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("On this phone"), "/account/devices"),)


@dataclass(frozen=True, slots=True)
class DevicesView:
    web_push: bool
    """Whether this school sends any."""
    devices: list[Device]
    at_work: bool
    """Whether the reader is told as a member of staff."""


@router.get("/account/devices")
def show_devices(request: Request, visitor: SignedIn) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        devices = devices_of(session, visitor.actor.user_id, kit.clock())
    view = DevicesView(kit.settings.vapid_private_key is not None, devices, visitor.actor.is_staff)
    return page(request, "notifications/devices.html", view)


@router.post("/account/devices/{device_id}/removed")
def remove(request: Request, visitor: SignedIn, device_id: UUID) -> Response:
    """One's own; of anybody else's nothing is said."""
    with service(request).database.writing() as session:
        remove_device(session, visitor.actor.user_id, device_id)
    return RedirectResponse("/account/devices", 303)
