"""Guardians: found by name or number; each one's page, with their letters for whoever invites families of the whole
school, and with what is to be put right for the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import Said, said_by
from cloud.kit.web.service import service
from cloud.people.guardians import keeping, queries
from cloud.people.guardians.keeping import Typed
from cloud.people.guardians.queries import Child, Listed, LogIn
from cloud.people.members import helping, inviting
from cloud.people.members.letters import show_letters
from cloud.people.phones import as_dialled
from cloud.people.tables import Guardian
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)

SHOWN = 60
MOST_OTHERS = 8
Text = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True, slots=True)
class ListView:
    school: OwnSchool
    typed: str
    found: int
    guardians: Sequence[Listed]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class GuardianView:
    school: OwnSchool
    guardian: Guardian
    children: Sequence[Child]
    log_in: LogIn
    may_change: bool
    """Else the page is for letters alone."""
    typed: Typed
    refused: Said
    looked_for: str
    others: Sequence[Listed]
    """Who might be the same person."""


@router.get("/schools/{slug}/guardians")
def show_guardians(
    request: Request,
    visitor: SignedIn,
    slug: str,
    q: Annotated[str, Query(max_length=120)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.INVITE_FAMILIES)
        found = queries.find(session, school.id, q)
    pages = max(1, -(-len(found) // SHOWN))
    page = min(page, pages)
    view = ListView(school, q, len(found), found[(page - 1) * SHOWN : page * SHOWN], page, pages)
    return staff_page(request, "people/guardians/list.html", view, visitor.actor, school)


@router.get("/schools/{slug}/guardians/{guardian_id}")
def show_guardian(
    request: Request, visitor: SignedIn, slug: str, guardian_id: UUID, q: Annotated[str, Query(max_length=120)] = ""
) -> Response:
    return _page(request, visitor.actor, slug, guardian_id, looked_for=q)


@router.post("/schools/{slug}/guardians/{guardian_id}")
def change(
    request: Request,
    visitor: SignedIn,
    slug: str,
    guardian_id: UUID,
    full_name: Text = "",
    phone: Text = "",
    email: Text = "",
) -> Response:
    kit, typed = service(request), Typed(full_name, phone, email)
    try:
        with kit.database.writing() as session:
            _, row = _own(session, visitor.actor, slug, guardian_id, Right.MANAGE_PEOPLE)
            keeping.change(session, visitor.actor, row, typed, kit.clock())
    except (Invalid, Conflict) as error:
        return _page(
            request, visitor.actor, slug, guardian_id, typed=typed, refused=said_by(error), status=error.status
        )
    return RedirectResponse(f"/schools/{slug}/guardians/{guardian_id}", 303)


@router.post("/schools/{slug}/guardians/{guardian_id}/merged")
def merge(request: Request, visitor: SignedIn, slug: str, guardian_id: UUID, gone: Annotated[UUID, Form()]) -> Response:
    """`gone` becomes this one."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            _, kept = _own(session, visitor.actor, slug, guardian_id, Right.MANAGE_PEOPLE)
            _, other = _own(session, visitor.actor, slug, gone, Right.MANAGE_PEOPLE)
            keeping.merge(session, visitor.actor, other, kept, kit.clock())
    except Invalid as error:
        return _page(request, visitor.actor, slug, guardian_id, refused=said_by(error), status=error.status)
    return RedirectResponse(f"/schools/{slug}/guardians/{guardian_id}", 303)


@router.post("/schools/{slug}/guardians/{guardian_id}/invitation")
def invite(request: Request, visitor: SignedIn, slug: str, guardian_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        school, row = _own(session, visitor.actor, slug, guardian_id, Right.INVITE_FAMILIES)
        names = tuple(one.full_name for one in queries.children(session, row.id) if one.may_see)
        letters = []
        if row.user_id is None and names:
            letters = [
                inviting.invite_guardian(session, visitor.actor, school.id, row.id, row.full_name, names, kit.clock())
            ]
    back = f"/schools/{slug}/guardians/{guardian_id}"
    return show_letters(request, visitor.actor, school, letters, back=back, back_label=row.full_name)


@router.post("/schools/{slug}/guardians/{guardian_id}/new-password")
def help_in(request: Request, visitor: SignedIn, slug: str, guardian_id: UUID) -> Response:
    """They have forgotten it: a letter with which they choose another one."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school, row = _own(session, visitor.actor, slug, guardian_id, Right.INVITE_FAMILIES)
            if row.user_id is None:
                raise NotFound("No such guardian, or one without a log-in.")
            letter = helping.letter_for_new_password(
                session, visitor.actor, school.id, row.user_id, row.full_name, kit.clock()
            )
    except Conflict as error:
        return _page(request, visitor.actor, slug, guardian_id, refused=said_by(error), status=error.status)
    back = f"/schools/{slug}/guardians/{guardian_id}"
    return show_letters(request, visitor.actor, school, [letter], back=back, back_label=row.full_name)


def _page(
    request: Request,
    actor: Actor,
    slug: str,
    guardian_id: UUID,
    *,
    typed: Typed | None = None,
    refused: Said = "",
    looked_for: str = "",
    status: int = 200,
) -> Response:
    with service(request).database.reading() as session:
        school, row = _own(session, actor, slug, guardian_id, Right.INVITE_FAMILIES)
        wanted = looked_for or row.full_name
        view = GuardianView(
            school=school,
            guardian=row,
            children=queries.children(session, row.id),
            log_in=queries.log_in_of(session, row, service(request).clock()),
            may_change=school.id in actor.schools_where(Right.MANAGE_PEOPLE),
            typed=typed or Typed(row.full_name, as_dialled(row.phone), row.email or ""),
            refused=refused,
            looked_for=looked_for,
            others=[one for one in queries.find(session, school.id, wanted) if one.id != row.id][:MOST_OTHERS],
        )
    return staff_page(request, "people/guardians/guardian.html", view, actor, school, status=status)


def _own(session: Session, actor: Actor, slug: str, guardian_id: UUID, right: Right) -> tuple[OwnSchool, Guardian]:
    """Raises NotFound alike for one who is not there and for one of another school."""
    school = school_for(session, actor, slug, right)
    row = queries.guardian(session, school.id, guardian_id)
    if row is None:
        raise NotFound("No such guardian.")
    return school, row
