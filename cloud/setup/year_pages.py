"""School years and their terms: added, changed, and shaped after the year before."""

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
from cloud.kit.errors import NotFound, Problem, Refused
from cloud.kit.i18n import marked
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.calendar import setup, setup_queries
from cloud.school.calendar.changing import Unsure, changing
from cloud.school.calendar.facts import Span
from cloud.school.calendar.rules import MOST_TERMS
from cloud.school.calendar.setup_queries import KnownYear
from cloud.school.frame import staff_page
from cloud.school.timetable import setup_queries as timetables

router = APIRouter(include_in_schema=False)

TERMS = tuple(range(1, MOST_TERMS + 1))
"""As many as the form has; the third is there for a summer term, and may stay empty."""


@dataclass(frozen=True, slots=True)
class YearsView:
    school: OwnSchool
    years: list[KnownYear]
    today: date
    typed: Typed
    changed: KnownYear | None = None
    """The year that the form changes; None: it makes a new one."""
    unsure: Unsure | None = None

    @property
    def terms(self) -> tuple[int, ...]:
        return TERMS


@router.get("/schools/{slug}/years")
def show_years(
    request: Request, visitor: SignedIn, slug: str, change: UUID | None = None, shape_of: UUID | None = None
) -> Response:
    """`shape_of`: the form is filled as that year was, a year later."""
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        years = setup_queries.years(session, school.id)
    changed = next((one for one in years if one.id == change), None)
    pattern = next((one for one in years if one.id == shape_of), None)
    form = _filled(changed) if changed else _filled(_a_year_later(pattern)) if pattern else Typed()
    view = YearsView(school, years, school_day(service(request).clock()), form, changed)
    return staff_page(request, "setup/years.html", view, visitor.actor, school)


@router.post("/schools/{slug}/years")
def open_year(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    return _save(request, visitor, slug, form, None)


@router.post("/schools/{slug}/years/{year_id}")
def change_year(request: Request, visitor: SignedIn, slug: str, year_id: UUID, form: Posted) -> Response:
    return _save(request, visitor, slug, form, year_id)


def _save(request: Request, visitor: Visitor, slug: str, form: Typed, year_id: UUID | None) -> Response:
    kit, unsure = service(request), None
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
            known = {one.id: one for one in setup_queries.years(session, school.id)}
            if year_id is not None and year_id not in known:
                raise NotFound("No such school year in this school.")
            name, span, terms = _read(form)
            was = known[year_id] if year_id else None
            if was:
                _keep_terms_in_use(session, was, len(terms))
            all_days = Span(min(span.first, was.span.first), max(span.last, was.span.last)) if was else span
            with changing(session, school.id, all_days, now=kit.clock(), sure=form.has("sure", "yes")) as change:
                if year_id:
                    setup.change_year(session, school.id, year_id, name, span, terms)
                else:
                    year_id = setup.open_year(session, school.id, name, span, terms)
            action = "calendar.year_changed" if was else "calendar.year_opened"
            facts = {
                "name": name,
                "first": str(span.first),
                "last": str(span.last),
                "begun_days": str(len(change.days)),
            }
            audit.note(session, school.id, visitor.actor.user_id, action, year_id, facts, now=kit.clock())
        return RedirectResponse(f"/schools/{slug}/years", 303)
    except Refused as error:
        form.problems = list(error.problems)
    except Unsure as asked:
        unsure = asked
    with kit.database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        years = setup_queries.years(session, school.id)
    changed = next((one for one in years if one.id == year_id), None)
    view = YearsView(school, years, school_day(kit.clock()), form, changed, unsure)
    return staff_page(request, "setup/years.html", view, visitor.actor, school, status=409 if unsure else 422)


def _read(form: Typed) -> tuple[str, Span, list[Span]]:
    """Raises Refused."""
    name = form.text("name", 20)
    first, last = form.day("first_day"), form.day("last_day")
    terms: list[Span] = []
    for number in TERMS:
        begins, ends = f"term-{number}-first", f"term-{number}-last"
        if not form.value(begins) and not form.value(ends) and number > 1:
            continue
        term_first, term_last = form.day(begins), form.day(ends)
        if term_first and term_last:
            terms.append(Span(term_first, term_last))
    form.require()
    assert first
    assert last
    return name, Span(first, last), terms


def _keep_terms_in_use(session: Session, year: KnownYear, terms: int) -> None:
    for term in year.terms[terms:]:
        if timetables.is_in_use(session, term.id):
            problem = marked("there are assignments or a timetable in this term, so it cannot be taken out")
            setup.refuse([Problem(f"term-{term.number}", problem)])


def _filled(year: KnownYear) -> Typed:
    values = {"name": year.name, "first_day": str(year.span.first), "last_day": str(year.span.last)}
    for term in year.terms:
        values[f"term-{term.number}-first"] = str(term.span.first)
        values[f"term-{term.number}-last"] = str(term.span.last)
    return Typed({name: [value] for name, value in values.items()})


def _a_year_later(year: KnownYear) -> KnownYear:
    def later(span: Span) -> Span:
        return Span(_next_year(span.first), _next_year(span.last))

    terms = tuple(type(one)(one.id, one.number, later(one.span)) for one in year.terms)
    first = _next_year(year.span.first)
    return KnownYear(year.id, f"{first.year}-{first.year + 1}", later(year.span), terms)


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)
