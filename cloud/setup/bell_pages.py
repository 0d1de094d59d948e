"""When the bells ring, for which grades, from which day on, and which half-days of the week are taught."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound, Refused
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar import setup, setup_queries
from cloud.school.calendar.changing import Unsure, changing
from cloud.school.calendar.facts import HalfDay, Span
from cloud.school.calendar.rules import schedule_for
from cloud.school.calendar.setup_queries import KnownSchedule
from cloud.school.calendar.words import HALVES, WEEKDAYS
from cloud.school.frame import staff_page
from cloud.setup import bell_form, queries

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    known: KnownSchedule
    now: bool
    """Whether some grade is taught by it today."""
    begun: bool

    def taught(self, half: HalfDay) -> list[int]:
        return sorted(one.weekday for one in self.known.schedule.week if one.half is half)


@dataclass(frozen=True, slots=True)
class BellsView:
    school: OwnSchool
    schedules: list[ShownSchedule]
    without: list[int]
    """Grades that have classes and no bells."""
    typed: Typed
    unsure: Unsure | None = None
    removing: UUID | None = None
    """What the confirmation is about, where it is not the form."""

    @property
    def rows(self) -> tuple[tuple[HalfDay, int], ...]:
        return bell_form.ROWS

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def weekdays(self) -> tuple[str, ...]:
        return WEEKDAYS


@router.get("/schools/{slug}/bells")
def show_bells(request: Request, visitor: SignedIn, slug: str, copy: UUID | None = None) -> Response:
    """`copy`: the form is filled as those bells are, to be changed and to begin today."""
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        known = setup_queries.schedules(session, school.id)
    pattern = next((one for one in known if one.id == copy), None)
    if pattern is None:
        form = Typed({"valid_from": [str(today)]}) if known else bell_form.filled("", bell_form.USUAL, today)
    else:
        begins = max(today, pattern.schedule.valid_from)
        form = bell_form.filled(pattern.name, pattern.schedule, begins)
    return _page(request, visitor, slug, form)


@router.post("/schools/{slug}/bells")
def ring_bells(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """Bells of the same first day and first grade are replaced, all others stay."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            name, schedule = bell_form.read(form)
            span = Span(schedule.valid_from, date.max)
            with changing(session, school.id, span, now=kit.clock(), sure=form.has("sure", "yes")) as change:
                schedule_id = setup.ring_bells(session, school.id, name, schedule)
            facts = {
                "name": name, "from": str(schedule.valid_from), "begun_days": str(len(change.days)),
                "grades": f"{schedule.first_grade}-{schedule.last_grade}", "periods": str(len(schedule.bells)),
            }  # fmt: skip
            audit.note(session, school.id, visitor.actor.user_id, "bells.set", schedule_id, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _page(request, visitor, slug, form)
    except Unsure as unsure:
        return _page(request, visitor, slug, form, unsure)
    return RedirectResponse(f"/schools/{slug}/bells", 303)


@router.post("/schools/{slug}/bells/{schedule_id}/removed")
def remove_bells(request: Request, visitor: SignedIn, slug: str, schedule_id: UUID, form: Posted) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            known = next((one for one in setup_queries.schedules(session, school.id) if one.id == schedule_id), None)
            if known is None:
                raise NotFound("No such bells in this school.")
            span = Span(known.schedule.valid_from, date.max)
            with changing(session, school.id, span, now=kit.clock(), sure=form.has("sure", "yes")) as change:
                setup_queries.remove_schedule(session, school.id, schedule_id)
            facts = {"name": known.name, "from": str(span.first), "begun_days": str(len(change.days))}
            audit.note(session, school.id, visitor.actor.user_id, "bells.removed", schedule_id, facts, now=kit.clock())
    except Unsure as unsure:
        return _page(request, visitor, slug, Typed(), unsure, schedule_id)
    return RedirectResponse(f"/schools/{slug}/bells", 303)


def _page(
    request: Request,
    visitor: Visitor,
    slug: str,
    form: Typed,
    unsure: Unsure | None = None,
    removing: UUID | None = None,
) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        known = setup_queries.schedules(session, school.id)
        grades = sorted({one.grade for one in queries.classes(session, school.id)})
    schedules = [one.schedule for one in known]
    by_grade = {grade: schedule_for(schedules, today, grade) for grade in range(1, 13)}
    shown = [
        ShownSchedule(one, any(one.schedule is used for used in by_grade.values()), one.schedule.valid_from <= today)
        for one in known
    ]
    without = [grade for grade in grades if not any(s.first_grade <= grade <= s.last_grade for s in schedules)]
    view = BellsView(school, shown, without, form, unsure, removing)
    status = 409 if unsure else 422 if form.problems else 200
    return staff_page(request, "setup/bells.html", view, visitor.actor, school, status=status)
