"""Subjects, and who teaches what to which class in a term."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, NotFound, Refused
from cloud.kit.i18n import marked
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar import setup_queries
from cloud.school.calendar.setup_queries import KnownTerm, KnownYear
from cloud.school.frame import staff_page
from cloud.school.timetable import queries as timetable
from cloud.school.timetable import setup_queries as timetables
from cloud.school.timetable.setup_queries import KnownSubject
from cloud.setup import queries, teaching
from cloud.setup.month import NamedClass

router = APIRouter(include_in_schema=False)

LONGEST_CODE, LONGEST_SUBJECT = 20, 80


@dataclass(frozen=True, slots=True)
class TeachingView:
    school: OwnSchool
    years: list[KnownYear]
    term: KnownTerm | None
    """Whose table is shown; None: the school has no term yet."""
    before: KnownTerm | None
    """The term before it, to copy from."""
    grades: list[int]
    grade: int | None
    classes: list[NamedClass]
    """Of that grade."""
    subjects: list[KnownSubject]
    labels: list[str]
    """The teachers that may be typed."""
    held: dict[tuple[UUID, UUID], str]
    typed: Typed

    def field(self, one: NamedClass, subject: KnownSubject) -> str:
        return teaching.field((one.id, subject.id))


@router.get("/schools/{slug}/teaching")
def show_teaching(
    request: Request, visitor: SignedIn, slug: str, term: UUID | None = None, grade: int | None = None
) -> Response:
    return _page(request, visitor, slug, Typed(), term, grade)


@router.post("/schools/{slug}/teaching")
def assign(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """A name is no right: only who is staff here can be named, and only classes and subjects of this school."""
    kit, grade = service(request), form.value("grade")
    term_id = form.key("term")
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            term = _own_term(session, school, term_id)
            held = {
                (one.class_id, one.subject_id, one.staff_id): one.id
                for one in timetables.assignments(session, school.id, term.id)
            }
            by_cell = defaultdict(list)
            for class_id, subject_id, staff_id in held:
                by_cell[class_id, subject_id].append(staff_id)
            cells = [
                (one.id, subject.id)
                for one in queries.classes(session, school.id)
                for subject in timetables.subjects(session, school.id)
            ]
            changes = teaching.read(form, by_cell, cells, queries.staff(session, school.id))
            with_lessons = timetables.lessons_by_assignment(session, term.id)
            for class_id, subject_id, staff_id in changes.removed:
                if held[class_id, subject_id, staff_id] in with_lessons:
                    says = marked("there are lessons of this in the timetable: take those out first")
                    form.complain(teaching.field((class_id, subject_id)), says)
            form.require()
            for class_id, subject_id, before, after in changes.replaced:
                timetables.reassign(session, held[class_id, subject_id, before], after)
            timetables.unassign(session, school.id, [held[one] for one in changes.removed])
            for class_id, subject_id, staff_id in changes.added:
                timetable.assign(session, term_id=term.id, class_id=class_id, subject_id=subject_id, staff_id=staff_id)
            facts = {
                "added": str(len(changes.added)), "replaced": str(len(changes.replaced)),
                "removed": str(len(changes.removed)),
            }  # fmt: skip
            audit.note(session, school.id, visitor.actor.user_id, "teaching.assigned", term.id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _page(request, visitor, slug, form, term_id, int(grade) if grade.isdecimal() else None)
    return RedirectResponse(f"/schools/{slug}/teaching?term={term.id}&grade={grade if grade.isdecimal() else ''}", 303)


@router.post("/schools/{slug}/teaching/copied")
def copy(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """From another term what is not there yet."""
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        term, source = _own_term(session, school, form.key("term")), _own_term(session, school, form.key("from"))
        there = {(one.class_id, one.subject_id) for one in timetables.assignments(session, school.id, term.id)}
        copied = [
            one
            for one in timetables.assignments(session, school.id, source.id)
            if (one.class_id, one.subject_id) not in there
        ]
        for one in copied:
            timetable.assign(
                session, term_id=term.id, class_id=one.class_id, subject_id=one.subject_id, staff_id=one.staff_id
            )
        facts = {"from": str(source.id), "added": str(len(copied))}
        audit.note(session, school.id, visitor.actor.user_id, "teaching.copied", term.id, facts, now=kit.clock())
    return RedirectResponse(f"/schools/{slug}/teaching?term={term.id}", 303)


@router.post("/schools/{slug}/subjects")
def keep_subject(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """A new one, or with its key another name for one that is there."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            code = form.text("code", LONGEST_CODE).upper()
            name = form.text("subject_name", LONGEST_SUBJECT)
            subject_id = form.key("subject")
            others = [one for one in timetables.subjects(session, school.id) if one.id != subject_id]
            if any(one.code == code for one in others):
                form.complain("code", marked("another subject has this code"))
            if any(one.name.casefold() == name.casefold() for one in others):
                form.complain("subject_name", marked("there is a subject of this name already"))
            form.require()
            if subject_id:
                timetables.rename_subject(session, school.id, subject_id, code, name)
            else:
                subject_id = timetable.add_subject(session, school.id, code, name)
            facts = {"code": code, "name": name}
            audit.note(session, school.id, visitor.actor.user_id, "subject.kept", subject_id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _page(request, visitor, slug, form, None, None)
    return RedirectResponse(f"/schools/{slug}/teaching#subjects", 303)


@router.post("/schools/{slug}/subjects/{subject_id}/removed")
def remove_subject(request: Request, visitor: SignedIn, slug: str, subject_id: UUID) -> Response:
    """One that was never taught: a slip of the hand. Any other stays, for what was taught stays readable."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            timetables.remove_subject(session, school.id, subject_id)
            audit.note(session, school.id, visitor.actor.user_id, "subject.removed", subject_id, now=kit.clock())
    except Conflict as error:
        form = Typed()
        form.complain("subjects", marked("this subject is taught, or was: it cannot be taken out"))
        return _page(request, visitor, slug, form, None, None, status=error.status)
    return RedirectResponse(f"/schools/{slug}/teaching#subjects", 303)


def _own_term(session: Session, school: OwnSchool, term_id: UUID | None) -> KnownTerm:
    terms = [term for year in setup_queries.years(session, school.id) for term in year.terms]
    found = next((term for term in terms if term.id == term_id), None)
    if found is None:
        raise NotFound("No such term in this school.")
    return found


def _page(
    request: Request,
    visitor: Visitor,
    slug: str,
    form: Typed,
    term_id: UUID | None,
    grade: int | None,
    *,
    status: int | None = None,
) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        years = setup_queries.years(session, school.id)
        terms = sorted((term for year in years for term in year.terms), key=lambda one: one.span.first)
        coming = next((one for one in terms if one.span.last >= today), terms[-1] if terms else None)
        term = next((one for one in terms if one.id == term_id), coming)
        classes = queries.classes(session, school.id)
        staff = queries.staff(session, school.id)
        assigned = timetables.assignments(session, school.id, term.id) if term else []
        subjects = timetables.subjects(session, school.id)
    grades = sorted({one.grade for one in classes})
    if grade not in grades:
        grade = grades[0] if grades else None
    labels = teaching.labels(staff)
    by_cell = defaultdict(list)
    for one in assigned:
        by_cell[one.class_id, one.subject_id].append(one.staff_id)
    view = TeachingView(
        school=school,
        years=years,
        term=term,
        before=max(
            (one for one in terms if term and one.span.last < term.span.first),
            key=lambda one: one.span.first,
            default=None,
        ),
        grades=grades,
        grade=grade,
        classes=[one for one in classes if one.grade == grade],
        subjects=subjects,
        labels=sorted(labels[one.id] for one in staff if one.works_on(today)),
        held={cell: teaching.shown(teachers, labels) for cell, teachers in by_cell.items()},
        typed=form,
    )
    code = status or (422 if form.problems else 200)
    return staff_page(request, "setup/teaching.html", view, visitor.actor, school, status=code)
