"""The health desk writes down what it did; a pupil's history, for health staff and for the pupil's own family."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.health import desk, queries
from cloud.attendance.health.queries import Written
from cloud.attendance.health.rules import KINDS, Kind, read_fever_limit, read_temperature
from cloud.attendance.queries.fevers import Warm, warm_of
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import AskedDay, Posted, Typed
from cloud.kit.web.service import page, service
from cloud.people.access import CONTACT, Pupil, pupils_among, rights_over, student_for
from cloud.people.frame import FamilyPlace
from cloud.people.guardians import queries as guardians
from cloud.people.guardians.kin import kin_of
from cloud.people.guardians.queries import Of
from cloud.people.pupils import queries as facts
from cloud.people.search_queries import find_pupils
from cloud.school.access import OwnSchool, school_for, workplace_for, workplaces_for
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("Health desk"), "/health/students/{student_id}"),)

WARM_SHOWN = 20
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class DayLine:
    written: Written
    pupil: Pupil


@dataclass(frozen=True, slots=True)
class BookView:
    school: OwnSchool
    day: date
    today: date
    lines: tuple[DayLine, ...]
    typed: str
    found: tuple[Pupil, ...]
    may_keep: bool
    may_set_limit: bool
    default_c: float
    """The installation's limit, for a school that has set none."""
    limit: float | str | None
    """The school's own; as it was typed where it could not be used."""
    refused: Said = ""

    @property
    def kinds(self) -> dict[Kind, str]:
        return KINDS


@dataclass(frozen=True, slots=True)
class Contact:
    """A guardian, for whoever has to call one."""

    who: Of
    kin: str


@dataclass(frozen=True, slots=True)
class PupilView:
    slug: str
    pupil: Pupil
    contacts: tuple[Contact, ...] | None
    """Those who may hear of the pupil first; None for whoever is not to call them."""
    written: tuple[Written, ...]
    warm: tuple[Warm, ...]
    """Readings at a unit that were high."""
    may_keep: bool
    form: Typed
    """An entry that could not be written."""
    refused: Said = ""

    @property
    def kinds(self) -> dict[Kind, str]:
        return KINDS


@dataclass(frozen=True, slots=True)
class FamilyView:
    child: Pupil
    written: tuple[Written, ...]

    @property
    def kinds(self) -> dict[Kind, str]:
        return KINDS


@router.get("/schools/{slug}/health/book")
def show_book(request: Request, visitor: SignedIn, slug: str, day: AskedDay = None, q: str = "") -> Response:
    """A day's entries, as far as the reader sees the pupils' health, and the way to a pupil."""
    return _book(request, visitor, slug, day, q)


@router.post("/schools/{slug}/health/limit")
def set_limit(
    request: Request, visitor: SignedIn, slug: str, from_c: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """From how many °C on a reading at a gate is shown; empty: the installation's again."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.KEEP_HEALTH)
            limit = read_fever_limit(from_c)
            queries.set_fever_from_c(session, school.id, limit)
            facts = {"from_c": "default" if limit is None else str(limit)}
            audit.note(session, school.id, visitor.actor.user_id, "health.limit_set", "", facts, now=kit.clock())
    except Invalid as error:
        return _book(request, visitor, slug, None, "", from_c, error)
    return RedirectResponse(f"/schools/{slug}/health", 303)


def _book(
    request: Request,
    visitor: Visitor,
    slug: str,
    day: date | None,
    q: str,
    limit: str | None = None,
    refused: Invalid | None = None,
) -> Response:
    kit = service(request)
    today = school_day(kit.clock())
    shown = day or today
    with kit.database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        if not here.holds(Right.SEE_HEALTH, school.id):
            raise NotFound("No such page, or not one for you.")
        written = queries.written_on(session, school.id, shown)
        pupils = pupils_among(session, here, {one.student_id for one in written}, Right.SEE_HEALTH)
        by_id = {one.id: one for one in pupils}
        hits = {one.id for one in find_pupils(session, here, q)} if q else set()
        view = BookView(
            school=school,
            day=shown,
            today=today,
            lines=tuple(DayLine(one, by_id[one.student_id]) for one in written if one.student_id in by_id),
            typed=q,
            found=tuple(pupils_among(session, here, hits, Right.SEE_HEALTH)),
            may_keep=here.holds(Right.KEEP_HEALTH, school.id),
            may_set_limit=school.id in here.schools_where(Right.KEEP_HEALTH),
            default_c=kit.settings.fever_c,
            limit=queries.own_fever_from_c(session, school.id) if limit is None else limit,
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/health/book.html", view, visitor.actor, school, status=status)


@router.get("/health/students/{student_id}")
def show_pupil(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return _show(request, visitor, student_id)


@router.post("/health/students/{student_id}")
def write(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
) -> Response:
    kit, kind, tell_family = service(request), form.choice("kind", Kind), form.ticked("tell_family")
    celsius, note = form.read("temperature", read_temperature), form.lines("note", LONGEST_NOTE)
    try:
        with kit.database.writing() as session:
            pupil = student_for(session, visitor.actor, student_id, Right.KEEP_HEALTH)
            form.require()
            desk.write(session, visitor.actor, pupil.id, kind, celsius, note, tell_family=tell_family, now=kit.clock())
    except Invalid as error:
        return _show(request, visitor, student_id, refused=error, form=form)
    return RedirectResponse(f"/health/students/{student_id}", 303)


@router.post("/health/entries/{entry_id}/struck")
def strike(request: Request, visitor: SignedIn, entry_id: UUID) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        found = queries.entry(session, entry_id)
        if found is None:
            raise NotFound("No such pupil, or not one that you may see.")
        student_id = found.student_id
        student_for(session, visitor.actor, student_id, Right.KEEP_HEALTH)
    try:
        with kit.database.writing() as session:
            desk.strike(session, visitor.actor, entry_id, kit.clock())
    except Conflict as error:
        return _show(request, visitor, student_id, refused=error)
    return RedirectResponse(f"/health/students/{student_id}", 303)


def _show(
    request: Request,
    visitor: Visitor,
    student_id: UUID,
    *,
    refused: Invalid | Conflict | None = None,
    form: Typed | None = None,
) -> Response:
    """To staff who see health with everything that was struck out; to a family as it stands."""
    kit = service(request)
    with kit.database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.SEE_HEALTH)
        written = tuple(queries.written_of(session, [pupil.id]))
        rights = rights_over(session, visitor.actor.within(pupil.school_id), pupil.id)
        if Right.SEE_HEALTH not in rights:
            standing = tuple(one for one in written if one.struck_at is None)
            return page(request, "attendance/health/family.html", FamilyView(pupil, standing))
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == pupil.school_id)
        contacts = _contacts(session, pupil, kit.clock()) if rights & CONTACT else None
        from_c = queries.fever_from_c(session, pupil.school_id, kit.settings.fever_c)
        warm = warm_of(session, pupil.id, from_c=from_c, limit=WARM_SHOWN)
    view = PupilView(
        slug=school.slug,
        pupil=pupil,
        contacts=contacts,
        written=written,
        warm=tuple(warm),
        may_keep=Right.KEEP_HEALTH in rights,
        form=form or Typed(),
        refused=said_by(refused),
    )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/health/pupil.html", view, visitor.actor, school, status=status)


def _contacts(session: Session, pupil: Pupil, now: datetime) -> tuple[Contact, ...]:
    details = facts.details(session, pupil.id)
    known = [Contact(one, kin_of(one.full_name, details)) for one in guardians.of_pupil(session, pupil.id, now)]
    return tuple(sorted(known, key=lambda one: not one.who.may_see))
