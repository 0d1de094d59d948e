"""Who may log in: members of the school, invitations, the table of rights, the log of changes."""

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_copy
from cloud.accounts import audit_queries as audit
from cloud.accounts.access import GRANTED, RIGHTS, SCOPES, Right, Role, Scope
from cloud.accounts.audit_chain import Entry
from cloud.accounts.audit_words import ACTION_WORDS
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.accounts.words import RIGHT_WORDS, ROLE_WORDS, SCOPE_WORDS
from cloud.kit.errors import Conflict, Invalid, NotFound, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.files import file_answer
from cloud.kit.web.service import page, service
from cloud.people.access import children_of, own_pupil
from cloud.people.frame import FamilyGroup, FamilyPlace
from cloud.people.members import helping, helping_queries, inviting, queries
from cloud.people.members.letters import show_letters
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(marked("People with a log-in"), "/schools/{slug}/members", Right.MANAGE_ACCOUNTS, whole=True),
    Place(marked("Log of changes"), "/schools/{slug}/audit", Right.SEE_AUDIT, whole=True),
)
FAMILY = (FamilyPlace(marked("Account"), "/account", pupils=FamilyGroup.MORE),)
SHOWN = 200
"""Entries of the log on a page; the file has all."""

Text = Annotated[str, Form(max_length=500)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """As typed."""

    role: str = ""
    name: str = ""
    staff: str = ""
    class_id: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class MembersView:
    school: OwnSchool
    members: list[queries.Member]
    invitations: list[queries.OpenInvitation]
    classes: list[queries.ClassLogins]
    careful: list[helping_queries.Careful]
    staff: list[tuple[UUID, str]]
    roles: dict[Role, str]
    scopes: dict[Scope, str]
    narrower: dict[Role, tuple[Scope, ...]]
    own_id: UUID
    typed: Wanted = field(default_factory=Wanted)
    """An invitation as it was asked for, and could not be made."""
    refused: Said | None = None


@dataclass(frozen=True, slots=True)
class RightsView:
    roles: dict[Role, str]
    scopes: dict[Role, str]
    rights: dict[Right, str]
    held: dict[Role, frozenset[Right]]
    own: frozenset[Role]


@dataclass(frozen=True, slots=True)
class AuditView:
    school: OwnSchool
    entries: list[Entry]
    broken: int | None
    shown: int

    def words(self, action: str) -> str:
        """In English; of an action of a version to come its key."""
        return ACTION_WORDS.get(action, action)


@router.get("/rights")
def show_rights(request: Request, visitor: SignedIn) -> Response:
    """Everybody may know what every role may do."""
    # A family's role is no grant: it comes with the child, or with being the pupil.
    with service(request).database.reading() as session:
        of_family = {
            Role.GUARDIAN: bool(children_of(session, visitor.actor)),
            Role.PUPIL: own_pupil(session, visitor.actor) is not None,
        }
    own = frozenset(grant.role for grant in visitor.actor.grants if grant.holds)
    own |= {role for role, holds in of_family.items() if holds}
    # On a phone the first columns are in sight.
    roles = dict(sorted(ROLE_WORDS.items(), key=lambda one: one[0] not in own))
    usual = {role: SCOPE_WORDS[scopes[0]] for role, scopes in SCOPES.items()}
    return page(request, "people/members/rights.html", RightsView(roles, usual, RIGHT_WORDS, RIGHTS, own))


@router.get("/schools/{slug}/members")
def show_members(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _members(request, visitor, slug)


def _members(
    request: Request, visitor: Visitor, slug: str, typed: Wanted | None = None, refused: Refusal | None = None
) -> Response:
    now = service(request).clock()
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_ACCOUNTS)
        view = MembersView(
            school=school,
            members=queries.members(session, school.id),
            invitations=queries.open_invitations(session, school.id, now),
            classes=queries.class_logins(session, school.id, now),
            careful=helping_queries.careful_guardians(session, school.id),
            staff=queries.staff_without_log_in(session, school.id),
            roles={role: ROLE_WORDS[role] for role in GRANTED},
            scopes=SCOPE_WORDS,
            narrower=SCOPES,
            own_id=visitor.actor.user_id,
            typed=typed or Wanted(),
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "people/members/members.html", view, visitor.actor, school, status=status)


@router.post("/schools/{slug}/invitations")
def invite(
    request: Request,
    visitor: SignedIn,
    slug: str,
    role: Text = "",
    name: Text = "",
    staff: Text = "",
    class_id: Text = "",
    grade: Text = "",
) -> Response:
    now = service(request).clock()
    try:
        with service(request).database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_ACCOUNTS)
            grant = inviting.grant_of(
                session, visitor.actor, school.id, inviting.role_named(role), inviting.key(class_id),
                inviting.grade_named(grade),
            )  # fmt: skip
            letter = inviting.invite_staff(session, visitor.actor, grant, name, inviting.key(staff), now)
    except Invalid as error:
        return _members(request, visitor, slug, Wanted(role, name, staff, class_id, grade), error)
    return show_letters(request, visitor.actor, school, [letter])


@router.post("/schools/{slug}/invitations/{invitation_id}/withdrawn")
def withdraw(request: Request, visitor: SignedIn, slug: str, invitation_id: UUID) -> Response:
    with service(request).database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_ACCOUNTS)
        inviting.withdraw(session, visitor.actor, school.id, invitation_id, service(request).clock())
    return RedirectResponse(f"/schools/{slug}/members", 303)


@router.post("/schools/{slug}/roles/{grant_id}/taken")
def take_role(request: Request, visitor: SignedIn, slug: str, grant_id: UUID) -> Response:
    try:
        with service(request).database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_ACCOUNTS)
            inviting.take_role(session, visitor.actor, school.id, grant_id, service(request).clock())
    except Conflict as error:
        return _members(request, visitor, slug, refused=error)
    return RedirectResponse(f"/schools/{slug}/members", 303)


@router.post("/schools/{slug}/members/{user_id}/sessions/ended")
def end_sessions(request: Request, visitor: SignedIn, slug: str, user_id: UUID) -> Response:
    with service(request).database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_ACCOUNTS)
        inviting.end_sessions(session, visitor.actor, school.id, user_id, service(request).clock())
    return RedirectResponse(f"/schools/{slug}/members", 303)


@router.post("/schools/{slug}/members/{user_id}/second-step/reset")
def reset_second_step(request: Request, visitor: SignedIn, slug: str, user_id: UUID) -> Response:
    try:
        with service(request).database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_ACCOUNTS)
            helping.reset_second_step(session, visitor.actor, school.id, user_id, service(request).clock())
    except Conflict as error:
        return _members(request, visitor, slug, refused=error)
    return RedirectResponse(f"/schools/{slug}/members", 303)


@router.post("/schools/{slug}/members/{user_id}/new-password")
def help_in(request: Request, visitor: SignedIn, slug: str, user_id: UUID) -> Response:
    """They have forgotten it: a letter with which they choose another one."""
    now = service(request).clock()
    try:
        with service(request).database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_ACCOUNTS)
            name = helping_queries.member_name(session, school.id, user_id)
            if name is None:
                raise NotFound("Nobody of that name works here.")
            letter = helping.letter_for_new_password(session, visitor.actor, school.id, user_id, name, now)
    except Conflict as error:
        return _members(request, visitor, slug, refused=error)
    return show_letters(request, visitor.actor, school, [letter])


@router.get("/schools/{slug}/audit")
def show_audit(request: Request, visitor: SignedIn, slug: str) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.SEE_AUDIT)
        entries = audit.entries(session, school.id, limit=SHOWN)
        view = AuditView(school, entries, audit.first_broken(session, school.id), SHOWN)
    return staff_page(request, "people/members/audit.html", view, visitor.actor, school)


@router.get("/schools/{slug}/audit.csv")
def export_audit_for_a_spreadsheet(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _copy(request, visitor, slug, audit_copy.as_csv, "csv")


@router.get("/schools/{slug}/audit.json")
def export_audit(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _copy(request, visitor, slug, audit_copy.as_json, "json")


def _copy(
    request: Request,
    visitor: Visitor,
    slug: str,
    write: audit_copy.Write,
    ending: str,
) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.SEE_AUDIT)
        entries = audit.entries(session, school.id)
    return file_answer(write(school.id, entries[::-1]), f"audit-{school.slug}.{ending}")
