"""A class's group, as the family of one of its children sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit import i18n
from cloud.kit.errors import CloudError, Conflict, Invalid
from cloud.kit.i18n import marked, said_by
from cloud.kit.web.service import page, service
from cloud.notifications.groups import meeting, queries
from cloud.notifications.groups.meeting import Seat
from cloud.notifications.groups.queries import Muted, Said
from cloud.notifications.groups.rules import Mode
from cloud.people.frame import FamilyGroup, FamilyPlace

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("Class group"), "/children/{student_id}/group", FamilyGroup.MESSAGES),)

Body = Annotated[str, Form(max_length=10_000)]
Reason = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True)
class GroupView:
    seat: Seat
    on: bool
    said: list[Said]
    muted: list[Muted]
    own_mute: Muted | None
    reasons: dict[UUID, list[str]]
    """Why a message was reported; for whoever moderates."""
    where: str
    """The page's own address."""
    body: str
    refused: i18n.Said


@router.get("/children/{student_id}/group")
def show_group(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        seat = meeting.family_seat(session, visitor.actor, student_id)
        queries.mark_read(session, seat.class_id, visitor.actor.user_id, now=kit.clock())
    return _group(request, visitor, student_id)


@router.post("/children/{student_id}/group")
def write(request: Request, visitor: SignedIn, student_id: UUID, once: SentOnce, body: Body = "") -> Response:
    kit, now = service(request), service(request).clock()
    try:
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, now):
                return RedirectResponse(done, 303)
            seat = meeting.family_seat(session, visitor.actor, student_id)
            meeting.write(session, seat, body, now)
            where = once.led_to(session, visitor.actor.user_id, f"/children/{student_id}/group#newest")
    except (Invalid, Conflict) as error:
        return _group(request, visitor, student_id, body=body, refused=error)
    return RedirectResponse(where, 303)


@router.post("/children/{student_id}/group/{group_message_id}/report")
def report(
    request: Request, visitor: SignedIn, student_id: UUID, group_message_id: UUID, reason: Reason = ""
) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            seat = meeting.family_seat(session, visitor.actor, student_id)
            meeting.report(session, seat, group_message_id, reason, kit.clock())
    except (Invalid, Conflict) as error:
        return _group(request, visitor, student_id, refused=error)
    return RedirectResponse(f"/children/{student_id}/group#newest", 303)


@router.post("/children/{student_id}/group/{group_message_id}/taken-back")
def take_back(request: Request, visitor: SignedIn, student_id: UUID, group_message_id: UUID) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            seat = meeting.family_seat(session, visitor.actor, student_id)
            meeting.take_back(session, seat, group_message_id, kit.clock())
    except Conflict as error:
        return _group(request, visitor, student_id, refused=error)
    return RedirectResponse(f"/children/{student_id}/group#newest", 303)


def _group(
    request: Request, visitor: Visitor, student_id: UUID, *, body: str = "", refused: CloudError | None = None
) -> Response:
    with service(request).database.reading() as session:
        seat = meeting.family_seat(session, visitor.actor, student_id)
        where = f"/children/{student_id}/group"
        view = group_view(session, seat, where, service(request).clock(), body=body, refused=refused)
    return page(request, "notifications/groups/group.html", view, status=refused.status if refused else 200)


def group_view(
    session: Session, seat: Seat, where: str, now: datetime, *, body: str = "", refused: CloudError | None = None
) -> GroupView:
    on = seat.mode is not Mode.OFF
    said = queries.messages(session, seat.class_id, seat.user_id, moderates=seat.moderates) if on else []
    muted = queries.muted(session, seat.class_id, now)
    reported = [one.message.id for one in said if one.reports] if seat.moderates else []
    return GroupView(
        seat=seat,
        on=on,
        said=said,
        muted=muted if seat.moderates else [],
        own_mute=next((one for one in muted if one.user_id == seat.user_id), None),
        reasons=queries.reasons_of(session, reported),
        where=where,
        body=body,
        refused=said_by(refused),
    )
