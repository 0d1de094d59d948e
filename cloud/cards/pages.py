"""Cards for staff: who has one, a sheet to print, a lost one replaced in two taps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.biometrics.roster_api import rosters_of
from cloud.cards import issuing, queries
from cloud.cards.queries import Bearer, Holder
from cloud.cards.sheets import PrintedCard, print_sheet
from cloud.cards.tables import CardKey
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, NotFound, Refusal
from cloud.kit.i18n import Said, Translator, marked, said_by, translator
from cloud.kit.web.files import file_answer
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import language, service
from cloud.people.access import OwnClass, class_for, classes_for, student_for
from cloud.people.staff.keeping import POSITIONS
from cloud.school.access import OwnSchool, school_for, schools_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Cards"), "/schools/{slug}/cards", Right.ISSUE_CARDS, Group.PEOPLE, whole=True),)


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
    keys: tuple[tuple[CardKey, int], ...]
    """What cards are signed with, and how many count by each; for whoever looks after the units."""
    keeps_keys: bool
    refused: Said = ""


@dataclass(frozen=True, slots=True)
class ClassView:
    school: OwnSchool
    own: OwnClass
    holders: tuple[Holder, ...]
    chips: Mapping[UUID, str]
    """By pupil."""
    next_id: UUID | None
    """Whose chip is written down next: a reader types into the field of that pupil."""
    typed: Typed
    typed_for: UUID | None
    """The pupil in whose field something was typed that could not be taken."""
    refused: Said


@dataclass(frozen=True, slots=True)
class StaffView:
    school: OwnSchool
    holders: tuple[Holder, ...]
    positions: Mapping[str, str]
    refused: Said = ""


@router.get("/schools/{slug}/cards")
def show_school(request: Request, visitor: SignedIn, slug: str) -> Response:
    return overview(request, visitor, slug)


def overview(request: Request, visitor: Visitor, slug: str, refused: Refusal | None = None) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=None)
        own = [one for one in classes_for(session, visitor.actor, Right.ISSUE_CARDS) if one.school_id == school.id]
        staff = queries.staff_holders(session, school.id, today)
        keeps_keys = school.id in visitor.actor.schools_where(Right.MANAGE_UNITS)
        keys = queries.keys_with_cards(session, school.id, today) if keeps_keys else []
    classes = []
    for one in own:
        theirs = [holder for holder in holders if holder.class_name == one.name]
        classes.append(ClassCards(one.id, one.name, len(theirs), sum(holder.card is not None for holder in theirs)))
    view = OverviewView(
        school=school,
        classes=tuple(classes),
        staff=(len(staff), sum(one.card is not None for one in staff)),
        keys=tuple(keys),
        keeps_keys=keeps_keys,
        refused=said_by(refused),
    )
    status = refused.status if refused else 200
    return staff_page(request, "cards/school.html", view, visitor.actor, school, status=status)


@router.get("/cards/classes/{class_id}")
def show_class(request: Request, visitor: SignedIn, class_id: UUID, after: UUID | None = None) -> Response:
    """`after`: who was written down last."""
    return class_page(request, visitor, class_id, after=after)


def class_page(
    request: Request,
    visitor: Visitor,
    class_id: UUID,
    *,
    after: UUID | None = None,
    typed: Typed | None = None,
    refused: Refusal | None = None,
) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        own = class_for(session, visitor.actor, class_id, Right.ISSUE_CARDS)
        school = _school(session, visitor.actor, own.school_id)
        holders = queries.holders(session, visitor.actor, today, school_id=school.id, class_id=own.id)
        chips = queries.chips_of(session, [one.bearer.id for one in holders])
    ids = [one.bearer.id for one in holders]
    rest = ids[ids.index(after) + 1 :] if after in ids else []
    view = ClassView(
        school=school,
        own=own,
        holders=tuple(holders),
        chips=chips,
        next_id=after if refused else next((one for one in rest if one not in chips), None),
        typed=typed or Typed(),
        typed_for=after if refused else None,
        refused=said_by(refused),
    )
    status = refused.status if refused else 200
    return staff_page(request, "cards/class.html", view, visitor.actor, school, status=status)


@router.get("/schools/{slug}/cards/staff")
def show_staff(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _staff(request, visitor, slug)


def _staff(request: Request, visitor: Visitor, slug: str, refused: Conflict | None = None) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        holders = queries.staff_holders(session, school.id, today)
    view, status = StaffView(school, tuple(holders), POSITIONS, said_by(refused)), refused.status if refused else 200
    return staff_page(request, "cards/staff.html", view, visitor.actor, school, status=status)


@router.post("/schools/{slug}/card-sheets")
def print_cards(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """Whoever has no card that counts gets one; everybody's is on the sheets. Printed again, it is the same cards."""
    today, class_id = school_day(service(request).clock()), form.key("class_id")
    if form.value("class_id") and class_id is None:
        raise NotFound("No such class in this school.")
    with service(request).database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        if (
            class_id is not None
            and class_for(session, visitor.actor, class_id, Right.ISSUE_CARDS).school_id != school.id
        ):
            raise NotFound("No such class in this school.")
        read = partial(queries.holders, session, visitor.actor, today, school_id=school.id, class_id=class_id)
        _issue_missing(request, session, visitor, read())
        cards = _printed(request, session, school, read())
    if not cards:
        return overview(request, visitor, slug, Conflict(marked("Nobody is in this class.")))
    return _pdf(request, school, cards)


@router.post("/schools/{slug}/card-sheets/staff")
def print_cards_of_staff(request: Request, visitor: SignedIn, slug: str) -> Response:
    """As for a class."""
    today = school_day(service(request).clock())
    with service(request).database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        _issue_missing(request, session, visitor, queries.staff_holders(session, school.id, today))
        cards = _printed(request, session, school, queries.staff_holders(session, school.id, today))
    if not cards:
        return _staff(request, visitor, slug, Conflict(marked("Nobody is on the list yet.")))
    return _pdf(request, school, cards)


@router.post("/students/{student_id}/card-replacement")
def replace_card(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    """The old cards count no more; the answer is the new one, to print."""
    today, kit = school_day(service(request).clock()), service(request)
    with kit.database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ISSUE_CARDS)
        school = _school(session, visitor.actor, pupil.school_id)
    try:
        with kit.database.writing() as session:
            read = partial(queries.holders, session, visitor.actor, today, school_id=school.id, class_id=None)
            cards = _replaced(request, session, visitor, school, Bearer(school.id, pupil.id), read)
            if not cards:
                raise Conflict(marked("This pupil has left the school."))
    except Conflict as error:
        return overview(request, visitor, school.slug, error)
    return _pdf(request, school, cards)


@router.post("/schools/{slug}/staff/{staff_id}/card-replacement")
def replace_card_of_staff(request: Request, visitor: SignedIn, slug: str, staff_id: UUID) -> Response:
    """The same for one who works at the school."""
    today = school_day(service(request).clock())
    with service(request).database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ISSUE_CARDS)
        read = partial(queries.staff_holders, session, school.id, today)
        bearer = Bearer(school.id, staff_id, is_staff=True)
        if not any(one.bearer == bearer for one in read()):
            raise NotFound("Nobody of that kind works at this school.")
        cards = _replaced(request, session, visitor, school, bearer, read)
    return _pdf(request, school, cards)


def _issue_missing(request: Request, session: Session, visitor: Visitor, holders: Sequence[Holder]) -> None:
    keyring, now = rosters_of(request).keyring, service(request).clock()
    for holder in holders:
        if holder.card is None:
            issuing.issue(session, keyring, holder.bearer, by=visitor.actor.user_id, now=now)


def _replaced(
    request: Request,
    session: Session,
    visitor: Visitor,
    school: OwnSchool,
    bearer: Bearer,
    read: Callable[[], Sequence[Holder]],
) -> list[PrintedCard]:
    """The new one alone; none where `read` does not know the bearer: whoever asks has to undo it then."""
    keyring, now = rosters_of(request).keyring, service(request).clock()
    issuing.reissue(session, keyring, bearer, by=visitor.actor.user_id, now=now)
    return _printed(request, session, school, [one for one in read() if one.bearer == bearer])


def _printed(request: Request, session: Session, school: OwnSchool, holders: Sequence[Holder]) -> list[PrintedCard]:
    keyring, words = rosters_of(request).keyring, translator(language(request))
    keys: dict[int, CardKey] = {key.number: key for key in queries.live_keys(session, school.id)}
    return [
        PrintedCard(
            name=one.full_name,
            line=_line(one, words),
            code=one.code,
            serial=one.card.serial,
            valid_until=one.card.valid_until,
            text=issuing.text_of(keyring, one.card, keys[one.card.key_number]),
        )
        for one in holders
        if one.card is not None
    ]


def _line(holder: Holder, words: Translator) -> str:
    if holder.bearer.is_staff:
        return words.gettext(POSITIONS.get(holder.class_name, holder.class_name) or marked("Staff"))
    return words.gettext("Class %(name)s") % {"name": holder.class_name}


def _pdf(request: Request, school: OwnSchool, cards: list[PrintedCard]) -> Response:
    return file_answer(print_sheet(school.name, cards, language(request)), "cards.pdf", opened=True)


def _school(session: Session, actor: Actor, school_id: UUID) -> OwnSchool:
    found = next((one for one in schools_for(session, actor, Right.ISSUE_CARDS) if one.id == school_id), None)
    if found is None:
        raise NotFound("No such school, or not one that you may see.")
    return found
