"""A new school year: every class becomes the next one, shown before it is done, and done in one transaction."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Refused
from cloud.kit.i18n import Phrase, marked
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.people import history_queries as history
from cloud.school import queries as schools
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar import setup_queries
from cloud.school.calendar.setup import refuse
from cloud.school.frame import Group, Place, staff_page
from cloud.setup import queries, rollover, rollover_queries
from cloud.setup.rollover import Done, Plan, Years

router = APIRouter(include_in_schema=False)

FOR_EVER = timedelta.max
"""A summer is long: what ends it is that somebody has worked in the new year."""

PLACES = (Place(marked("New school year"), "/schools/{slug}/roll-over", Right.MANAGE_PEOPLE, Group.YEAR, whole=True),)


@dataclass(frozen=True, slots=True)
class RolloverView:
    school: OwnSchool
    years: Years | None
    """None: there is no year to go into yet."""
    plan: Plan | None
    today: date
    typed: Typed
    last_grade: int
    done: Done | None = None
    """For the new year, already: whoever repeats must not go up by a second click."""
    hindrance: Phrase | None = None
    """Why that is not taken back as a whole."""

    @property
    def may_be_done(self) -> bool:
        return self.years is not None and self.done is None and not self.too_early

    @property
    def too_early(self) -> bool:
        return self.years is not None and self.today <= self.years.old.span.last

    @property
    def late(self) -> bool:
        return self.years is not None and self.today > self.years.new.span.first


@router.get("/schools/{slug}/roll-over")
def show_rollover(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _page(request, visitor, slug, Typed())


@router.post("/schools/{slug}/roll-over")
def roll_over(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """Shown anew until it is confirmed; then carried out, if it is still what was shown."""
    if not form.has("step", "carry-out"):
        return _page(request, visitor, slug, form)
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
            view = _view(request, session, visitor, school, form)
            if not view.may_be_done or view.years is None or view.plan is None:
                raise Conflict(marked("The school year has not ended, or there is no next one, or this has been done."))
            refuse(view.plan.problems)
            if not form.has("sure", "yes"):
                form.complain("sure", marked("tick the box first"))
            if form.value("seen") != view.plan.fingerprint:
                form.complain("sure", marked("something has changed since this was shown: look at it once more"))
            form.require()
            _carry_out(session, school, view.years, view.plan, visitor.actor.user_id, request)
            facts = {
                "year": view.years.new.name, "promoted": str(view.plan.promoted), "leaving": str(view.plan.leaving),
                "repeating": str(view.plan.repeating), "new_classes": str(len(view.plan.new_classes)),
            }  # fmt: skip
            audit.note(session, school.id, visitor.actor.user_id, "year.rolled_over", "", facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _page(request, visitor, slug, form)
    return RedirectResponse(f"/schools/{slug}/classes", 303)


def _carry_out(session: Session, school: OwnSchool, years: Years, plan: Plan, by: UUID, request: Request) -> None:
    now = service(request).clock()
    today = school_day(now)
    classes = {one.name: one.id for one in queries.classes(session, school.id)}
    for name, grade in plan.new_classes:
        classes[name] = schools.add_class(session, school.id, name, grade)
    students = rollover_queries.students(session, school.id)
    for move in plan.moves:
        for pupil in move.going:
            student = students[pupil.id]
            if move.to:
                reason = rollover.reason(years)
                history.move(session, student, classes[move.to], today, reason, by=by, now=now)
            else:
                history.leave(session, student, today, rollover.leaving_reason(years), by=by, now=now)


@router.post("/schools/{slug}/roll-over/taken-back")
def take_back(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """All of it, by whoever did it, until somebody has worked in the new year. The classes that were made stay."""
    kit, by = service(request), visitor.actor.user_id
    now = kit.clock()
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
            view = _view(request, session, visitor, school, form)
            if view.years is None or view.done is None or view.hindrance:
                raise Conflict(view.hindrance or marked("Nothing has been done that could be taken back."))
            if not form.has("sure", "yes"):
                form.complain("sure", marked("tick the box first"))
            if form.value("at") != view.done.at.isoformat():
                form.complain("sure", marked("something has changed since this was shown: look at it once more"))
            form.require()
            students = rollover_queries.students(session, school.id)
            for step in view.done.steps:
                why = f"Rút lại: {rollover.reason(view.years)}"
                history.take_back(session, students[step.student_id], step.id, why, by=by, now=now, within=FOR_EVER)
            facts = {
                "year": view.years.new.name, "pupils": str(view.done.pupils), "had_left": str(view.done.left),
                "classes": str(view.done.classes),
            }  # fmt: skip
            audit.note(session, school.id, by, "year.roll_over_taken_back", "", facts, now=now)
    except Conflict:
        return _page(request, visitor, slug, Typed(), status=Conflict.status)
    except Refused as error:
        form.problems = list(error.problems)
        return _page(request, visitor, slug, form)
    return RedirectResponse(f"/schools/{slug}/roll-over", 303)


def _page(request: Request, visitor: Visitor, slug: str, form: Typed, *, status: int = HTTPStatus.OK) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
        view = _view(request, session, visitor, school, form)
    if view.plan and form.values and not form.problems and not view.done:
        form.problems = list(view.plan.problems)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.problems else status
    return staff_page(request, "setup/rollover.html", view, visitor.actor, school, status=status)


def _view(request: Request, session: Session, visitor: Visitor, school: OwnSchool, form: Typed) -> RolloverView:
    today = school_day(service(request).clock())
    years = rollover.years_around(setup_queries.years(session, school.id), today)
    last_grade = rollover.LAST_GRADES.get(rollover_queries.level_of(session, school.id), 12)
    if years is None:
        return RolloverView(school, None, None, today, form, last_grade)
    classes = queries.classes(session, school.id)
    targets = {one.id: form.value(f"to-{one.id.hex}", rollover.next_name(one, last_grade)) for one in classes}
    repeating = frozenset(code for code in re.split(r"[\s,;]+", form.value("repeating")) if code)
    pupils = rollover_queries.pupils(session, school.id)
    planned = rollover.plan(classes, pupils, targets, repeating, years.old.span.last, last_grade)
    done = _done(request, session, school, years)
    hindrance = rollover.hindrance(done, visitor.actor.user_id) if done else None
    return RolloverView(school, years, planned, today, form, last_grade, done, hindrance)


def _done(request: Request, session: Session, school: OwnSchool, years: Years) -> Done | None:
    reasons = (rollover.reason(years), rollover.leaving_reason(years))
    roll_taken_since = request.app.state.roll_taken_since
    return rollover_queries.done(session, school.id, reasons, roll_taken_since=roll_taken_since)
