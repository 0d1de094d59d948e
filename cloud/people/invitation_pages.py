"""The office, and a homeroom teacher for their class, print the letters that invite parents."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.errors import NotFound
from cloud.kit.i18n import marked
from cloud.kit.web.service import service
from cloud.people.access import class_for, classes_for
from cloud.people.members import inviting, queries
from cloud.people.members.letters import show_letters
from cloud.school.access import OwnSchool, workplace_for
from cloud.school.frame import Place, staff_page

router = APIRouter(include_in_schema=False)

LETTERS = marked("Invitations")
PLACES = (Place(LETTERS, "/schools/{slug}/invitations", Right.INVITE_FAMILIES),)


@dataclass(frozen=True, slots=True)
class InvitationsView:
    school: OwnSchool
    classes: list[queries.ClassLogins]


@router.get("/schools/{slug}/invitations")
def show_invitations(request: Request, visitor: SignedIn, slug: str) -> Response:
    """Of each class whose families the reader may invite: who can log in, and who is still to be invited."""
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        if not here.holds(Right.INVITE_FAMILIES, school.id):
            raise NotFound("No such page, or not one for you.")
        own = {one.id for one in classes_for(session, here, Right.INVITE_FAMILIES)}
        logins = queries.class_logins(session, school.id, service(request).clock())
    view = InvitationsView(school, [one for one in logins if one.class_id in own])
    return staff_page(request, "people/members/invitations.html", view, visitor.actor, school)


@router.post("/schools/{slug}/classes/{class_id}/invitations")
def invite_class(request: Request, visitor: SignedIn, slug: str, class_id: UUID) -> Response:
    now = service(request).clock()
    with service(request).database.writing() as session:
        school = workplace_for(session, visitor.actor, slug)
        found = class_for(session, visitor.actor.within(school.id), class_id, Right.INVITE_FAMILIES)
        letters = inviting.invite_guardians(session, visitor.actor, school.id, found.id, now)
    back = f"/schools/{slug}/invitations"
    return show_letters(request, visitor.actor, school, letters, back=back, back_label=LETTERS)
