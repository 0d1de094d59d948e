"""Cards for staff: who has one, a sheet to print, a lost one replaced in two taps."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics.keyring import Keyring
from cloud.biometrics.roster_api import rosters_of
from cloud.cards import issuing, queries
from cloud.cards.queries import Holder
from cloud.cards.sheets import PrintedCard, print_sheet
from cloud.cards.tables import CardKey
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound
from cloud.kit.i18n import marked
from cloud.kit.web.service import language, service
from cloud.people.access import OwnClass, class_for, classes_for, student_for
from cloud.school.access import OwnSchool, school_for, schools_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Cards"), "/schools/{slug}/cards", Right.ISSUE_CARDS, Group.PEOPLE),)


@dataclass(frozen=True, slots=True)
class ClassCards:
    id: UUID
    name: str
    pupils: int
    with_card: int


@dataclass(frozen=True, slots=True)
class OverviewView:
    school: OwnSchool
    classes: tuple[ClassCards, ...]


@dataclass(frozen=True, slots=True)
class ClassView:
    school: OwnSchool
    own: OwnClass
    holders: tuple[Holder, ...]


@router.get("/schools/{slug}/cards")
def show_school(request: Request, visitor: SignedIn, slug: str) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=None)
        own = [one for one in classes_for(session, visitor.actor, Right.ISSUE_CARDS) if one.school_id == school.id]
    classes = []
    for one in own:
        theirs = [holder for holder in holders if holder.class_name == one.name]
        classes.append(ClassCards(one.id, one.name, len(theirs), sum(holder.card is not None for holder in theirs)))
    return staff_page(request, "cards/school.html", OverviewView(school, tuple(classes)), visitor.actor, school)


@router.get("/cards/classes/{class_id}")
def show_class(request: Request, visitor: SignedIn, class_id: UUID) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        own = class_for(session, visitor.actor, class_id, Right.ISSUE_CARDS)
        school = _school(session, visitor.actor, own.school_id)
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=own.id)
    return staff_page(request, "cards/class.html", ClassView(school, own, tuple(holders)), visitor.actor, school)


@router.post("/schools/{slug}/card-sheets")
def print_cards(
    request: Request, visitor: SignedIn, slug: str, class_id: Annotated[UUID | None, Form()] = None
) -> Response:
    """Whoever has no card that counts gets one; everybody's is on the sheets. Printed again, it is the same cards."""
    kit, keyring, today = service(request), rosters_of(request).keyring, school_day(service(request).clock())
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        if (
            class_id is not None
            and class_for(session, visitor.actor, class_id, Right.ISSUE_CARDS).school_id != school.id
        ):
            raise NotFound("No such class in this school.")
        for holder in queries.holders(session, visitor.actor, today, school_id=school.id, class_id=class_id):
            if holder.card is None:
                by = visitor.actor.user_id
                issuing.issue(session, keyring, school.id, holder.student_id, by=by, now=kit.clock())
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=class_id)
        cards = _printed(session, keyring, school, holders)
    if not cards:
        raise NotFound("Nobody is in this class.")
    return _pdf(request, school, cards)


@router.post("/students/{student_id}/card-replacement")
def replace_card(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    """The old cards count no more; the answer is the new one, to print."""
    kit, keyring, today = service(request), rosters_of(request).keyring, school_day(service(request).clock())
    with kit.database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ISSUE_CARDS)
        school = _school(session, visitor.actor, pupil.school_id)
        issuing.reissue(session, keyring, school.id, pupil.id, by=visitor.actor.user_id, now=kit.clock())
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=None)
        cards = _printed(session, keyring, school, [one for one in holders if one.student_id == pupil.id])
        if not cards:
            raise NotFound("This pupil has left the school.")
    return _pdf(request, school, cards)


def _printed(session: Session, keyring: Keyring, school: OwnSchool, holders: list[Holder]) -> list[PrintedCard]:
    keys: dict[int, CardKey] = {key.number: key for key in queries.live_keys(session, school.id)}
    return [
        PrintedCard(
            name=one.full_name,
            class_name=one.class_name,
            code=one.code,
            serial=one.card.serial,
            valid_until=one.card.valid_until,
            text=issuing.text_of(keyring, one.card, keys[one.card.key_number]),
        )
        for one in holders
        if one.card is not None
    ]


def _pdf(request: Request, school: OwnSchool, cards: list[PrintedCard]) -> Response:
    headers = {"Content-Disposition": 'inline; filename="cards.pdf"'}
    return Response(print_sheet(school.name, cards, language(request)), media_type="application/pdf", headers=headers)


def _school(session: Session, actor: Actor, school_id: UUID) -> OwnSchool:
    found = next((one for one in schools_for(session, actor, Right.ISSUE_CARDS) if one.id == school_id), None)
    if found is None:
        raise NotFound("No such school, or not one that you may see.")
    return found
