"""Staff timesheets: one's own days, everybody's for who may see them, corrections asked for and decided on."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.timesheets import corrections, queries
from cloud.attendance.timesheets.corrections import Timesheet
from cloud.attendance.timesheets.excel import write_month
from cloud.attendance.timesheets.queries import Asked, State
from cloud.attendance.timesheets.rules import WorkDay
from cloud.kit.clock import SCHOOL_TIME, school_day
from cloud.kit.errors import Invalid, NotFound, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.files import file_answer
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.people.staff.keeping import POSITIONS
from cloud.school.access import OwnSchool, workplace_for
from cloud.school.calendar.months import Month, OfAMonth, first_of, month_span
from cloud.school.frame import Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(
        marked("Timesheets"),
        "/schools/{slug}/timesheets",
        Right.SEE_TIMESHEETS,
        waiting=queries.waiting_for,
        whole=True,
    ),
)
LONGEST = 300


@dataclass(frozen=True, slots=True)
class TimesheetsView(OfAMonth):
    school: OwnSchool
    first: date
    today: date
    sheets: tuple[Timesheet, ...]
    """Everybody's, for who may see them; else one's own."""
    waiting: tuple[Asked, ...]
    days: Mapping[UUID, WorkDay]
    """By correction that waits: how units saw that day."""
    to_decide: frozenset[UUID]
    refused: Said


@dataclass(frozen=True, slots=True)
class PersonView(OfAMonth):
    school: OwnSchool
    first: date
    today: date
    sheet: Timesheet
    position: str
    is_own: bool
    sees_all: bool
    may_ask: bool
    asked: tuple[Asked, ...]
    """The last one first."""
    to_decide: frozenset[UUID]
    form: Typed
    """A correction that was asked for and could not be taken."""
    refused: Said


@router.get("/schools/{slug}/timesheets")
def show(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    return _list(request, visitor, slug, month)


@router.get("/schools/{slug}/timesheets.xlsx")
def export(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    """What the reader may see of them: everybody's, or their own; the page again where that is nothing."""
    first = first_of(month, school_day(service(request).clock()))
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        sheets = _sheets(request, session, visitor, school, first)
    if not sheets:
        return _list(request, visitor, slug, month)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "month.xlsx"
        write_month(file, school.name, sheets)
        content = file.read_bytes()
    return file_answer(content, f"timesheets-{school.slug}-{first:%Y-%m}.xlsx")


@router.get("/schools/{slug}/timesheets/{staff_id}")
def show_person(request: Request, visitor: SignedIn, slug: str, staff_id: UUID, month: Month = None) -> Response:
    """To themselves, and to whoever sees everybody's."""
    return _person(request, visitor, slug, staff_id, month)


@router.post("/schools/{slug}/timesheets/corrections")
def ask(request: Request, visitor: SignedIn, slug: str, staff_id: Annotated[UUID, Form()], form: Posted) -> Response:
    now, day = service(request).clock(), form.day("day")
    month = f"{day:%Y-%m}" if day else None
    came, left, reason = form.clock("came"), form.clock("left"), form.text("reason", LONGEST, needed=False)
    try:
        with service(request).database.writing() as session:
            workplace_for(session, visitor.actor, slug)
            form.require()
            assert day
            assert came
            assert left
            came_at, left_at = (datetime.combine(day, one, SCHOOL_TIME) for one in (came, left))
            corrections.ask_for_correction(session, visitor.actor, staff_id, (came_at, left_at), reason, now)
    except Invalid as error:
        return _person(request, visitor, slug, staff_id, month, refused=error, form=form)
    return RedirectResponse(f"/schools/{slug}/timesheets/{staff_id}?month={month}", 303)


@router.post("/schools/{slug}/timesheets/corrections/{correction_id}")
def settle(
    request: Request,
    visitor: SignedIn,
    slug: str,
    correction_id: UUID,
    state: Annotated[State, Form()],
    note: Annotated[str, Form(max_length=LONGEST)] = "",
    back: Annotated[UUID | None, Form()] = None,
) -> Response:
    """`back`: the person on whose page it was decided; without it the list is shown again."""
    try:
        with service(request).database.writing() as session:
            workplace_for(session, visitor.actor, slug)
            found = corrections.decide(session, visitor.actor, correction_id, state, note, service(request).clock())
    except Refusal as error:
        if back is not None:
            return _person(request, visitor, slug, back, None, refused=error)
        return _list(request, visitor, slug, None, refused=error)
    month = f"{found.day:%Y-%m}"
    return RedirectResponse(f"/schools/{slug}/timesheets" + (f"/{back}?month={month}" if back else ""), 303)


def _list(
    request: Request, visitor: Visitor, slug: str, month: str | None, *, refused: Refusal | None = None
) -> Response:
    today = school_day(service(request).clock())
    first = first_of(month, today)
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        sheets = _sheets(request, session, visitor, school, first)
        waiting: list[Asked] = []
        if school.id in visitor.actor.schools_where(Right.SEE_TIMESHEETS):
            waiting = queries.waiting(session, school.id)
        elif own := queries.own_id(session, school.id, visitor.actor.user_id):
            waiting = queries.waiting(session, school.id, own)
        days = corrections.days_in_question(session, school.id, waiting, _window(request))
    view = TimesheetsView(
        school=school,
        first=first,
        today=today,
        sheets=tuple(sheets),
        waiting=tuple(waiting),
        days=days,
        to_decide=_to_decide(visitor, waiting),
        refused=said_by(refused),
    )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/timesheets/list.html", view, visitor.actor, school, status=status)


def _person(
    request: Request,
    visitor: Visitor,
    slug: str,
    staff_id: UUID,
    month: str | None,
    *,
    refused: Refusal | None = None,
    form: Typed | None = None,
) -> Response:
    actor, now = visitor.actor, service(request).clock()
    today = school_day(now)
    first = first_of(month, today)
    with service(request).database.reading() as session:
        school = workplace_for(session, actor, slug)
        sheet = corrections.timesheet_of(session, actor, school.id, staff_id, first, passage_window=_window(request))
        asked = queries.asked_for(session, staff_id, first, month_span(first).last, now)
    is_own = sheet.staff.user_id == actor.user_id
    view = PersonView(
        school=school,
        first=first,
        today=today,
        sheet=sheet,
        position=POSITIONS.get(sheet.staff.position, ""),
        is_own=is_own,
        sees_all=school.id in actor.schools_where(Right.SEE_TIMESHEETS),
        may_ask=is_own or school.id in actor.schools_where(Right.KEEP_TIMESHEETS),
        asked=tuple(asked),
        to_decide=_to_decide(visitor, asked),
        form=form or Typed(),
        refused=said_by(refused),
    )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/timesheets/person.html", view, actor, school, status=status)


def _to_decide(visitor: Visitor, asked: list[Asked]) -> frozenset[UUID]:
    return frozenset(
        one.id for one in asked if one.state is State.REQUESTED and corrections.may_decide(visitor.actor, one)
    )


def _window(request: Request) -> timedelta:
    return timedelta(seconds=service(request).settings.passage_window_s)


def _sheets(request: Request, session: Session, visitor: Visitor, school: OwnSchool, first: date) -> list[Timesheet]:
    """None for whoever has no sheet here and may see nobody's."""
    try:
        return corrections.timesheets(session, visitor.actor, school.id, first, passage_window=_window(request))
    except NotFound:
        return []
