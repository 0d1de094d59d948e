"""Staff timesheets: one's own month, everybody's for who may see them, corrections asked for and decided on."""

import tempfile
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
from cloud.attendance.timesheets import queries
from cloud.attendance.timesheets.corrections import Timesheet, ask_for_correction, decide, timesheets
from cloud.attendance.timesheets.excel import write_month
from cloud.attendance.timesheets.queries import State, Waiting
from cloud.kit.clock import SCHOOL_TIME, school_day
from cloud.kit.errors import Conflict, Forbidden, Invalid, NotFound
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, workplace_for
from cloud.school.calendar.months import Month, OfAMonth, first_of
from cloud.school.frame import Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Timesheets"), "/schools/{slug}/timesheets", Right.SEE_TIMESHEETS),)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class TimesheetsView(OfAMonth):
    school: OwnSchool
    first: date
    today: date
    own: Timesheet | None
    sheets: tuple[Timesheet, ...]
    """Everybody's, for who may see them."""
    waiting: tuple[Waiting, ...]
    may_decide: bool
    form: Typed
    """A correction that was asked for and could not be taken."""
    refused: Said


@router.get("/schools/{slug}/timesheets")
def show(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    return _show(request, visitor, slug, month)


@router.get("/schools/{slug}/timesheets.xlsx")
def export(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    """What the reader may see of them: everybody's, or their own; the page again where that is nothing."""
    first = first_of(month, school_day(service(request).clock()))
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        sheets = _sheets(request, session, visitor, school, first)
    if not sheets:
        return _show(request, visitor, slug, month)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "month.xlsx"
        write_month(file, school.name, sheets)
        content = file.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="timesheets-{school.slug}-{first:%Y-%m}.xlsx"'}
    return Response(content, media_type=EXCEL, headers=headers)


@router.post("/schools/{slug}/timesheets/corrections")
def ask(
    request: Request,
    visitor: SignedIn,
    slug: str,
    staff_id: Annotated[UUID, Form()],
    form: Posted,
) -> Response:
    now, day = service(request).clock(), form.day("day")
    month = f"{day:%Y-%m}" if day else None
    came, left, reason = form.clock("came"), form.clock("left"), form.text("reason", 300, needed=False)
    try:
        with service(request).database.writing() as session:
            workplace_for(session, visitor.actor, slug)
            form.require()
            assert day
            assert came
            assert left
            came_at, left_at = (datetime.combine(day, one, SCHOOL_TIME) for one in (came, left))
            ask_for_correction(session, visitor.actor, staff_id, (came_at, left_at), reason, now)
    except Invalid as error:
        return _show(request, visitor, slug, month, refused=error, form=form)
    return RedirectResponse(f"/schools/{slug}/timesheets?month={month}", 303)


@router.post("/schools/{slug}/timesheets/corrections/{correction_id}")
def settle(
    request: Request, visitor: SignedIn, slug: str, correction_id: UUID, state: Annotated[State, Form()]
) -> Response:
    try:
        with service(request).database.writing() as session:
            workplace_for(session, visitor.actor, slug)
            decide(session, visitor.actor, correction_id, state, service(request).clock())
    except (Conflict, Forbidden) as error:
        return _show(request, visitor, slug, None, refused=error)
    return RedirectResponse(f"/schools/{slug}/timesheets", 303)


def _show(
    request: Request,
    visitor: Visitor,
    slug: str,
    month: str | None,
    *,
    refused: Invalid | Conflict | Forbidden | None = None,
    form: Typed | None = None,
) -> Response:
    today = school_day(service(request).clock())
    first = first_of(month, today)
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        sheets = _sheets(request, session, visitor, school, first)
        waiting = queries.waiting(session, [one.staff.id for one in sheets])
    everybody = school.id in visitor.actor.schools_where(Right.SEE_TIMESHEETS)
    view = TimesheetsView(
        school=school,
        first=first,
        today=today,
        own=next((one for one in sheets if one.staff.user_id == visitor.actor.user_id), None),
        sheets=tuple(sheets) if everybody else (),
        waiting=tuple(waiting),
        may_decide=school.id in visitor.actor.schools_where(Right.KEEP_TIMESHEETS),
        form=form or Typed(),
        refused=said_by(refused),
    )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/timesheets.html", view, visitor.actor, school, status=status)


def _sheets(request: Request, session: Session, visitor: Visitor, school: OwnSchool, first: date) -> list[Timesheet]:
    """None for whoever has no sheet here and may see nobody's."""
    window = timedelta(seconds=service(request).settings.passage_window_s)
    try:
        return timesheets(session, visitor.actor, school.id, first, passage_window=window)
    except NotFound:
        return []
