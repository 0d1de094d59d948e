"""Today's count as it stands, then as it was locked; the kitchen's sheet on paper; how the school serves meals."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Header
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.meals import menu_queries, queries, sheet_queries, supplement_queries, supplementing
from cloud.attendance.meals.queries import Policy
from cloud.attendance.meals.sheet import Sheet, paper_of, read_sheet
from cloud.attendance.meals.sheet_queries import SheetState
from cloud.attendance.meals.today import read_today
from cloud.attendance.papers.paper import excel_answer, pdf_answer
from cloud.attendance.streaming import stream_parts
from cloud.kit.clock import school_day
from cloud.kit.errors import Invalid, NotFound, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import AskedDay, Posted, Typed
from cloud.kit.web.service import language, service
from cloud.kit.web.stream import Parts, version
from cloud.people.access import pupils_among
from cloud.school.access import OwnSchool, school_for, workplace_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Meals"), "/schools/{slug}/meals", Right.SEE_MEALS, Group.TODAY),)
PART = "today"
SHEETS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class MealsView:
    school: OwnSchool
    policy: Policy | None
    form: Typed
    today: date
    menu: tuple[str, ...]
    doubtful: tuple[str, ...]
    """Names of whom nobody could place at the cut-off, as far as the reader sees them."""
    sheets: tuple[SheetState, ...]
    unconfirmed: frozenset[date]
    """Days with a supplement of which the kitchen has not said that it has it."""
    may_keep: bool
    live_url: str
    parts: Parts
    refused: Said = ""


@dataclass(frozen=True, slots=True)
class SheetView:
    school: OwnSchool
    day: date
    sheet: Sheet | None


@router.get("/schools/{slug}/meals")
def show_today(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _show(request, visitor, slug)


@router.get("/schools/{slug}/meals/live")
def stream_today(
    request: Request,
    visitor: SignedIn,
    slug: str,
    seen: str | None = None,
    last_event_id: Annotated[str | None, Header(alias="last-event-id")] = None,
) -> Response:
    with service(request).database.reading() as session:
        school = meals_school(session, visitor.actor, slug)

    def parts_for(session: Session, actor: Actor) -> Parts:
        return _parts(request, session, actor, meals_school(session, actor, slug))

    return stream_parts(request, visitor.token_hash, frozenset({school.id}), None, parts_for, last_event_id or seen)


@router.get("/schools/{slug}/meals/sheet")
def show_sheet(request: Request, visitor: SignedIn, slug: str, day: AskedDay = None) -> Response:
    """As it is printed for the kitchen."""
    shown = day or school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.SEE_MEALS)
        view = SheetView(school, shown, read_sheet(session, school.id, shown))
    return staff_page(request, "attendance/meals/sheet.html", view, visitor.actor, school)


@router.get("/schools/{slug}/meals/sheet.pdf")
def sheet_as_pdf(request: Request, visitor: SignedIn, slug: str, day: AskedDay = None) -> Response:
    school, sheet = _sheet(request, visitor, slug, day)
    return pdf_answer(paper_of(sheet, school.name, language(request)), f"meals-{school.slug}-{sheet.day}")


@router.get("/schools/{slug}/meals/sheet.xlsx")
def sheet_as_excel(request: Request, visitor: SignedIn, slug: str, day: AskedDay = None) -> Response:
    school, sheet = _sheet(request, visitor, slug, day)
    return excel_answer(paper_of(sheet, school.name, language(request)), f"meals-{school.slug}-{sheet.day}")


@router.post("/schools/{slug}/meals/received")
def receive(
    request: Request,
    visitor: SignedIn,
    slug: str,
    day: Annotated[date, Form()],
    supplements: Annotated[int, Form(ge=0, le=999)] = 0,
) -> Response:
    """Somebody who works in the kitchen, or for it, has seen the sheet, with so many supplements on it."""
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.SEE_MEALS)
        supplementing.receive(session, school.id, day, supplements, visitor.actor.user_id, kit.clock())
    return RedirectResponse(f"/schools/{slug}/meals", 303)


@router.post("/schools/{slug}/meals/sent-again")
def send_again(request: Request, visitor: SignedIn, slug: str, day: Annotated[date, Form()]) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.KEEP_MEALS)
        policy = queries.policy_of(session, school.id)
        if policy and policy.kitchen_email:
            sheet_queries.send_again(session, school.id, day, policy.kitchen_email, kit.clock())
            audit.note(session, school.id, visitor.actor.user_id, "meals.sent_again", day, now=kit.clock())
    return RedirectResponse(f"/schools/{slug}/meals", 303)


@router.post("/schools/{slug}/meals/supplements")
def add_supplement(request: Request, visitor: SignedIn, slug: str, day: Annotated[date, Form()]) -> Response:
    """The kitchen is told of everybody who is known to be here and is no portion yet."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.KEEP_MEALS)
            supplementing.supplement(session, school.id, day, by=visitor.actor.user_id, now=kit.clock())
    except Refusal as error:
        return _show(request, visitor, slug, refused=error)
    return RedirectResponse(f"/schools/{slug}/meals", 303)


@router.post("/schools/{slug}/meals/settings")
def set_up(
    request: Request,
    visitor: SignedIn,
    slug: str,
    form: Posted,
) -> Response:
    kit = service(request)
    cut_off, address = form.clock("cut_off"), form.text("kitchen_email", 254, needed=False)
    if address and ("@" not in address or " " in address):
        form.complain("kitchen_email", marked("The kitchen's e-mail address is none."))
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.KEEP_MEALS)
            form.require()
            assert cut_off
            policy = Policy(cut_off, address, form.ticked("families_may_ask"), form.ticked("families_may_end"))
            queries.set_policy(session, school.id, policy)
            facts = {"cut_off": f"{policy.cut_off:%H:%M}"}
            audit.note(session, school.id, visitor.actor.user_id, "meals.set_up", "", facts, now=kit.clock())
    except Invalid as error:
        return _show(request, visitor, slug, refused=error, form=form)
    return RedirectResponse(f"/schools/{slug}/meals", 303)


def meals_school(session: Session, actor: Actor, slug: str, right: Right = Right.SEE_MEALS) -> OwnSchool:
    """Where the actor sees meals of some class at least. Raises NotFound."""
    school = workplace_for(session, actor, slug)
    if not actor.holds(right, school.id):
        raise NotFound("No such page, or not one for you.")
    return school


def _sheet(request: Request, visitor: Visitor, slug: str, day: date | None) -> tuple[OwnSchool, Sheet]:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.SEE_MEALS)
        sheet = read_sheet(session, school.id, day or school_day(service(request).clock()))
    if sheet is None:
        raise NotFound(marked("The count of this day is not locked, or there were no meals."))
    return school, sheet


def _show(
    request: Request, visitor: Visitor, slug: str, *, refused: Refusal | None = None, form: Typed | None = None
) -> Response:
    """`form`: settings that could not be taken."""
    kit = service(request)
    today = school_day(kit.clock())
    with kit.database.reading() as session:
        school = meals_school(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        sees_all = school.id in here.schools_where(Right.SEE_MEALS)
        in_doubt = supplementing.still_in_doubt(session, school.id, today)
        parts = _parts(request, session, visitor.actor, school)
        view = MealsView(
            school=school,
            policy=queries.policy_of(session, school.id),
            form=form or Typed(),
            today=today,
            menu=menu_queries.menus(session, school.id, today, today).get(today, ()),
            doubtful=tuple(
                f"{one.full_name} ({one.class_name})"
                for one in pupils_among(session, here, set(in_doubt), Right.SEE_MEALS)
            ),
            sheets=tuple(sheet_queries.latest_sheets(session, school.id, SHEETS_SHOWN)) if sees_all else (),
            unconfirmed=supplement_queries.unconfirmed(session, school.id),
            may_keep=school.id in here.schools_where(Right.KEEP_MEALS),
            live_url=f"/schools/{slug}/meals/live?seen={version(parts)}",
            parts=parts,
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/meals/today.html", view, visitor.actor, school, status=status)


def _parts(request: Request, session: Session, actor: Actor, school: OwnSchool) -> Parts:
    kit = service(request)
    view = read_today(session, actor, school, kit.clock())
    if view is None:
        return {PART: kit.pages.render("attendance/meals/none.html", None, language(request))}
    return {PART: kit.pages.render("attendance/meals/count.html", view, language(request))}
