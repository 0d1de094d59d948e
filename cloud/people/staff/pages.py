"""The staff list for the office: who works here, as what, and with which log-in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right, Role
from cloud.accounts.visitor import SignedIn
from cloud.accounts.words import ROLE_WORDS
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web import forms
from cloud.kit.web.forms import Posted
from cloud.kit.web.service import service
from cloud.people.staff import keeping, queries
from cloud.people.staff.keeping import POSITIONS, Typed
from cloud.people.staff.queries import Line
from cloud.people.tables import StaffMember
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Staff"), "/schools/{slug}/staff", Right.MANAGE_PEOPLE, Group.PEOPLE, whole=True),)
Text = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True, slots=True)
class ListView:
    school: OwnSchool
    staff: Sequence[Line]
    typed: str
    gone: bool
    positions: Mapping[str, str]
    roles: Mapping[Role, str]
    gives_log_ins: bool
    adding: Typed
    refused: Said


@dataclass(frozen=True, slots=True)
class MemberView:
    school: OwnSchool
    member: StaffMember
    login: str | None
    held: Sequence[Role]
    homerooms: Sequence[str]
    """Of whom they are the homeroom teacher today."""
    positions: Mapping[str, str]
    roles: Mapping[Role, str]
    gives_log_ins: bool
    own_id: UUID
    """Of whoever reads this."""
    today: date
    typed: Typed
    facts: forms.Typed
    """What could not be saved."""
    latest_start: date
    form: forms.Typed
    """Of a departure that could not be written down."""
    refused: Said


@router.get("/schools/{slug}/staff")
def show_staff(
    request: Request, visitor: SignedIn, slug: str, q: Annotated[str, Query(max_length=120)] = "", gone: bool = False
) -> Response:
    return _list(request, visitor.actor, slug, typed=q, gone=gone)


@router.post("/schools/{slug}/staff")
def add(
    request: Request, visitor: SignedIn, slug: str, full_name: Text = "", code: Text = "", position: Text = ""
) -> Response:
    kit, typed = service(request), Typed(full_name, code, position)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
            staff_id = keeping.add(session, visitor.actor, school.id, typed, kit.clock())
    except (Invalid, Conflict) as error:
        return _list(request, visitor.actor, slug, adding=typed, refused=said_by(error), status=error.status)
    return RedirectResponse(f"/schools/{slug}/staff/{staff_id}", 303)


@router.get("/schools/{slug}/staff/{staff_id}")
def show_member(request: Request, visitor: SignedIn, slug: str, staff_id: UUID) -> Response:
    return _member(request, visitor.actor, slug, staff_id)


@router.post("/schools/{slug}/staff/{staff_id}")
def change(request: Request, visitor: SignedIn, slug: str, staff_id: UUID, form: Posted) -> Response:
    kit, typed = service(request), Typed(form.value("full_name"), form.value("code"), form.value("position"))
    joined_on = form.day("joined_on", needed=False, since=date.min)
    try:
        with kit.database.writing() as session:
            _, row = _own(session, visitor.actor, slug, staff_id)
            form.require()
            keeping.change(session, visitor.actor, row, typed, joined_on, kit.clock())
    except (Invalid, Conflict) as error:
        said = said_by(error)
        return _member(
            request, visitor.actor, slug, staff_id, typed=typed, facts=form, refused=said, status=error.status
        )
    return RedirectResponse(f"/schools/{slug}/staff/{staff_id}", 303)


@router.post("/schools/{slug}/staff/{staff_id}/leave")
def leave(request: Request, visitor: SignedIn, slug: str, staff_id: UUID, form: Posted) -> Response:
    kit, day = service(request), form.day("day")
    try:
        with kit.database.writing() as session:
            _, row = _own(session, visitor.actor, slug, staff_id)
            form.require()
            assert day
            keeping.leave(session, visitor.actor, row, day, kit.clock())
    except (Invalid, Conflict) as error:
        return _member(request, visitor.actor, slug, staff_id, form=form, refused=said_by(error), status=error.status)
    return RedirectResponse(f"/schools/{slug}/staff/{staff_id}", 303)


@router.post("/schools/{slug}/staff/{staff_id}/return")
def come_back(request: Request, visitor: SignedIn, slug: str, staff_id: UUID) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            _, row = _own(session, visitor.actor, slug, staff_id)
            keeping.come_back(session, visitor.actor, row, kit.clock())
    except Conflict as error:
        return _member(request, visitor.actor, slug, staff_id, refused=said_by(error), status=error.status)
    return RedirectResponse(f"/schools/{slug}/staff/{staff_id}", 303)


def _list(
    request: Request,
    actor: Actor,
    slug: str,
    *,
    typed: str = "",
    gone: bool = False,
    adding: Typed | None = None,
    refused: Said = "",
    status: int = 200,
) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, actor, slug, Right.MANAGE_PEOPLE)
        view = ListView(
            school=school,
            staff=queries.find(session, school.id, typed=typed, gone=gone),
            typed=typed,
            gone=gone,
            positions=POSITIONS,
            roles=ROLE_WORDS,
            gives_log_ins=actor.holds(Right.MANAGE_ACCOUNTS, school.id),
            adding=adding or Typed(""),
            refused=refused,
        )
    return staff_page(request, "people/staff/list.html", view, actor, school, status=status)


def _member(
    request: Request,
    actor: Actor,
    slug: str,
    staff_id: UUID,
    *,
    typed: Typed | None = None,
    facts: forms.Typed | None = None,
    form: forms.Typed | None = None,
    refused: Said = "",
    status: int = 200,
) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school, row = _own(session, actor, slug, staff_id)
        held = queries.grants(session, school.id, row.user_id) if row.user_id else []
        view = MemberView(
            school=school,
            member=row,
            login=queries.log_in(session, row),
            held=[role for _, role in held],
            homerooms=queries.homerooms(session, row.id, today),
            positions=POSITIONS,
            roles=ROLE_WORDS,
            gives_log_ins=actor.holds(Right.MANAGE_ACCOUNTS, school.id),
            own_id=actor.user_id,
            today=today,
            typed=typed or Typed(row.full_name, row.code, row.position),
            facts=facts or forms.Typed(),
            latest_start=today + keeping.LOOKS_AHEAD,
            form=form or forms.Typed(),
            refused=refused,
        )
    return staff_page(request, "people/staff/member.html", view, actor, school, status=status)


def _own(session: Session, actor: Actor, slug: str, staff_id: UUID) -> tuple[OwnSchool, StaffMember]:
    """Raises NotFound alike for one who is not there and for one of another school."""
    school = school_for(session, actor, slug, Right.MANAGE_PEOPLE)
    row = queries.member(session, school.id, staff_id)
    if row is None:
        raise NotFound("No such member of staff.")
    return school, row
