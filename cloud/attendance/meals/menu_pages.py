"""The dishes of a week, and how they were liked."""

from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.meals import menu_queries
from cloud.attendance.meals.menu_queries import Liking, Said
from cloud.attendance.meals.pages import meals_school
from cloud.attendance.meals.rules import MOST_STARS
from cloud.kit import i18n
from cloud.kit.clock import school_day
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked, said_by
from cloud.kit.web.forms import AskedDay, Posted, Typed
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)

DAYS = 6
"""Monday to Saturday."""
MOST_DISHES, LONGEST_DISH = 10, 120


@dataclass(frozen=True, slots=True)
class MenuDay:
    day: date
    dishes: tuple[str, ...]
    liking: Liking | None


@dataclass(frozen=True, slots=True)
class MenuView:
    school: OwnSchool
    monday: date
    today: date
    days: tuple[MenuDay, ...]
    said: tuple[Said, ...]
    may_keep: bool
    form: Typed
    """Dishes that could not be taken."""
    refused: i18n.Said
    most: int = MOST_STARS

    @property
    def week_before(self) -> date:
        return self.monday - timedelta(weeks=1)

    @property
    def week_after(self) -> date:
        return self.monday + timedelta(weeks=1)


@router.get("/schools/{slug}/meals/menu")
def show_menu(request: Request, visitor: SignedIn, slug: str, week: AskedDay = None) -> Response:
    return _show(request, visitor, slug, week)


@router.post("/schools/{slug}/meals/menu")
def write_menu(request: Request, visitor: SignedIn, slug: str, form: Posted, week: AskedDay = None) -> Response:
    """One text a day, `dishes-2026-11-16`; a dish a line."""
    kit = service(request)
    monday = monday_of(week or school_day(kit.clock()))
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.KEEP_MEALS)
            for number in range(DAYS):
                day = monday + timedelta(days=number)
                name = f"dishes-{day.isoformat()}"
                if name in form.values:
                    menu_queries.set_menu(session, school.id, day, form.read(name, dishes_of) or ())
            form.require()
            audit.note(session, school.id, visitor.actor.user_id, "meals.menu_written", monday, now=kit.clock())
    except Invalid as error:
        return _show(request, visitor, slug, monday, form=form, refused=error)
    return RedirectResponse(f"/schools/{slug}/meals/menu?week={monday}", 303)


def dishes_of(text: str) -> tuple[str, ...]:
    """Raises Invalid."""
    dishes = tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
    if len(dishes) > MOST_DISHES or any(len(dish) > LONGEST_DISH for dish in dishes):
        raise Invalid(marked("A day has at most 10 dishes, each of at most 120 characters."))
    return dishes


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _show(
    request: Request,
    visitor: Visitor,
    slug: str,
    week: date | None,
    *,
    form: Typed | None = None,
    refused: Invalid | None = None,
) -> Response:
    today = school_day(service(request).clock())
    monday = monday_of(week or today)
    saturday = monday + timedelta(days=DAYS - 1)
    with service(request).database.reading() as session:
        school = meals_school(session, visitor.actor, slug)
        menus = menu_queries.menus(session, school.id, monday, saturday)
        likings = menu_queries.likings(session, school.id, monday, saturday)
        days = tuple(monday + timedelta(days=number) for number in range(DAYS))
        view = MenuView(
            school=school,
            monday=monday,
            today=today,
            days=tuple(MenuDay(day, menus.get(day, ()), likings.get(day)) for day in days),
            said=tuple(menu_queries.said_of(session, school.id, monday, saturday)),
            may_keep=school.id in visitor.actor.schools_where(Right.KEEP_MEALS),
            form=form or Typed(),
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/meals/menu.html", view, visitor.actor, school, status=status)
