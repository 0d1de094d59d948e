"""Cards for staff: who has one, a sheet to print, a lost one replaced in two taps."""

from collections.abc import Callable, Mapping
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
from cloud.cards.queries import Bearer, Holder
from cloud.cards.sheets import PrintedCard, print_sheet
from cloud.cards.tables import CardKey
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound
from cloud.kit.i18n import marked, translator
from cloud.kit.web.service import language, service
from cloud.people.access import OwnClass, class_for, classes_for, student_for
from cloud.people.staff.keeping import POSITIONS
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
    staff: tuple[int, int]
    """How many work here, and how many of them have a card."""


@dataclass(frozen=True, slots=True)
class ClassView:
    school: OwnSchool
    own: OwnClass
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class StaffView:
    school: OwnSchool
    holders: tuple[Holder, ...]
    positions: Mapping[str, str]


@router.get("/schools/{slug}/cards")
def show_school(request: Request, visitor: SignedIn, slug: str) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=None)
        own = [one for one in classes_for(session, visitor.actor, Right.ISSUE_CARDS) if one.school_id == school.id]
        staff = queries.staff_holders(session, school.id, today)
    classes = []
    for one in own:
        theirs = [holder for holder in holders if holder.class_name == one.name]
        classes.append(ClassCards(one.id, one.name, len(theirs), sum(holder.card is not None for holder in theirs)))
    view = OverviewView(school, tuple(classes), (len(staff), sum(one.card is not None for one in staff)))
    return staff_page(request, "cards/school.html", view, visitor.actor, school)


@router.get("/cards/classes/{class_id}")
def show_class(request: Request, visitor: SignedIn, class_id: UUID) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        own = class_for(session, visitor.actor, class_id, Right.ISSUE_CARDS)
        school = _school(session, visitor.actor, own.school_id)
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=own.id)
    return staff_page(request, "cards/class.html", ClassView(school, own, tuple(holders)), visitor.actor, school)


@router.get("/schools/{slug}/cards/staff")
def show_staff(request: Request, visitor: SignedIn, slug: str) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        holders = queries.staff_holders(session, school.id, today)
    return staff_page(request, "cards/staff.html", StaffView(school, tuple(holders), POSITIONS), visitor.actor, school)


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

        def holders() -> list[Holder]:
            return queries.holders(session, visitor.actor, today, school_id=school.id, class_id=class_id)

        for holder in holders():
            if holder.card is None:
                bearer = Bearer(school.id, holder.person_id)
                issuing.issue(session, keyring, bearer, by=visitor.actor.user_id, now=kit.clock())
        cards = _printed(session, keyring, school, holders(), _class_line(request))
    if not cards:
        raise NotFound("Nobody is in this class.")
    return _pdf(request, school, cards)


@router.post("/schools/{slug}/card-sheets/staff")
def print_cards_of_staff(request: Request, visitor: SignedIn, slug: str) -> Response:
    """As for a class."""
    kit, keyring, today = service(request), rosters_of(request).keyring, school_day(service(request).clock())
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        for holder in queries.staff_holders(session, school.id, today):
            if holder.card is None:
                bearer = Bearer(school.id, holder.person_id, is_staff=True)
                issuing.issue(session, keyring, bearer, by=visitor.actor.user_id, now=kit.clock())
        holders = queries.staff_holders(session, school.id, today)
        cards = _printed(session, keyring, school, holders, _position_line(request))
    if not cards:
        raise NotFound("Nobody is on the staff list.")
    return _pdf(request, school, cards)


@router.post("/students/{student_id}/card-replacement")
def replace_card(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    """The old cards count no more; the answer is the new one, to print."""
    kit, keyring, today = service(request), rosters_of(request).keyring, school_day(service(request).clock())
    with kit.database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ISSUE_CARDS)
        school = _school(session, visitor.actor, pupil.school_id)
        bearer = Bearer(school.id, pupil.id)
        issuing.reissue(session, keyring, bearer, by=visitor.actor.user_id, now=kit.clock())
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=None)
        own = [one for one in holders if one.person_id == pupil.id]
        cards = _printed(session, keyring, school, own, _class_line(request))
        if not cards:
            raise NotFound("This pupil has left the school.")
    return _pdf(request, school, cards)


@router.post("/schools/{slug}/staff/{staff_id}/card-replacement")
def replace_card_of_staff(request: Request, visitor: SignedIn, slug: str, staff_id: UUID) -> Response:
    """The same for one who works at the school."""
    kit, keyring, today = service(request), rosters_of(request).keyring, school_day(service(request).clock())
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        if not any(one.person_id == staff_id for one in queries.staff_holders(session, school.id, today)):
            raise NotFound("Nobody of that kind works at this school.")
        bearer = Bearer(school.id, staff_id, is_staff=True)
        issuing.reissue(session, keyring, bearer, by=visitor.actor.user_id, now=kit.clock())
        own = [one for one in queries.staff_holders(session, school.id, today) if one.person_id == staff_id]
        cards = _printed(session, keyring, school, own, _position_line(request))
    return _pdf(request, school, cards)


def _class_line(request: Request) -> Callable[[Holder], str]:
    words = translator(language(request))
    return lambda holder: words.gettext("Class %(name)s") % {"name": holder.class_name}


def _position_line(request: Request) -> Callable[[Holder], str]:
    words = translator(language(request))
    return lambda holder: words.gettext(POSITIONS.get(holder.class_name, holder.class_name) or marked("Staff"))


def _printed(
    session: Session, keyring: Keyring, school: OwnSchool, holders: list[Holder], line: Callable[[Holder], str]
) -> list[PrintedCard]:
    keys: dict[int, CardKey] = {key.number: key for key in queries.live_keys(session, school.id)}
    return [
        PrintedCard(
            name=one.full_name,
            line=line(one),
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
