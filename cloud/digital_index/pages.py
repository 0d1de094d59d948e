"""Whoever runs a school writes down what it has, and sees its level in each group beside the year before."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.digital_index import queries
from cloud.digital_index.criteria import Criteria
from cloud.digital_index.rules import Answer, Standing, read_points, standings
from cloud.kit import i18n
from cloud.kit.clock import school_day
from cloud.kit.errors import Invalid, NotFound
from cloud.kit.i18n import marked, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Digital index"), "/schools/{slug}/digital-index", Right.ASSESS_SCHOOL, whole=True),)
FIRST_YEAR = 2022
"""Of the decision."""
LONGEST_EVIDENCE = 500


@dataclass(frozen=True, slots=True)
class IndexView:
    school: OwnSchool
    year: int
    last_year: int
    """Later ones have not begun."""
    answers: Mapping[str, Answer]
    standings: tuple[Standing, ...]
    before: tuple[Standing, ...]
    """Of the year before, by the same criteria."""
    form: Typed
    refused: i18n.Said
    first_year: int = FIRST_YEAR
    longest_evidence: int = LONGEST_EVIDENCE

    def answer(self, code: str) -> Answer:
        return self.answers.get(code, Answer())


@router.get("/schools/{slug}/digital-index")
def show_index(request: Request, visitor: SignedIn, slug: str, year: int | None = None) -> Response:
    return _show(request, visitor, slug, year)


@router.post("/schools/{slug}/digital-index")
def save_index(request: Request, visitor: SignedIn, slug: str, form: Posted, year: int | None = None) -> Response:
    """`p-1.3.2` points, `there-1.1` a tick, `evidence-1.3` what shows it."""
    kit = service(request)
    wished = _year(request, year)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.ASSESS_SCHOOL)
            answers = _read(form, _criteria(request))
            form.require()
            queries.save(session, school.id, wished, answers, by=visitor.actor.user_id, now=kit.clock())
            audit.note(session, school.id, visitor.actor.user_id, "digital_index.saved", wished, now=kit.clock())
    except Invalid as error:
        return _show(request, visitor, slug, year, form=form, refused=error)
    return RedirectResponse(f"/schools/{slug}/digital-index?year={wished}", 303)


def _read(form: Typed, criteria: Criteria) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for item in criteria.items:
        evidence = form.text(f"evidence-{item.code}", LONGEST_EVIDENCE, needed=False)
        there = item.mandatory and form.ticked(f"there-{item.code}")
        found[item.code] = Answer(there=there, evidence=evidence)
        for code, part in item.scored.items():
            points = form.read(f"p-{code}", partial(read_points, most=part.most)) or 0
            found[code] = Answer(points, evidence=evidence if code == item.code else "")
    return found


def _criteria(request: Request) -> Criteria:
    found: Criteria = request.app.state.digital_index
    return found


def _year(request: Request, asked: int | None) -> int:
    """This year's, where none was asked for. Raises NotFound."""
    this_year = school_day(service(request).clock()).year
    if asked is not None and not FIRST_YEAR <= asked <= this_year:
        raise NotFound("There is no index of that year.")
    return asked or this_year


def _show(
    request: Request,
    visitor: Visitor,
    slug: str,
    asked: int | None,
    *,
    form: Typed | None = None,
    refused: Invalid | None = None,
) -> Response:
    year, criteria = _year(request, asked), _criteria(request)
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ASSESS_SCHOOL)
        answers = queries.answers_of(session, school.id, year)
        before = queries.answers_of(session, school.id, year - 1)
    view = IndexView(
        school=school,
        year=year,
        last_year=_year(request, None),
        answers=answers,
        standings=standings(criteria, answers),
        before=standings(criteria, before) if before else (),
        form=form or Typed(),
        refused=said_by(refused),
    )
    status = refused.status if refused else 200
    return staff_page(request, "digital_index/index.html", view, visitor.actor, school, status=status)
