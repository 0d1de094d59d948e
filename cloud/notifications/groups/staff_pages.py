"""A class's group, as its teachers see it; the homeroom teacher answers for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.errors import CloudError, Conflict, Invalid, NotFound
from cloud.kit.i18n import marked
from cloud.kit.web.forms import Posted
from cloud.kit.web.service import service
from cloud.notifications.groups import meeting, queries
from cloud.notifications.groups.meeting import Seat
from cloud.notifications.groups.pages import Body, GroupView, Reason, group_view
from cloud.notifications.groups.queries import Counts
from cloud.notifications.groups.rules import MODES, MUTES, Mode, State
from cloud.people.access import OwnClass, classes_for
from cloud.school.access import OwnSchool, workplace_for, workplaces_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(
        marked("Class groups"), "/schools/{slug}/groups", Right.WRITE_MESSAGES, Group.MESSAGES,
        waiting=queries.to_look_at,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupsView:
    school: OwnSchool
    classes: list[tuple[OwnClass, Counts | None]]
    """Without counts: the group is off."""


@dataclass(frozen=True, slots=True)
class StaffView:
    school: OwnSchool
    group: GroupView
    modes: tuple[tuple[Mode, str], ...] = tuple(MODES.items())
    mutes: tuple[int, ...] = tuple(one.days for one in MUTES)


@router.get("/schools/{slug}/groups")
def show_groups(request: Request, visitor: SignedIn, slug: str) -> Response:
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        if not visitor.actor.holds(Right.WRITE_MESSAGES, school.id):
            raise NotFound("No such school, or not one where you may write to families.")
        classes = classes_for(session, visitor.actor.within(school.id), Right.WRITE_MESSAGES)
        counts = queries.counts(session, [one.id for one in classes], visitor.actor.user_id)
    view = GroupsView(school, [(one, counts.get(one.id)) for one in classes])
    return staff_page(request, "notifications/groups/groups.html", view, visitor.actor, school)


@router.get("/classes/{class_id}/group")
def show_group(request: Request, visitor: SignedIn, class_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        seat = meeting.staff_seat(session, visitor.actor, class_id)
        queries.mark_read(session, seat.class_id, visitor.actor.user_id, now=kit.clock())
    return _group(request, visitor, class_id)


@router.post("/classes/{class_id}/group")
def write(request: Request, visitor: SignedIn, class_id: UUID, once: SentOnce, body: Body = "") -> Response:
    def step(session: Session, seat: Seat, now: datetime) -> None:
        if not once.before(session, visitor.actor.user_id, now):
            meeting.write(session, seat, body, now)
            once.led_to(session, visitor.actor.user_id, f"/classes/{class_id}/group")

    return _step(request, visitor, class_id, Right.WRITE_MESSAGES, step, body=body)


@router.post("/classes/{class_id}/group/mode")
def switch(request: Request, visitor: SignedIn, class_id: UUID, mode: Annotated[str, Form()] = "") -> Response:
    def step(session: Session, seat: Seat, now: datetime) -> None:
        if mode not in set(Mode):
            raise Invalid(marked("Choose one of the list."))
        meeting.switch(session, seat, Mode(mode), now)

    return _step(request, visitor, class_id, Right.MODERATE_GROUPS, step)


@router.post("/classes/{class_id}/group/{group_message_id}/decision")
def decide(
    request: Request,
    visitor: SignedIn,
    class_id: UUID,
    group_message_id: UUID,
    state: Annotated[State, Form()],
    reason: Reason = "",
) -> Response:
    def step(session: Session, seat: Seat, now: datetime) -> None:
        meeting.decide(session, seat, group_message_id, state, reason, now)

    return _step(request, visitor, class_id, Right.MODERATE_GROUPS, step)


@router.post("/classes/{class_id}/group/{group_message_id}/mute")
def mute(
    request: Request,
    visitor: SignedIn,
    class_id: UUID,
    group_message_id: UUID,
    form: Posted,
    reason: Reason = "",
) -> Response:
    """Its author."""
    days = next((one.days for one in MUTES if form.has("days", one.days)), 0)

    def step(session: Session, seat: Seat, now: datetime) -> None:
        meeting.mute(session, seat, group_message_id, days, reason, now)

    return _step(request, visitor, class_id, Right.MODERATE_GROUPS, step)


@router.post("/classes/{class_id}/group/mutes/{user_id}/ended")
def end_mute(request: Request, visitor: SignedIn, class_id: UUID, user_id: UUID) -> Response:
    def step(session: Session, seat: Seat, now: datetime) -> None:
        meeting.end_mute(session, seat, user_id, now)

    return _step(request, visitor, class_id, Right.MODERATE_GROUPS, step)


def _step(
    request: Request,
    visitor: Visitor,
    class_id: UUID,
    right: Right,
    step: Callable[[Session, Seat, datetime], None],
    *,
    body: str = "",
) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            step(session, meeting.staff_seat(session, visitor.actor, class_id, right), kit.clock())
    except (Invalid, Conflict) as error:
        return _group(request, visitor, class_id, body=body, refused=error)
    return RedirectResponse(f"/classes/{class_id}/group#newest", 303)


def _group(
    request: Request, visitor: Visitor, class_id: UUID, *, body: str = "", refused: CloudError | None = None
) -> Response:
    with service(request).database.reading() as session:
        seat = meeting.staff_seat(session, visitor.actor, class_id)
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == seat.school_id)
        where = f"/classes/{class_id}/group"
        group = group_view(session, seat, where, service(request).clock(), body=body, refused=refused)
    status = refused.status if refused else 200
    view = StaffView(school, group)
    return staff_page(request, "notifications/groups/staff.html", view, visitor.actor, school, status=status)
