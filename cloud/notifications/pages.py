"""A guardian says how the school may reach them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked
from cloud.kit.web.service import page, service
from cloud.notifications.preference_queries import Reached, preference_of, reached, save_preference
from cloud.notifications.preferences import Preference, read_preference
from cloud.notifications.transport import Channel
from cloud.people.frame import FamilyPlace
from cloud.people.phones import as_dialled

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("How the school tells me"), "/account/messages"),)

Short = Annotated[str, Form(max_length=20)]
CHANNELS = {
    Channel.WEB_PUSH: marked("Notification on the phone"),
    Channel.ZALO: marked("Zalo"),
    Channel.EMAIL: marked("E-mail"),
    Channel.SMS: marked("SMS"),
}


@dataclass(frozen=True, slots=True)
class PreferenceView:
    channels: dict[Channel, str]
    chosen: tuple[Channel | None, ...]
    """As many as there are channels; None: no further one."""
    preference: Preference
    reached: Reached
    phones: tuple[str, ...]
    """As they are dialled."""
    said: bool
    refused: str | None


@router.get("/account/messages")
def show_preference(request: Request, visitor: SignedIn, said: str | None = None) -> Response:
    with service(request).database.reading() as session:
        preference = preference_of(session, visitor.actor.user_id)
    return _page(request, visitor, preference, said=said == "kept")


@router.post("/account/messages")
def change_preference(
    request: Request,
    visitor: SignedIn,
    channel: Annotated[list[str] | None, Form(max_length=len(CHANNELS))] = None,
    quiet_from: Short = "",
    quiet_until: Short = "",
    digest_at: Short = "",
) -> Response:
    kit = service(request)
    try:
        preference = read_preference(channel or [], quiet_from, quiet_until, digest_at)
    except Invalid as error:
        with kit.database.reading() as session:
            before = preference_of(session, visitor.actor.user_id)
        return _page(request, visitor, before, refused=str(error), status=error.status)
    with kit.database.writing() as session:
        save_preference(session, visitor.actor.user_id, preference, now=kit.clock())
    return RedirectResponse("/account/messages?said=kept", 303)


def _page(
    request: Request,
    visitor: Visitor,
    preference: Preference,
    *,
    said: bool = False,
    refused: str | None = None,
    status: int = 200,
) -> Response:
    with service(request).database.reading() as session:
        found = reached(session, visitor.actor.user_id)
    phones = tuple(as_dialled(one) for one in found.phones)
    unused = (None,) * (len(CHANNELS) - len(preference.order))
    view = PreferenceView(CHANNELS, (*preference.order, *unused), preference, found, phones, said, refused)
    return page(request, "notifications/preference.html", view, status=status)
