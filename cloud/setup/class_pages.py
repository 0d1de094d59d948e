"""Classes: added, renamed, their grade, and who their homeroom teacher is from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound, Refused
from cloud.kit.i18n import marked
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.school import queries as schools
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar.changing import Unsure, changing
from cloud.school.calendar.facts import Span
from cloud.school.frame import staff_page
from cloud.school.timetable import queries as timetable
from cloud.school.timetable import setup_queries as timetables
from cloud.setup import queries
from cloud.setup.month import NamedClass
from cloud.setup.queries import Teacher

router = APIRouter(include_in_schema=False)

LONGEST_NAME = 20
MOST_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class ClassLine:
    own: NamedClass
    pupils: int
    teacher: str
    """Of today; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ClassesView:
    school: OwnSchool
    lines: tuple[ClassLine, ...]
    typed: Typed


@dataclass(frozen=True, slots=True)
class HomeroomLine:
    from_day: date
    teacher: str


@dataclass(frozen=True, slots=True)
class ClassView:
    school: OwnSchool
    own: NamedClass
    staff: list[Teacher]
    homerooms: tuple[HomeroomLine, ...]
    """The latest first."""
    today: date
    typed: Typed
    unsure: Unsure | None = None


@router.get("/schools/{slug}/classes")
def show_classes(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _classes(request, visitor, slug, Typed())


@router.post("/schools/{slug}/classes")
def add_classes(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """One, or several of one grade: 1A, 1B, 1C."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            grade = form.number("grade", 1, 12)
            names = _new_names(form, [one.name for one in queries.classes(session, school.id)])
            form.require()
            for name in names:
                schools.add_class(session, school.id, name, grade)
            facts = {"names": ", ".join(names), "grade": str(grade)}
            audit.note(session, school.id, visitor.actor.user_id, "class.added", "", facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _classes(request, visitor, slug, form)
    return RedirectResponse(f"/schools/{slug}/classes", 303)


@router.get("/schools/{slug}/classes/{class_id}")
def show_class(request: Request, visitor: SignedIn, slug: str, class_id: UUID) -> Response:
    return _class(request, visitor, slug, class_id, Typed())


@router.post("/schools/{slug}/classes/{class_id}")
def change_class(request: Request, visitor: SignedIn, slug: str, class_id: UUID, form: Posted) -> Response:
    """Another grade may have other bells and other days off, also on days that have begun."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school, own = own_class(session, visitor.actor, slug, class_id)
            name, grade = form.text("name", LONGEST_NAME), form.number("grade", 1, 12)
            if any(one.name == name and one.id != own.id for one in queries.classes(session, school.id)):
                form.complain("name", marked("there is a class of this name already"))
            form.require()
            with changing(session, school.id, Span(date.min, date.max), now=kit.clock(), sure=form.has("sure", "yes")):
                schools.change_class(session, school.id, class_id, name, grade)
            facts = {"from": f"{own.name} ({own.grade})", "to": f"{name} ({grade})"}
            audit.note(session, school.id, visitor.actor.user_id, "class.changed", class_id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _class(request, visitor, slug, class_id, form)
    except Unsure as unsure:
        return _class(request, visitor, slug, class_id, form, unsure)
    return RedirectResponse(f"/schools/{slug}/classes", 303)


@router.post("/schools/{slug}/classes/{class_id}/homeroom")
def appoint(request: Request, visitor: SignedIn, slug: str, class_id: UUID, form: Posted) -> Response:
    """From that day on the class is theirs: its register, its leave requests, its messages."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school, own = own_class(session, visitor.actor, slug, class_id)
            from_day = form.day("from_day")
            teacher = next((one for one in queries.staff(session, school.id) if one.code == form.value("staff")), None)
            if teacher is None or (from_day and not teacher.works_on(from_day)):
                form.complain("staff", marked("choose one of the list"))
            form.require()
            assert from_day
            assert teacher
            timetable.appoint_homeroom_teacher(session, own.id, teacher.id, from_day)
            facts = {"class": own.name, "staff": teacher.code, "from": str(from_day)}
            audit.note(session, school.id, visitor.actor.user_id, "class.homeroom", class_id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _class(request, visitor, slug, class_id, form)
    return RedirectResponse(f"/schools/{slug}/classes", 303)


def own_class(session: Session, actor: Actor, slug: str, class_id: UUID) -> tuple[OwnSchool, NamedClass]:
    """Raises NotFound alike for a class that is not there and for one of another school."""
    school = school_for(session, actor, slug, Right.MANAGE_CALENDAR)
    own = next((one for one in queries.classes(session, school.id) if one.id == class_id), None)
    if own is None:
        raise NotFound("No such class in this school.")
    return school, own


def _new_names(form: Typed, known: Sequence[str]) -> list[str]:
    names = [" ".join(one.split()) for one in form.value("names").split(",")]
    names = list(dict.fromkeys(one for one in names if one))
    if not 0 < len(names) <= MOST_AT_ONCE or any(len(one) > LONGEST_NAME for one in names):
        says = marked("one to %(most)s names with commas between them, each of at most %(letters)s letters")
        form.complain("names", says, most=str(MOST_AT_ONCE), letters=str(LONGEST_NAME))
    if double := sorted(set(names) & set(known)):
        form.complain("names", marked("there already: %(names)s"), names=", ".join(double))
    return names


def _classes(request: Request, visitor: Visitor, slug: str, form: Typed) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        classes = queries.classes(session, school.id)
        pupils = queries.pupils_by_class(session, school.id)
        homerooms = timetables.homerooms(session, school.id)
        names = {one.id: one.full_name for one in queries.staff(session, school.id)}
    teachers = {
        class_id: next((names.get(staff, "") for day, staff in appointed if day <= today), "")
        for class_id, appointed in homerooms.items()
    }
    lines = tuple(ClassLine(one, pupils.get(one.id, 0), teachers.get(one.id, "")) for one in classes)
    view = ClassesView(school, lines, form)
    status = 422 if form.problems else 200
    return staff_page(request, "setup/classes.html", view, visitor.actor, school, status=status)


def _class(
    request: Request, visitor: Visitor, slug: str, class_id: UUID, form: Typed, unsure: Unsure | None = None
) -> Response:
    with service(request).database.reading() as session:
        school, own = own_class(session, visitor.actor, slug, class_id)
        staff = queries.staff(session, school.id)
        appointed = timetables.homerooms(session, school.id).get(class_id, [])
    names = {one.id: one.full_name for one in staff}
    homerooms = tuple(HomeroomLine(day, names.get(staff_id, "?")) for day, staff_id in appointed)
    today = school_day(service(request).clock())
    working = [one for one in staff if one.works_on(today)]
    view = ClassView(school, own, working, homerooms, today, form, unsure)
    status = 409 if unsure else 422 if form.problems else 200
    return staff_page(request, "setup/class.html", view, visitor.actor, school, status=status)
