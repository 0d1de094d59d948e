"""A new school year: every class becomes the next one, shown before it is done, and done in one transaction."""

import re
from dataclasses import dataclass
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
from cloud.kit.errors import Conflict
from cloud.kit.i18n import marked
from cloud.kit.web.service import service
from cloud.people import history_queries as history
from cloud.school import queries as schools
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar import setup_queries
from cloud.school.calendar.setup import Refused, refuse
from cloud.school.frame import Group, Place, staff_page
from cloud.setup import queries, rollover, rollover_queries
from cloud.setup.forms import Posted, Typed
from cloud.setup.rollover import Plan, Years

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("New school year"), "/schools/{slug}/roll-over", Right.MANAGE_PEOPLE, Group.YEAR),)


@dataclass(frozen=True, slots=True)
class RolloverView:
    school: OwnSchool
    years: Years | None
    """None: there is no year to go into yet."""
    plan: Plan | None
    today: date
    typed: Typed
    last_grade: int
    done: bool = False
    """For the new year, already: whoever repeats must not go up by a second click."""

    @property
    def may_be_done(self) -> bool:
        return self.years is not None and not self.done and not self.too_early

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
    kit, today = service(request), school_day(service(request).clock())
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
            view = _view(session, school, form, today)
            if not view.may_be_done or view.years is None or view.plan is None:
                raise Conflict("The school year has not ended, or there is no next one, or this has been done.")
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
                history.leave(session, student, today, f"Hết cấp, năm học {years.old.name}", by=by, now=now)


def _page(request: Request, visitor: Visitor, slug: str, form: Typed) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
        view = _view(session, school, form, today)
    if view.plan and form.values and not form.problems:
        form.problems = list(view.plan.problems)
    status = 422 if form.problems else 200
    return staff_page(request, "setup/rollover.html", view, visitor.actor, school, status=status)


def _view(session: Session, school: OwnSchool, form: Typed, today: date) -> RolloverView:
    years = rollover.years_around(setup_queries.years(session, school.id), today)
    last_grade = rollover.LAST_GRADES.get(rollover_queries.level_of(session, school.id), 12)
    if years is None:
        return RolloverView(school, None, None, today, form, last_grade)
    classes = queries.classes(session, school.id)
    targets = {one.id: form.value(f"to-{one.id.hex}", rollover.next_name(one, last_grade)) for one in classes}
    repeating = frozenset(code for code in re.split(r"[\s,;]+", form.value("repeating")) if code)
    pupils = rollover_queries.pupils(session, school.id)
    planned = rollover.plan(classes, pupils, targets, repeating, years.old.span.last, last_grade)
    done = rollover_queries.was_done(session, school.id, rollover.reason(years))
    return RolloverView(school, years, planned, today, form, last_grade, done)
