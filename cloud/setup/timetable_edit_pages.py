"""Timetables made, copied and changed: a class's week in one form, checked against everybody else's."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound, Problem, Refused
from cloud.kit.i18n import marked
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar import setup_queries
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.setup_queries import KnownTerm, KnownYear
from cloud.school.calendar.words import HALVES, WEEKDAYS
from cloud.school.frame import staff_page
from cloud.school.timetable import queries as timetable
from cloud.school.timetable import setup_queries as timetables
from cloud.school.timetable.setup_queries import KnownTimetable
from cloud.setup import class_week
from cloud.setup.class_week import Choice
from cloud.setup.month import NamedClass
from cloud.setup.timetables import Whole, in_force, own_timetable, whole
from cloud.setup.week import Named, Week, clashing, named, week_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class TimetablesView:
    school: OwnSchool
    years: list[KnownYear]
    terms: list[KnownTerm]
    known: list[KnownTimetable]
    now: KnownTimetable | None
    today: date
    typed: Typed


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file."""

    lessons: int
    classes: tuple[str, ...]
    left_out: tuple[Problem, ...]
    """The first of them, each named by its cell."""
    all_left_out: int


@dataclass(frozen=True, slots=True)
class EditView:
    school: OwnSchool
    known: KnownTimetable
    wrong: list[Named]
    """In the whole timetable."""
    classes: list[NamedClass]
    own: NamedClass | None
    week: Week | None
    choices: tuple[Choice, ...]
    """What the class may be taught, and by whom."""
    unplaced: int
    """Lessons of the class that no bell rings for: they are taken out when its week is saved."""
    today: date
    typed: Typed
    refused: list[Named]
    """What saving would make wrong."""
    report: Report | None = None

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def weekdays(self) -> tuple[str, ...]:
        return WEEKDAYS

    @property
    def has_begun(self) -> bool:
        return self.known.valid_from < self.today and self.known.lessons > 0


@router.get("/schools/{slug}/timetables")
def show_timetables(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _list(request, visitor, slug, Typed())


@router.post("/schools/{slug}/timetables")
def make_timetable(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """Empty, or with the lessons of another one: as far as they are assigned in the new one's term too."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            valid_from = form.day("valid_from")
            form.require()
            assert valid_from
            terms = [term for year in setup_queries.years(session, school.id) for term in year.terms]
            term = next((one for one in terms if valid_from in one.span), None)
            known = timetables.timetables(session, school.id)
            if term is None:
                form.complain("valid_from", marked("this day is in no term"))
            elif any((one.term_id, one.valid_from) == (term.id, valid_from) for one in known):
                form.complain("valid_from", marked("a timetable begins on this day already"))
            form.require()
            assert term
            made = timetable.add_timetable(session, term.id, valid_from)
            source = next((one for one in known if one.id == form.key("copy_of")), None)
            copied = class_week.copied(session, school.id, source, term.id) if source else []
            timetable.add_lessons(session, made, copied)
            facts = {"from": str(valid_from), "lessons": str(len(copied))}
            audit.note(session, school.id, visitor.actor.user_id, "timetable.made", made, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _list(request, visitor, slug, form)
    return RedirectResponse(f"/schools/{slug}/timetables/{made}", 303)


@router.post("/schools/{slug}/timetables/{timetable_id}/removed")
def remove_timetable(request: Request, visitor: SignedIn, slug: str, timetable_id: UUID, form: Posted) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            known = own_timetable(session, school.id, timetable_id)
            if known.lessons and not form.has("sure", "yes"):
                form.complain("sure", marked("tick the box first: its lessons would be gone"))
            form.require()
            timetables.remove_timetable(session, school.id, timetable_id)
            facts = {"from": str(known.valid_from), "lessons": str(known.lessons)}
            by = visitor.actor.user_id
            audit.note(session, school.id, by, "timetable.removed", timetable_id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _list(request, visitor, slug, form)
    return RedirectResponse(f"/schools/{slug}/timetables", 303)


@router.get("/schools/{slug}/timetables/{timetable_id}")
def edit_timetable(
    request: Request, visitor: SignedIn, slug: str, timetable_id: UUID, class_id: UUID | None = None
) -> Response:
    return edit_page(request, visitor, slug, timetable_id, class_id, Typed())


@router.post("/schools/{slug}/timetables/{timetable_id}/classes/{class_id}")
def change_week(
    request: Request, visitor: SignedIn, slug: str, timetable_id: UUID, class_id: UUID, form: Posted
) -> Response:
    """A class's whole week. What would clash is named, and kept only when that is confirmed."""
    kit = service(request)
    refused: list[Named] = []
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            table = whole(session, school.id, own_timetable(session, school.id, timetable_id))
            own = next((one for one in table.classes if one.id == class_id), None)
            if own is None:
                raise NotFound("No such class in this school.")
            placed = class_week.read(form, session, school.id, table, own)
            form.require()
            timetables.clear_class(session, timetable_id, [class_id])
            timetable.add_lessons(session, timetable_id, placed)
            after = replace(table, lessons=timetable.lessons_of(session, timetable_id))
            refused = named(after.verdict(), after.lessons, after.names, lambda one: one.school_class.id == class_id)
            if refused and not form.has("sure", "yes"):
                form.complain("week", marked("this would clash: see above"))
            form.require()
            facts = {"class": own.name, "lessons": str(len(placed)), "clashes": str(len(refused))}
            by = visitor.actor.user_id
            audit.note(session, school.id, by, "timetable.changed", timetable_id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return edit_page(request, visitor, slug, timetable_id, class_id, form, refused)
    return RedirectResponse(f"/schools/{slug}/timetables/{timetable_id}?class_id={class_id}", 303)


def edit_page(
    request: Request,
    visitor: Visitor,
    slug: str,
    timetable_id: UUID,
    class_id: UUID | None,
    form: Typed,
    refused: list[Named] | None = None,
    *,
    report: Report | None = None,
) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        view = _edit_view(request, session, school, timetable_id, class_id, form, refused or [])
    view = replace(view, report=report)
    status = 409 if refused else 422 if form.problems else 200
    return staff_page(request, "setup/timetable_edit.html", view, visitor.actor, school, status=status)


def _edit_view(
    request: Request,
    session: Session,
    school: OwnSchool,
    timetable_id: UUID,
    class_id: UUID | None,
    form: Typed,
    refused: list[Named],
) -> EditView:
    today = school_day(service(request).clock())
    known = own_timetable(session, school.id, timetable_id)
    table = whole(session, school.id, known)
    own = next((one for one in table.classes if one.id == class_id), table.classes[0] if table.classes else None)
    verdict = table.verdict()
    lessons = [one for one in table.lessons if own and one.school_class.id == own.id]
    unplaced = {one.lesson for one in verdict.unplaced}
    return EditView(
        school=school,
        known=known,
        wrong=named(verdict, table.lessons, table.names),
        classes=table.classes,
        own=own,
        week=_week(table, own, today, clashing(verdict)) if own else None,
        choices=class_week.choices(session, school.id, table, own) if own else (),
        unplaced=sum(one.id in unplaced for one in lessons),
        today=today,
        typed=form,
        refused=refused,
    )


def _week(table: Whole, own: NamedClass, today: date, wrong: frozenset[UUID]) -> Week:
    lessons = [one for one in table.lessons if one.school_class.id == own.id]
    return week_of(lessons, table.bells_of({own.grade}, table.known.valid_from), table.names, wrong)


def _list(request: Request, visitor: Visitor, slug: str, form: Typed) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        years = setup_queries.years(session, school.id)
        known = timetables.timetables(session, school.id)
    terms = [term for year in years for term in year.terms]
    view = TimetablesView(school, years, terms, known, in_force(known, today), today, form)
    status = 422 if form.problems else 200
    return staff_page(request, "setup/timetables.html", view, visitor.actor, school, status=status)
