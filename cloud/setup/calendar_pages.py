"""The school's calendar: what is taught on each day and why, and the days that differ."""

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
from cloud.kit.errors import NotFound, Refused
from cloud.kit.i18n import marked
from cloud.kit.web.forms import AskedDay, Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar import setup, setup_queries
from cloud.school.calendar.changing import Unsure, changing
from cloud.school.calendar.facts import Because, DayRule, HalfDay, RuleKind, Span
from cloud.school.calendar.holidays import TYPED, Holiday, fixed_holidays
from cloud.school.calendar.months import Month, OfAMonth, month_span
from cloud.school.calendar.queries import calendar_of
from cloud.school.calendar.rules import problems_of_rule
from cloud.school.calendar.setup_queries import KnownYear
from cloud.school.calendar.words import BECAUSE, HALVES, KINDS, WEEKDAYS
from cloud.school.frame import Group, Place, staff_page
from cloud.setup import queries
from cloud.setup.month import Alike, Cell, NamedClass, day_of, weeks_of
from cloud.setup.runs import Run, days_between, runs_of

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Calendar"), "/schools/{slug}/calendar", Right.MANAGE_CALENDAR, Group.YEAR, whole=True),)
LONGEST_RUN = 120
"""Days that may be added at once: a summer is longer than any holiday within a year."""


@dataclass(frozen=True, slots=True)
class CalendarView(OfAMonth):
    school: OwnSchool
    first: date
    today: date
    weeks: tuple[tuple[Cell | None, ...], ...]
    classes: list[NamedClass]
    class_id: UUID | None
    """Whose month is shown; None: everybody's."""
    year: KnownYear | None
    runs: list[Run]
    """Of the school year, or of the month where there is none."""
    offered: list[Holiday]
    typed: Typed
    day: date | None = None
    alike: tuple[Alike, ...] = ()
    unsure: Unsure | None = None
    removed: Run | None = None
    """Just now; to be taken back."""

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def because(self) -> dict[Because, str]:
        return BECAUSE

    @property
    def kinds(self) -> dict[RuleKind, str]:
        return KINDS

    @property
    def weekdays(self) -> tuple[str, ...]:
        return WEEKDAYS

    @property
    def by_moon(self) -> tuple[str, ...]:
        return TYPED

    @property
    def grades(self) -> list[int]:
        return sorted({one.grade for one in self.classes})

    def class_name(self, class_id: UUID) -> str:
        return next((one.name for one in self.classes if one.id == class_id), "?")


@router.get("/schools/{slug}/calendar")
def show_calendar(
    request: Request,
    visitor: SignedIn,
    slug: str,
    month: Month = None,
    class_id: UUID | None = None,
    day: AskedDay = None,
) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        view = _view(request, session, school, month, class_id, day)
    return staff_page(request, "setup/calendar.html", view, visitor.actor, school)


@router.post("/schools/{slug}/calendar/rules")
def add_days(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """From a day to a day, at once."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            rules = _read(form, {one.id for one in queries.classes(session, school.id)})
            span = Span(rules[0].day, rules[-1].day)
            with changing(session, school.id, span, now=kit.clock(), sure=form.has("sure", "yes")) as change:
                added = setup.add_rules(session, school.id, rules)
            facts = {
                "kind": rules[0].kind, "name": rules[0].name, "first": str(span.first), "last": str(span.last),
                "days": str(added), "begun_days": str(len(change.days)),
            }  # fmt: skip
            by = visitor.actor.user_id
            audit.note(session, school.id, by, "calendar.days_added", span.first, facts, now=kit.clock())
    except Refused as error:
        form.problems = list(error.problems)
        return _again(request, visitor, slug, form)
    except Unsure as unsure:
        return _again(request, visitor, slug, form, unsure)
    return RedirectResponse(f"/schools/{slug}/calendar?month={span.first:%Y-%m}#days", 303)


@router.post("/schools/{slug}/calendar/rules/removed")
def remove_days(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    """The answer offers to take it back."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            known = setup_queries.rules_by_id(session, school.id, form.keys("id"))
            if not known:
                raise NotFound("These days are not in the calendar any more.")
            run = runs_of(known)[0]
            span = Span(known[0].rule.day, known[-1].rule.day)
            with changing(session, school.id, span, now=kit.clock(), sure=form.has("sure", "yes")) as change:
                setup_queries.remove_rules(session, school.id, [one.id for one in known])
            facts = {
                "name": run.rule.name, "first": str(span.first), "last": str(span.last),
                "begun_days": str(len(change.days)),
            }  # fmt: skip
            by = visitor.actor.user_id
            audit.note(session, school.id, by, "calendar.days_removed", span.first, facts, now=kit.clock())
            view = replace(_view(request, session, school, f"{span.first:%Y-%m}"), removed=run)
    except Unsure as unsure:
        return _again(request, visitor, slug, form, unsure)
    return staff_page(request, "setup/calendar.html", view, visitor.actor, school)


def _read(form: Typed, classes: set[UUID]) -> list[DayRule]:
    """A rule a day. Raises Refused."""
    first = form.day("first")
    last = form.day("last", needed=False) or first
    name = form.text("name", 120)
    kind = RuleKind.MAKE_UP if form.has("kind", RuleKind.MAKE_UP) else RuleKind.OFF
    half = next((half for half in HalfDay if form.has("half", half)), None)
    whom = form.value("whom")
    grade = int(whom.removeprefix("grade-")) if whom in {f"grade-{number}" for number in range(1, 13)} else None
    class_id = next((one for one in classes if str(one) == whom), None)
    if whom and grade is None and class_id is None:
        form.complain("whom", marked("choose one of the list"))
    as_weekday = form.number("as_weekday", 0, 6) if form.value("as_weekday") else None
    if first and last and not 0 <= (last - first).days < LONGEST_RUN:
        form.complain("last", marked("at most %(most)s days, the last not before the first"), most=str(LONGEST_RUN))
    if first:
        rule = DayRule(first, kind, name or "-", half, grade, class_id, as_weekday)
        form.problems += problems_of_rule(rule)
    form.require()
    assert first
    assert last
    return [replace(rule, day=day) for day in days_between(first, last)]


def _again(request: Request, visitor: Visitor, slug: str, form: Typed, unsure: Unsure | None = None) -> Response:
    """The page with what was typed and what is wrong with it, or what has to be confirmed."""
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        if unsure and form.value("first") == "":
            known = setup_queries.rules_by_id(session, school.id, form.keys("id"))
            month = f"{known[0].rule.day:%Y-%m}" if known else None
        else:
            month = form.value("first")[:7] or None
        view = _view(request, session, school, month)
    view = replace(view, typed=form, unsure=unsure)
    return staff_page(request, "setup/calendar.html", view, visitor.actor, school, status=409 if unsure else 422)


def _view(
    request: Request,
    session: Session,
    school: OwnSchool,
    month: str | None,
    class_id: UUID | None = None,
    day: date | None = None,
) -> CalendarView:
    today = school_day(service(request).clock())
    try:
        first = date.fromisoformat(f"{month}-01") if month else (day or today).replace(day=1)
    except ValueError:
        first = today.replace(day=1)
    classes = queries.classes(session, school.id)
    shown = [one for one in classes if one.id == class_id] or classes
    span = month_span(first)
    years = setup_queries.years(session, school.id)
    year = next((one for one in years if one.span.first <= span.last and span.first <= one.span.last), None)
    rules = setup_queries.rules_between(session, school.id, year.span if year else span)
    named = {(one.rule.day, one.rule.kind) for one in rules}
    holidays = fixed_holidays(year.span) if year else ()
    return CalendarView(
        school=school,
        first=first,
        today=today,
        weeks=weeks_of(calendar_of(session, school.id, span), first, shown),
        classes=classes,
        class_id=class_id if len(shown) == 1 and class_id else None,
        year=year,
        runs=runs_of(rules),
        offered=[one for one in holidays if (one.day, RuleKind.OFF) not in named and one.day >= today],
        typed=Typed(),
        day=day,
        alike=day_of(calendar_of(session, school.id, Span(day, day)), day, shown) if day else (),
    )
