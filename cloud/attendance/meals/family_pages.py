"""A child's meals in the family's page: what there is to eat, how it was liked, asking for meals and ending them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.meals import menu_queries, queries, registering, sheet_queries
from cloud.attendance.meals.menu_pages import DAYS, monday_of
from cloud.attendance.meals.menu_queries import OwnSaid
from cloud.attendance.meals.months import MonthLine, months_of
from cloud.attendance.meals.queries import Policy, Registered, Wish
from cloud.attendance.meals.registering import LONGEST_DIET
from cloud.attendance.meals.rules import MOST_STARS, weekday_bits
from cloud.attendance.meals.words import STATES, WEEKDAYS, days_in_words
from cloud.kit.clock import school_day
from cloud.kit.errors import CloudError, Invalid, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import page, service
from cloud.people.access import Pupil, child_of, children_of, student_for
from cloud.people.frame import FamilyGroup, FamilyPlace
from cloud.school.calendar.months import month_span

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("Meals"), "/students/{student_id}/meals", pupils=FamilyGroup.MORE),)

SAID_FOR = timedelta(days=7)
"""How long after a meal somebody may say how it was."""
WISHES_SHOWN = 5
LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class DayView:
    day: date
    dishes: tuple[str, ...]
    eaten: bool
    said: OwnSaid | None
    may_say: bool


@dataclass(frozen=True, slots=True)
class FamilyView:
    child: Pupil
    today: date
    policy: Policy | None
    days: tuple[DayView, ...]
    registrations: tuple[Registered, ...]
    """Those that hold or are to come."""
    wishes: tuple[Wish, ...]
    month: MonthLine | None
    is_guardian: bool
    earliest_last: date
    form: Typed
    refused: Said
    weekdays: tuple[str, ...] = WEEKDAYS
    most: int = MOST_STARS

    @property
    def states(self) -> dict[str, str]:
        return STATES

    def days_of(self, weekdays: int) -> tuple[str, ...]:
        return days_in_words(weekdays)

    @property
    def may_ask(self) -> bool:
        waits = any(one.state == "requested" for one in self.wishes)
        return self.is_guardian and self.policy is not None and self.policy.families_may_ask and not waits

    @property
    def may_end(self) -> bool:
        return self.is_guardian and self.policy is not None and self.policy.families_may_end


@router.get("/students/{student_id}/meals")
def show(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return _show(request, visitor, student_id)


@router.post("/students/{student_id}/meals/feedback")
def say(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
) -> Response:
    """One for each child and day; the latest holds."""
    kit, day, dish = service(request), form.day("day"), form.value("dish")
    stars, comment = form.number("stars", 1, MOST_STARS), form.lines("comment", LONGEST_COMMENT)
    try:
        with kit.database.writing() as session:
            child = _own(session, visitor.actor, student_id)
            form.require()
            assert day
            today = school_day(kit.clock())
            dishes = menu_queries.menus(session, child.school_id, day, day).get(day, ())
            if not dishes or not today - SAID_FOR <= day <= today:
                raise Invalid(marked("Say how it was on the day of the meal or in the week after it."))
            said = OwnSaid(stars, dish if dish in dishes else "", comment)
            menu_queries.say(session, child.school_id, child.id, day, said, by=visitor.actor.user_id, now=kit.clock())
    except Invalid as error:
        return _show(request, visitor, student_id, form, refused=error)
    return RedirectResponse(f"/students/{student_id}/meals", 303)


@router.post("/children/{student_id}/meals/wishes")
def ask(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
) -> Response:
    kit, first_day, diet = service(request), form.day("first_day"), form.text("diet", LONGEST_DIET, needed=False)
    try:
        with kit.database.writing() as session:
            child = child_of(session, visitor.actor, student_id)
            form.require()
            assert first_day
            bits = weekday_bits(day for day in range(7) if form.has("weekday", day))
            registering.ask(session, visitor.actor, child.id, first_day, bits, diet, kit.clock())
    except Refusal as error:
        return _show(request, visitor, student_id, form, refused=error)
    return RedirectResponse(f"/students/{student_id}/meals", 303)


@router.post("/children/{student_id}/meals/wishes/{wish_id}/withdrawal")
def withdraw(request: Request, visitor: SignedIn, student_id: UUID, wish_id: UUID) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            registering.withdraw(session, visitor.actor, student_id, wish_id, kit.clock())
    except Refusal as error:
        return _show(request, visitor, student_id, refused=error)
    return RedirectResponse(f"/students/{student_id}/meals", 303)


@router.post("/children/{student_id}/meals/end")
def end(request: Request, visitor: SignedIn, student_id: UUID, form: Posted) -> Response:
    kit, last_day = service(request), form.day("last_day")
    try:
        with kit.database.writing() as session:
            child_of(session, visitor.actor, student_id)
            form.require()
            assert last_day
            registering.end_own(session, visitor.actor, student_id, last_day, kit.clock())
    except Refusal as error:
        return _show(request, visitor, student_id, form, refused=error)
    return RedirectResponse(f"/students/{student_id}/meals", 303)


def _own(session: Session, actor: Actor, student_id: UUID) -> Pupil:
    """The pupil, to their guardians and to themselves: what staff may see of meals is another page."""
    return student_for(session, replace(actor, grants=()), student_id, Right.SEE_MEALS)


def _show(
    request: Request,
    visitor: Visitor,
    student_id: UUID,
    form: Typed | None = None,
    *,
    refused: CloudError | None = None,
) -> Response:
    kit = service(request)
    today = school_day(kit.clock())
    monday = monday_of(today)
    saturday = monday + timedelta(days=DAYS - 1)
    first = monday - SAID_FOR
    with kit.database.reading() as session:
        child = _own(session, visitor.actor, student_id)
        policy = queries.policy_of(session, child.school_id)
        menus = menu_queries.menus(session, child.school_id, first, saturday)
        eaten = sheet_queries.eaten_days(session, child.id, first, saturday)
        said = menu_queries.said_by(session, child.id, first, saturday)
        known = queries.registrations_of(session, [child.id]).get(child.id, [])
        months = months_of(session, child.school_id, [child], month_span(today.replace(day=1)))
        shown = [day for day in sorted(menus) if day >= monday or (day in eaten and day >= today - SAID_FOR)]
        view = FamilyView(
            child=child,
            today=today,
            policy=policy,
            days=tuple(
                DayView(day, menus[day], day in eaten, said.get(day), today - SAID_FOR <= day <= today) for day in shown
            ),
            registrations=tuple(one for one in known if one.last_day is None or one.last_day >= today),
            wishes=tuple(queries.wishes_of(session, child.id)[:WISHES_SHOWN]),
            month=next(iter(months), None),
            is_guardian=any(one.id == child.id for one in children_of(session, visitor.actor)),
            earliest_last=registering.earliest_last_day(session, child.school_id, kit.clock()) if policy else today,
            form=form or Typed(),
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return page(request, "attendance/meals/family.html", view, status=status)
