"""Who eats at school, class by class: written down, changed, ended; families' requests decided; a month per pupil."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.meals import queries, registering
from cloud.attendance.meals.months import MonthLine, months_of, paper_of
from cloud.attendance.meals.pages import meals_school
from cloud.attendance.meals.queries import Registered, Wish
from cloud.attendance.meals.registering import LONGEST_DIET
from cloud.attendance.meals.rules import weekday_bits
from cloud.attendance.meals.words import WEEKDAYS, days_in_words
from cloud.attendance.papers.paper import excel_answer, pdf_answer
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import Said, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import language, service
from cloud.people.access import OwnClass, Pupil, classes_for, pupils_among
from cloud.people.history_queries import classes_on
from cloud.school.access import OwnSchool
from cloud.school.calendar.months import Month, OfAMonth, first_of, month_span
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PupilLine:
    pupil: Pupil
    now: Registered | None
    """What holds today, or begins later."""
    before: tuple[Registered, ...]

    @property
    def days(self) -> tuple[str, ...]:
        return days_in_words(self.now.weekdays) if self.now else ()


@dataclass(frozen=True, slots=True)
class WishLine:
    wish: Wish
    pupil: Pupil

    @property
    def days(self) -> tuple[str, ...]:
        return days_in_words(self.wish.weekdays)


@dataclass(frozen=True, slots=True)
class End:
    """Whose meals were to end, on a day that could not be taken."""

    student_id: UUID
    form: Typed


@dataclass(frozen=True, slots=True)
class PupilsView:
    school: OwnSchool
    classes: tuple[OwnClass, ...]
    chosen: OwnClass | None
    lines: tuple[PupilLine, ...]
    wishes: tuple[WishLine, ...]
    today: date
    may_keep: bool
    form: Typed
    """Of whoever was ticked to eat."""
    ending: End | None
    refused: Said
    weekdays: tuple[str, ...] = WEEKDAYS

    @property
    def eating(self) -> int:
        return sum(line.now is not None and line.now.first_day <= self.today for line in self.lines)


@dataclass(frozen=True, slots=True)
class MonthView(OfAMonth):
    school: OwnSchool
    first: date
    today: date
    lines: tuple[MonthLine, ...]


@router.get("/schools/{slug}/meals/pupils")
def show_pupils(request: Request, visitor: SignedIn, slug: str, class_id: UUID | None = None) -> Response:
    return _show(request, visitor, slug, class_id)


@router.post("/schools/{slug}/meals/pupils")
def start(
    request: Request,
    visitor: SignedIn,
    slug: str,
    form: Posted,
) -> Response:
    """Everybody who was ticked, from the same day on and with the same days of the week."""
    kit, class_id, first_day = service(request), form.key("class_id"), form.day("first_day")
    diet = form.text("diet", LONGEST_DIET, needed=False)
    try:
        with kit.database.writing() as session:
            school = meals_school(session, visitor.actor, slug, Right.KEEP_MEALS)
            form.require()
            assert first_day
            pupils, bits = form.keys("pupil"), weekday_bits(day for day in range(7) if form.has("weekday", day))
            registering.start(session, visitor.actor, school.id, pupils, first_day, bits, diet, kit.clock())
    except (Invalid, Conflict) as error:
        return _show(request, visitor, slug, class_id, refused=error, form=form)
    return _to(slug, class_id)


@router.post("/schools/{slug}/meals/pupils/{student_id}/end")
def end(
    request: Request,
    visitor: SignedIn,
    slug: str,
    student_id: UUID,
    form: Posted,
) -> Response:
    kit, class_id, last_day = service(request), form.key("class_id"), form.day("last_day")
    ending = End(student_id, form)
    try:
        with kit.database.writing() as session:
            school = meals_school(session, visitor.actor, slug, Right.KEEP_MEALS)
            form.require()
            assert last_day
            registering.end(session, visitor.actor, school.id, student_id, last_day, kit.clock())
    except (Invalid, Conflict) as error:
        return _show(request, visitor, slug, class_id, refused=error, ending=ending)
    return _to(slug, class_id)


@router.post("/schools/{slug}/meals/wishes/{wish_id}")
def decide(request: Request, visitor: SignedIn, slug: str, wish_id: UUID, answer: Annotated[bool, Form()]) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = meals_school(session, visitor.actor, slug, Right.KEEP_MEALS)
            registering.decide(session, visitor.actor, school.id, wish_id, yes=answer, now=kit.clock())
    except Conflict as error:
        return _show(request, visitor, slug, None, refused=error)
    return _to(slug, None)


@router.get("/schools/{slug}/meals/month")
def show_month(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    school, first, lines = _month(request, visitor, slug, month)
    view = MonthView(school, first, school_day(service(request).clock()), tuple(lines))
    return staff_page(request, "attendance/meals/month.html", view, visitor.actor, school)


@router.get("/schools/{slug}/meals/month.xlsx")
def month_as_excel(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    school, first, lines = _month(request, visitor, slug, month)
    return excel_answer(paper_of(lines, school.name, first, language(request)), f"meals-{slug}-{first:%Y-%m}")


@router.get("/schools/{slug}/meals/month.pdf")
def month_as_pdf(request: Request, visitor: SignedIn, slug: str, month: Month = None) -> Response:
    school, first, lines = _month(request, visitor, slug, month)
    return pdf_answer(paper_of(lines, school.name, first, language(request)), f"meals-{slug}-{first:%Y-%m}")


def _month(request: Request, visitor: Visitor, slug: str, month: str | None) -> tuple[OwnSchool, date, list[MonthLine]]:
    """Of the pupils whose meals the reader sees, class by class."""
    first = first_of(month, school_day(service(request).clock()))
    with service(request).database.reading() as session:
        school = meals_school(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        everybody = classes_on(session, school.id, school_day(service(request).clock()))
        pupils = pupils_among(session, here, everybody, Right.SEE_MEALS)
        pupils.sort(key=lambda one: (everybody[one.id].grade, one.class_name))
        return school, first, months_of(session, school.id, pupils, month_span(first))


def _show(
    request: Request,
    visitor: Visitor,
    slug: str,
    class_id: UUID | None,
    *,
    refused: Invalid | Conflict | None = None,
    form: Typed | None = None,
    ending: End | None = None,
) -> Response:
    kit = service(request)
    today = school_day(kit.clock())
    with kit.database.reading() as session:
        school = meals_school(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        classes = classes_for(session, here, Right.SEE_MEALS)
        chosen = next((one for one in classes if one.id == class_id), classes[0] if classes else None)
        if class_id is not None and (chosen is None or chosen.id != class_id):
            raise NotFound("No such class, or not one that you may see.")
        waiting = queries.waiting_wishes(session, school.id)
        asking = pupils_among(session, here, [one.student_id for one in waiting], Right.SEE_MEALS)
        by_id = {one.id: one for one in asking}
        view = PupilsView(
            school=school,
            classes=tuple(classes),
            chosen=chosen,
            lines=_lines(session, visitor, chosen, today) if chosen else (),
            wishes=tuple(WishLine(one, by_id[one.student_id]) for one in waiting if one.student_id in by_id),
            today=today,
            may_keep=school.id in here.schools_where(Right.KEEP_MEALS),
            form=form or Typed(),
            ending=ending,
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/meals/pupils.html", view, visitor.actor, school, status=status)


def _lines(session: Session, visitor: Visitor, chosen: OwnClass, today: date) -> tuple[PupilLine, ...]:
    classes = classes_on(session, chosen.school_id, today)
    here = [student_id for student_id, of_class in classes.items() if of_class.id == chosen.id]
    pupils = pupils_among(session, visitor.actor, here, Right.SEE_MEALS)
    known = queries.registrations_of(session, here)
    lines = []
    for pupil in pupils:
        own = known.get(pupil.id, [])
        open_ones = [one for one in own if one.last_day is None or one.last_day >= today]
        lines.append(
            PupilLine(
                pupil,
                open_ones[0] if open_ones else None,
                tuple(one for one in own if one not in open_ones[:1]),
            )
        )
    return tuple(lines)


def _to(slug: str, class_id: UUID | None) -> Response:
    return RedirectResponse(f"/schools/{slug}/meals/pupils{f'?class_id={class_id}' if class_id else ''}", 303)
