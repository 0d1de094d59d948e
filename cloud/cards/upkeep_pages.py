"""A lost card revoked, a pupil's chip written down or taken back, and what cards are signed with."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics.roster_api import rosters_of
from cloud.cards import chips, issuing, queries
from cloud.cards.api import KeyNumber
from cloud.cards.pages import class_page, overview
from cloud.cards.queries import Bearer
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, NotFound, Refusal
from cloud.kit.web.forms import Posted
from cloud.kit.web.service import service
from cloud.people.access import student_for
from cloud.school.access import school_for

router = APIRouter(include_in_schema=False)

LONGEST_TYPED = 80


@router.post("/students/{student_id}/chip")
def give(request: Request, visitor: SignedIn, student_id: UUID, form: Posted) -> Response:
    """Typed, or by a reader that types the number and Enter: then the next pupil's field is ready."""
    kit, value = service(request), form.text("value", LONGEST_TYPED, needed=False)
    with kit.database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ISSUE_CARDS)
        class_id = queries.class_of(session, pupil.id)
    try:
        with kit.database.writing() as session:
            chips.give(session, visitor.actor, pupil, value, kit.clock())
    except Refusal as error:
        return class_page(request, visitor, class_id, after=pupil.id, typed=form, refused=error)
    return RedirectResponse(f"/cards/classes/{class_id}?after={pupil.id}#chips", 303)


@router.post("/students/{student_id}/chip-removal")
def take(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ISSUE_CARDS)
        chips.take(session, visitor.actor, pupil, kit.clock())
        class_id = queries.class_of(session, pupil.id)
    return RedirectResponse(f"/cards/classes/{class_id}#chips", 303)


@router.post("/students/{student_id}/card-revocation")
def revoke_card(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    """A lost one counts no more; the pupil goes without until a sheet is printed."""
    kit = service(request)
    with kit.database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ISSUE_CARDS)
        issuing.revoke(session, Bearer(pupil.school_id, pupil.id), by=visitor.actor.user_id, now=kit.clock())
        class_id = queries.class_of(session, pupil.id)
    return RedirectResponse(f"/cards/classes/{class_id}", 303)


@router.post("/schools/{slug}/staff/{staff_id}/card-revocation")
def revoke_card_of_staff(request: Request, visitor: SignedIn, slug: str, staff_id: UUID) -> Response:
    """The same for one who works at the school."""
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        bearer = Bearer(school.id, staff_id, is_staff=True)
        if not any(one.bearer == bearer for one in queries.staff_holders(session, school.id, school_day(kit.clock()))):
            raise NotFound("Nobody of that kind works at this school.")
        issuing.revoke(session, bearer, by=visitor.actor.user_id, now=kit.clock())
    return RedirectResponse(f"/schools/{slug}/cards/staff", 303)


@router.post("/schools/{slug}/card-keys")
def make_key(request: Request, visitor: SignedIn, slug: str) -> Response:
    """New cards are signed with it; those of earlier ones go on to count."""
    kit, keyring = service(request), rosters_of(request).keyring
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_UNITS)
            issuing.renew_key(session, keyring, school.id, by=visitor.actor.user_id, now=kit.clock())
    except Conflict as error:
        return overview(request, visitor, slug, error)
    return RedirectResponse(f"/schools/{slug}/cards", 303)


@router.post("/schools/{slug}/card-keys/{number}/retirement")
def retire_key(request: Request, visitor: SignedIn, slug: str, number: KeyNumber) -> Response:
    """No card of it counts any more."""
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_UNITS)
        issuing.retire_key(session, school.id, number, by=visitor.actor.user_id, now=kit.clock())
    return RedirectResponse(f"/schools/{slug}/cards", 303)
