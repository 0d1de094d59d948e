"""The timetable that holds, to be looked at and printed: by class, by teacher, by room; a pupil's by their family."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.clock import school_day
from cloud.kit.i18n import marked
from cloud.kit.web.forms import AskedDay
from cloud.kit.web.service import page, service
from cloud.people.access import Pupil, student_for
from cloud.people.frame import FamilyGroup, FamilyPlace
from cloud.people.history_queries import classes_on
from cloud.school.access import OwnSchool, workplace_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.words import HALVES, WEEKDAYS
from cloud.school.frame import Group, Place, staff_page
from cloud.school.timetable.facts import Lesson
from cloud.school.timetable.setup_queries import KnownTimetable, timetables
from cloud.setup import queries
from cloud.setup.timetables import Whole, in_force, whole
from cloud.setup.week import Week, week_of

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Timetable"), "/schools/{slug}/timetable", None, Group.YEAR),)
FAMILY = (FamilyPlace(marked("Timetable"), "/students/{student_id}/timetable", pupils=FamilyGroup.MORE),)


class By(StrEnum):
    CLASS = "class"
    TEACHER = "teacher"
    ROOM = "room"


BY = {By.CLASS: marked("Class"), By.TEACHER: marked("Teacher"), By.ROOM: marked("Room")}


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class TimetableView:
    school: OwnSchool
    known: KnownTimetable | None
    by: By
    choices: tuple[tuple[By, tuple[Choice, ...]], ...]
    chosen: Choice | None
    week: Week | None
    today: date
    may_change: bool

    @property
    def kinds(self) -> dict[By, str]:
        return BY

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def weekdays(self) -> tuple[str, ...]:
        return WEEKDAYS


@dataclass(frozen=True, slots=True)
class FamilyView:
    pupil: Pupil
    known: KnownTimetable | None
    week: Week | None
    today: date

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def weekdays(self) -> tuple[str, ...]:
        return WEEKDAYS


@router.get("/schools/{slug}/timetable")
def show_timetable(request: Request, visitor: SignedIn, slug: str, of: str = "", day: AskedDay = None) -> Response:
    """`of` is a kind and a key, as class-…; without it one's own week, or the first class's."""
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        known = in_force(timetables(session, school.id), day or today)
        table = whole(session, school.id, known) if known else None
        own = queries.staff_of_user(session, school.id, visitor.actor.user_id)
    choices = _choices(table) if table else {}
    by, _, key = of.partition("-")
    wanted = (By(by), key) if by in list(By) else _usual(choices, own)
    chosen = next((one for one in choices.get(wanted[0], ()) if one.key == wanted[1]), None)
    week = _week(table, wanted[0], chosen.key, day or today) if table and chosen else None
    view = TimetableView(
        school=school,
        known=known,
        by=wanted[0],
        choices=tuple(choices.items()),
        chosen=chosen,
        week=week,
        today=today,
        may_change=visitor.actor.holds(Right.MANAGE_CALENDAR, school.id),
    )
    return staff_page(request, "setup/timetable.html", view, visitor.actor, school)


@router.get("/students/{student_id}/timetable")
def show_pupils_timetable(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id)
        known, week = _of_pupil(session, pupil, today)
    return page(request, "setup/family.html", FamilyView(pupil, known, week, today))


def _of_pupil(session: Session, pupil: Pupil, today: date) -> tuple[KnownTimetable | None, Week | None]:
    known = in_force(timetables(session, pupil.school_id), today)
    in_class = classes_on(session, pupil.school_id, today, [pupil.id]).get(pupil.id)
    if known is None or in_class is None:
        return None, None
    table = whole(session, pupil.school_id, known)
    lessons = [one for one in table.lessons if one.school_class.id == in_class.id]
    return known, week_of(lessons, table.bells_of({in_class.grade}, today), table.names) if lessons else None


def _choices(table: Whole) -> dict[By, tuple[Choice, ...]]:
    teachers = {one.staff_id for one in table.lessons}
    rooms = sorted({one.room for one in table.lessons if one.room})
    named = sorted((table.names.staff.get(one, "?"), str(one)) for one in teachers)
    return {
        By.CLASS: tuple(Choice(str(one.id), one.name) for one in table.classes),
        By.TEACHER: tuple(Choice(key, name) for name, key in named),
        By.ROOM: tuple(Choice(room, room) for room in rooms),
    }


def _usual(choices: dict[By, tuple[Choice, ...]], own: UUID | None) -> tuple[By, str]:
    if any(one.key == str(own) for one in choices.get(By.TEACHER, ())):
        return By.TEACHER, str(own)
    classes = choices.get(By.CLASS, ())
    return By.CLASS, classes[0].key if classes else ""


def _week(table: Whole, by: By, key: str, day: date) -> Week:
    def belongs(one: Lesson) -> bool:
        return key == {By.CLASS: str(one.school_class.id), By.TEACHER: str(one.staff_id), By.ROOM: one.room}[by]

    lessons = [one for one in table.lessons if belongs(one)]
    grades = {one.school_class.grade for one in lessons} | {one.grade for one in table.classes if str(one.id) == key}
    return week_of(lessons, table.bells_of(grades, day), table.names)
