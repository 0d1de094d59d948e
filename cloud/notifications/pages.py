"""Guardians and members of staff say how the school may reach them, and staff of what."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.errors import Invalid
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import page, service
from cloud.notifications.preference_queries import (
    Reached,
    muted_by,
    preference_of,
    reached,
    save_preference,
    set_muted,
    staff_preference_of,
)
from cloud.notifications.preferences import Preference, read_preference
from cloud.notifications.staff.kinds import KINDS, Kind, kinds_for
from cloud.notifications.transport import Channel
from cloud.people.frame import FamilyPlace
from cloud.people.phones import as_dialled

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("How the school reaches me"), "/account/messages"),)

TIMES = ("quiet_from", "quiet_until", "digest_at")
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
    form: Typed
    """A wish that could not be taken."""
    refused: Said
    work: tuple[tuple[Kind, bool], ...]
    """Of what a member of staff may be told, and whether they are."""


@router.get("/account/messages")
def show_preference(request: Request, visitor: SignedIn, said: str | None = None) -> Response:
    with service(request).database.reading() as session:
        preference = _preference(session, visitor)
    return _page(request, visitor, preference, said=said == "kept")


@router.post("/account/messages")
def change_preference(
    request: Request,
    visitor: SignedIn,
    form: Posted,
) -> Response:
    kit = service(request)
    times = [form.clock(name, needed=False) for name in TIMES]
    try:
        form.require()
        texts = [f"{one:%H:%M}" if one else "" for one in times]
        preference = read_preference(form.values.get("channel", []), *texts)
    except Invalid as error:
        with kit.database.reading() as session:
            before = _preference(session, visitor)
        return _page(request, visitor, before, form=form, refused=said_by(error), status=error.status)
    with kit.database.writing() as session:
        save_preference(session, visitor.actor.user_id, preference, now=kit.clock())
    return RedirectResponse("/account/messages?said=kept", 303)


@router.post("/account/messages/work")
def change_work(
    request: Request, visitor: SignedIn, told: Annotated[list[str] | None, Form(max_length=len(KINDS))] = None
) -> Response:
    """What is ticked is told; the rest of what was offered is not. Of anything else nothing is said."""
    offered = {kind.name for kind in kinds_for(visitor.actor)}
    with service(request).database.writing() as session:
        set_muted(session, visitor.actor.user_id, offered - set(told or ()), among_kinds=offered)
    return RedirectResponse("/account/messages?said=kept", 303)


def _preference(session: Session, visitor: Visitor) -> Preference:
    """As it holds: for staff the evening is theirs until they say otherwise."""
    of = staff_preference_of if visitor.actor.is_staff else preference_of
    return of(session, visitor.actor.user_id)


def _page(
    request: Request,
    visitor: Visitor,
    preference: Preference,
    *,
    said: bool = False,
    form: Typed | None = None,
    refused: Said = "",
    status: int = 200,
) -> Response:
    with service(request).database.reading() as session:
        found = reached(session, visitor.actor.user_id)
        muted = {kind for _, kind in muted_by(session, [visitor.actor.user_id])}
    phones = tuple(as_dialled(one) for one in found.phones)
    form = form or Typed()
    wished = [Channel(one) for one in form.values.get("channel", ()) if one in set(Channel)] or preference.order
    chosen = [*dict.fromkeys(wished), *(None,) * len(CHANNELS)][: len(CHANNELS)]
    work = tuple((kind, kind.name not in muted) for kind in kinds_for(visitor.actor))
    view = PreferenceView(CHANNELS, tuple(chosen), preference, found, phones, said, form, refused, work)
    return page(request, "notifications/preference.html", view, status=status)
