"""The principal's view of a day by class and half-day, how it went over weeks, and months as files and on paper."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.attendance.papers.paper import pdf_answer
from cloud.attendance.register.excel import write_register
from cloud.attendance.register.month_queries import Tally, class_tallies, kept_by_class
from cloud.attendance.register.months import LEGEND, Sheet, paper_of, sheet_of
from cloud.attendance.register.queries import policy_of
from cloud.attendance.register.words import HALVES
from cloud.attendance.trend import Trend, read_trend
from cloud.kit.clock import school_day
from cloud.kit.i18n import marked
from cloud.kit.web.files import file_answer
from cloud.kit.web.forms import AskedDay
from cloud.kit.web.service import language, service
from cloud.people.access import OwnClass, class_for, classes_for, pupils_among
from cloud.school.access import OwnSchool, school_for, workplaces_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.months import Month, OfAMonth, first_of, month_span
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Attendance"), "/schools/{slug}/attendance", Right.SEE_WHOLE, Group.TODAY, whole=True),)


@dataclass(frozen=True, slots=True)
class ClassLine:
    own_class: OwnClass
    halves: tuple[tuple[HalfDay, Tally], ...]
    low: int
    """Percent below which the class is pointed out."""

    @property
    def is_low(self) -> bool:
        """Not before most are known: leave is, long before the bell."""
        return any(tally.is_below(self.low) and tally.is_known_of_most for _, tally in self.halves)


@dataclass(frozen=True, slots=True)
class OverviewView:
    school: OwnSchool
    day: date
    today: date
    halves: tuple[HalfDay, ...]
    lines: tuple[ClassLine, ...]
    trend: Trend
    low: int
    nothing_in: str | None = None

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def whole(self) -> tuple[Tally, ...]:
        """Of all these classes, half-day by half-day."""
        columns = zip(*(line.halves for line in self.lines), strict=True)
        return tuple(sum((tally for _, tally in column), start=Tally()) for column in columns)

    @property
    def day_before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def day_after(self) -> date:
        return self.day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MonthSheetView(OfAMonth):
    own_class: OwnClass
    first: date
    sheet: Sheet
    words: tuple[tuple[HalfDay, str], ...] = tuple(HALVES.items())
    legend: str = LEGEND


@router.get("/schools/{slug}/attendance")
def show_overview(
    request: Request, visitor: SignedIn, slug: str, day: AskedDay = None, nothing_in: Month = None
) -> Response:
    """`nothing_in` is a month that was asked for as a file, and holds nothing."""
    now = service(request).clock()
    today = school_day(now)
    shown = day or today
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug)
        classes = classes_for(session, visitor.actor.within(school.id), Right.SEE_ATTENDANCE)
        tallies = class_tallies(session, school.id, shown)
        low = policy_of(session, school.id).low_percent
        trend = read_trend(session, school.id, shown, low, now)
    halves = tuple(half for half in HalfDay if any(key[1] is half for key in tallies))
    lines = tuple(
        ClassLine(one, tuple((half, tallies.get((one.id, half), Tally())) for half in halves), low) for one in classes
    )
    view = OverviewView(school, shown, today, halves, lines, trend, low, nothing_in)
    return staff_page(request, "attendance/overview.html", view, visitor.actor, school)


@router.get("/schools/{slug}/register.xlsx")
def export_school(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    """A worksheet a class; the page again for a month of which nothing is kept."""
    first = first_of(month, school_day(service(request).clock()))
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug)
        kept = kept_by_class(session, school.id, month_span(first))
        classes = classes_for(session, visitor.actor.within(school.id), Right.SEE_ATTENDANCE)
    sheets = [sheet_of(one.name, kept[one.id]) for one in classes if one.id in kept]
    if not sheets:
        return RedirectResponse(f"/schools/{slug}/attendance?nothing_in={first:%Y-%m}", 303)
    return _excel(school, first, sheets, school.slug)


@router.get("/classes/{class_id}/register.xlsx")
def export_class(request: Request, visitor: SignedIn, class_id: UUID, month: Month = None) -> Response:
    first = first_of(month, school_day(service(request).clock()))
    with service(request).database.reading() as session:
        own_class, school = _class(session, visitor.actor, class_id)
        sheet = _sheet(session, visitor.actor, own_class, first)
    if not sheet.rows:
        return _month_sheet(own_class, first)
    return _excel(school, first, [sheet], f"{school.slug}-{own_class.id}")


@router.get("/classes/{class_id}/register.pdf")
def print_class(request: Request, visitor: SignedIn, class_id: UUID, month: Month = None) -> Response:
    """The month's page for one of which nothing is kept: it says so."""
    first = first_of(month, school_day(service(request).clock()))
    with service(request).database.reading() as session:
        own_class, school = _class(session, visitor.actor, class_id)
        sheet = _sheet(session, visitor.actor, own_class, first)
    if not sheet.rows:
        return _month_sheet(own_class, first)
    paper = paper_of(sheet, school.name, first, language(request))
    return pdf_answer(paper, f"register-{school.slug}-{own_class.id}-{first:%Y-%m}")


@router.get("/classes/{class_id}/register/month")
def show_month_sheet(request: Request, visitor: SignedIn, class_id: UUID, month: Month = None) -> Response:
    """The month as it is printed and signed."""
    first = first_of(month, school_day(service(request).clock()))
    with service(request).database.reading() as session:
        own_class, school = _class(session, visitor.actor, class_id)
        view = MonthSheetView(own_class, first, _sheet(session, visitor.actor, own_class, first))
    return staff_page(request, "attendance/month_sheet.html", view, visitor.actor, school)


def _class(session: Session, actor: Actor, class_id: UUID) -> tuple[OwnClass, OwnSchool]:
    own_class = class_for(session, actor, class_id, Right.SEE_ATTENDANCE)
    return own_class, next(one for one in workplaces_for(session, actor) if one.id == own_class.school_id)


def _sheet(session: Session, actor: Actor, own_class: OwnClass, first: date) -> Sheet:
    """Of those pupils whom the actor may see: who has moved to another class is with that class's teacher."""
    kept = kept_by_class(session, own_class.school_id, month_span(first)).get(own_class.id, [])
    seen = pupils_among(session, actor, {one.student_id for _, one in kept}, Right.SEE_ATTENDANCE)
    ids = {pupil.id for pupil in seen}
    return sheet_of(own_class.name, [one for one in kept if one[1].student_id in ids])


def _month_sheet(own_class: OwnClass, first: date) -> Response:
    return RedirectResponse(f"/classes/{own_class.id}/register/month?month={first:%Y-%m}", 303)


def _excel(school: OwnSchool, first: date, sheets: list[Sheet], name: str) -> Response:
    file = io.BytesIO()
    write_register(file, school.name, first, sheets)
    return file_answer(file.getvalue(), f"register-{name}-{first:%Y-%m}.xlsx")
