"""Consent for staff: who said what, an answer taken down, forms to print, what families have asked for."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics import consent, forms, scans
from cloud.biometrics.consent import Said
from cloud.biometrics.queries import requests
from cloud.biometrics.queries import rosters as roster_queries
from cloud.biometrics.queries import templates as template_queries
from cloud.biometrics.reading import (
    DONE_IS_SHOWN,
    ChildFile,
    ClassFile,
    ClockedRequest,
    clocked,
    read_child,
    read_classes,
)
from cloud.biometrics.roster_api import rosters_of
from cloud.biometrics.rules import Answer, How, Party
from cloud.biometrics.wordings import NEWEST, Wording, wording
from cloud.kit import i18n
from cloud.kit.clock import SCHOOL_TIME, school_day
from cloud.kit.errors import CloudError, Conflict, Invalid
from cloud.kit.i18n import marked, said_by
from cloud.kit.web.files import file_answer
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import language, page, service
from cloud.people.access import class_for, classes_for, student_for
from cloud.school.access import OwnSchool, workplace_for, workplaces_for
from cloud.school.frame import Group, Place, staff_page

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Consent"), "/schools/{slug}/consent", Right.TAKE_CONSENT, Group.PEOPLE),)
MAX_FORM_BYTES = scans.MAX_BYTES + 64 * 1024


@dataclass(frozen=True, slots=True)
class OverviewView:
    classes: tuple[ClassFile, ...]
    requests: tuple[ClockedRequest, ...]
    refused: i18n.Said = ""
    """Why a request is not done yet."""


@dataclass(frozen=True, slots=True)
class ClassView:
    slug: str
    file: ClassFile


@dataclass(frozen=True, slots=True)
class PupilView:
    slug: str
    file: ChildFile
    wording_version: int
    today: date
    form: Typed
    """An answer that was not taken down."""
    refused: i18n.Said = ""
    """Why the answer was not taken down."""
    may_export: bool = False
    """Everything that is held about the pupil (cloud/reports)."""


@dataclass(frozen=True, slots=True)
class FormsView:
    files: tuple[ChildFile, ...]
    wording: Wording
    wording_version: int
    back: str
    pdf: str


@router.get("/schools/{slug}/consent")
def show_overview(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _overview(request, visitor, slug)


def _overview(request: Request, visitor: SignedIn, slug: str, refused: Conflict | None = None) -> Response:
    now = service(request).clock()
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        own = classes_for(session, here, Right.TAKE_CONSENT)
        asked = requests.asked_within(session, here, done_since=now - DONE_IS_SHOWN)
        classes, requested = read_classes(session, own, now=now), clocked(session, asked, now=now)
    view = OverviewView(classes, requested, said_by(refused))
    status = refused.status if refused else 200
    return staff_page(request, "biometrics/overview.html", view, visitor.actor, school, status=status)


@router.get("/consent/classes/{class_id}")
def show_class(request: Request, visitor: SignedIn, class_id: UUID) -> Response:
    with service(request).database.reading() as session:
        own = class_for(session, visitor.actor, class_id, Right.TAKE_CONSENT)
        [file] = read_classes(session, [own], now=service(request).clock())
        school = _school(session, visitor.actor, own.school_id)
    view = ClassView(school.slug, file)
    return staff_page(request, "biometrics/class.html", view, visitor.actor, school)


@router.get("/consent/classes/{class_id}/forms")
def show_forms(request: Request, visitor: SignedIn, class_id: UUID) -> Response:
    """A page of paper for each pupil of whom nobody has said anything final yet."""
    files = _unanswered(request, visitor, class_id)
    return _forms_page(request, files, f"/consent/classes/{class_id}", "forms.pdf")


@router.get("/consent/classes/{class_id}/forms.pdf")
def print_forms(request: Request, visitor: SignedIn, class_id: UUID) -> Response:
    return _forms_pdf(request, _unanswered(request, visitor, class_id))


@router.get("/consent/students/{student_id}/form")
def show_form(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    files = (_file(request, visitor, student_id),)
    return _forms_page(request, files, f"/consent/students/{student_id}", "form.pdf")


@router.get("/consent/students/{student_id}/form.pdf")
def print_form(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return _forms_pdf(request, (_file(request, visitor, student_id),))


@router.get("/consent/students/{student_id}")
def show_pupil(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return _pupil_page(request, visitor, student_id)


@router.post("/consent/students/{student_id}/answers", max_body_size=MAX_FORM_BYTES)
def take_down(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
    wording_version: Annotated[int, Form()] = NEWEST,
    scan: UploadFile | None = None,
) -> Response:
    """`who` is a guardian's id, or `child`. What is missing or does not fit is said above the form."""
    kit, now = service(request), service(request).clock()
    who, answer, how, said_on = (form.value(name) for name in ("who", "answer", "how", "said_on"))
    content = scan.file.read() if scan is not None and scan.filename else b""
    try:
        with kit.database.writing() as session:
            pupil = student_for(session, visitor.actor, student_id, Right.TAKE_CONSENT)
            if not who or answer not in set(Answer) or how not in (How.IN_PERSON, How.PAPER):
                raise Invalid(marked("Say who answered, what they said and how: nothing is filled in for you."))
            spoken = Said(
                student_id=pupil.id,
                party=Party.CHILD if who == Party.CHILD else Party.GUARDIAN,
                guardian_id=None if who == Party.CHILD else _guardian(who),
                answer=Answer(answer),
                how=How(how),
                wording_version=wording_version,
                wording_language=language(request),
                decided_at=_moment(said_on, now),
                scan_id=_kept(request, session, pupil.id, content, how, now),
            )
            consent.record(session, spoken, recorded_by=visitor.actor.user_id, now=now)
    except CloudError as error:
        if error.status in (401, 403, 404):
            raise
        return _pupil_page(request, visitor, student_id, form=form, refused=said_by(error), status=error.status)
    return RedirectResponse(f"/consent/students/{student_id}", 303)


@router.get("/consent/students/{student_id}/scans/{scan_id}")
def show_scan(request: Request, visitor: SignedIn, student_id: UUID, scan_id: UUID) -> Response:
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.TAKE_CONSENT)
        found = scans.show(session, rosters_of(request).keyring, pupil.id, scan_id)
    log.info("consent scan opened scan=%s user=%s", scan_id, visitor.actor.user_id)
    answer = file_answer(found.content, f"consent-{scan_id}.{found.media_type.split('/')[1]}")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@router.post("/consent/requests/{request_id}")
def see_to_request(
    request: Request, visitor: SignedIn, request_id: UUID, step: Annotated[Literal["acknowledged", "done"], Form()]
) -> Response:
    """`acknowledged`: the family was told that it arrived; `done`: what they asked for is so."""
    now = service(request).clock()
    try:
        with service(request).database.writing() as session:
            wanted = requests.request_for(session, visitor.actor, request_id)
            school = _school(session, visitor.actor, wanted.school_id)
            if step == "done" and wanted.kind in ("withdrawal", "deletion"):
                if template_queries.template_count(session, wanted.student_id):
                    raise Conflict(marked("Templates are still there: withdraw the consent first, which erases them."))
                if roster_queries.pending_anywhere(session, wanted.student_id):
                    raise Conflict(marked("A unit has yet to say that it erased: this request is done when it has."))
            wanted.acknowledged_at = wanted.acknowledged_at or now
            if step == "done" and wanted.done_at is None:
                wanted.done_at, wanted.done_by = now, visitor.actor.user_id
    except Conflict as error:
        return _overview(request, visitor, school.slug, error)
    return RedirectResponse(f"/schools/{school.slug}/consent#requests", 303)


def _unanswered(request: Request, visitor: SignedIn, class_id: UUID) -> tuple[ChildFile, ...]:
    now = service(request).clock()
    with service(request).database.reading() as session:
        own = class_for(session, visitor.actor, class_id, Right.TAKE_CONSENT)
        [file] = read_classes(session, [own], now=now)
        pupils = [student_for(session, visitor.actor, one.id, Right.TAKE_CONSENT) for one in file.nothing]
        return tuple(read_child(session, pupil, now=now) for pupil in pupils)


def _forms_page(request: Request, files: tuple[ChildFile, ...], back: str, pdf: str) -> Response:
    view = FormsView(files, wording(NEWEST, language(request)), NEWEST, back, f"{back}/{pdf}")
    return page(request, "biometrics/forms.html", view)


def _forms_pdf(request: Request, files: tuple[ChildFile, ...]) -> Response:
    words = language(request)
    content = forms.print_forms(files, wording(NEWEST, words), NEWEST, words)
    return file_answer(content, "consent.pdf", opened=True)


def _file(request: Request, visitor: SignedIn, student_id: UUID) -> ChildFile:
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.TAKE_CONSENT)
        return read_child(session, pupil, now=service(request).clock())


def _pupil_page(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    *,
    form: Typed | None = None,
    refused: i18n.Said = "",
    status: int = 200,
) -> Response:
    file = _file(request, visitor, student_id)
    with service(request).database.reading() as session:
        school = _school(session, visitor.actor, file.pupil.school_id)
    may_export = visitor.actor.holds(Right.MANAGE_PEOPLE, school.id)
    today = school_day(service(request).clock())
    view = PupilView(school.slug, file, NEWEST, today, form or Typed(), refused, may_export)
    return staff_page(request, "biometrics/pupil.html", view, visitor.actor, school, status=status)


def _school(session: Session, actor: Actor, school_id: UUID) -> OwnSchool:
    """Where the actor takes consent they work."""
    return next(school for school in workplaces_for(session, actor) if school.id == school_id)


def _guardian(who: str) -> UUID:
    try:
        return UUID(who)
    except ValueError as error:
        raise Invalid(marked("Name the guardian who answered, or the child.")) from error


def _moment(said_on: str, now: datetime) -> datetime:
    """Noon of an earlier day where the school stands: a form says the day, not the hour."""
    if not said_on:
        return now
    try:
        day = date.fromisoformat(said_on)
    except ValueError as error:
        raise Invalid(marked("Write the day on which the answer was given as YYYY-MM-DD.")) from error
    return now if day == school_day(now) else datetime.combine(day, time(12), SCHOOL_TIME)


def _kept(request: Request, session: Session, student_id: UUID, content: bytes, how: str, now: datetime) -> UUID | None:
    """The scan's id, if the answer is on paper. Raises Invalid for a paper form without a scan."""
    if how != How.PAPER:
        if content:
            raise Invalid(marked("A scan belongs to a paper form: choose “on paper”, or leave the file out."))
        return None
    if not content:
        raise Invalid(marked("A paper form comes with its scan: add the file."))
    return scans.keep(session, rosters_of(request).keyring, student_id, content, now=now)
