"""A class at a glance: today, what waits for its teacher, absences that nobody explained, and how the weeks went."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.attendance.leave import queries as leave
from cloud.attendance.register import check_queries, queries
from cloud.attendance.register.counting import LIMIT
from cloud.attendance.register.month_queries import Tally, class_tallies, unexplained
from cloud.attendance.register.roll_calls import RollCall, rolls_to_call
from cloud.attendance.register.words import HALVES
from cloud.attendance.release.queries import pupils_of_class
from cloud.attendance.trend import Trend, read_trend
from cloud.kit.clock import school_day
from cloud.kit.web.forms import AskedDay
from cloud.kit.web.service import service
from cloud.people.access import OwnClass, Pupil, class_for, classes_for, pupils_among
from cloud.school.access import OwnSchool, workplaces_for
from cloud.school.calendar.facts import HalfDay, Span
from cloud.school.calendar.queries import year_span
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)

LOOKS_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Unexplained:
    pupil: Pupil
    day: date
    half: HalfDay


@dataclass(frozen=True, slots=True)
class ClassView:
    school: OwnSchool
    own_class: OwnClass
    day: date
    today: date
    halves: tuple[tuple[HalfDay, Tally], ...]
    waiting: int | None
    """Leave requests to decide; None: the reader does not decide here."""
    may_note: bool
    """Leave that families of the class told the school."""
    unexplained: tuple[Unexplained, ...]
    many: tuple[tuple[Pupil, int], ...]
    """Who comes near the limit, with the days."""
    pupils: tuple[Pupil, ...]
    calls: tuple[RollCall, ...]
    """Rolls of that day that somebody should call."""
    trend: Trend
    limit: int = LIMIT

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES


@router.get("/classes/{class_id}/overview")
def show_class(request: Request, visitor: SignedIn, class_id: UUID, day: AskedDay = None) -> Response:
    now = service(request).clock()
    today = school_day(now)
    shown = day or today
    with service(request).database.reading() as session:
        own_class = class_for(session, visitor.actor, class_id, Right.SEE_ATTENDANCE)
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == own_class.school_id)
        tallies = class_tallies(session, school.id, shown)
        low = queries.policy_of(session, school.id).low_percent
        calls = rolls_to_call(session, school.id, shown)
        open_ones = unexplained(session, own_class.id, Span(shown - LOOKS_BACK, shown))
        pupils = _pupils(session, visitor.actor, own_class, {one for one, _, _ in open_ones}, today)
        absent = _many(session, school.id, today)
        in_class = tuple(one for one in pupils.values() if one.class_name == own_class.name)
        view = ClassView(
            school=school,
            own_class=own_class,
            day=shown,
            today=today,
            halves=tuple((half, tallies[own_class.id, half]) for half in HalfDay if (own_class.id, half) in tallies),
            waiting=_waiting(session, visitor.actor, own_class),
            may_note=_holds(session, visitor.actor, own_class, Right.NOTE_LEAVE),
            unexplained=tuple(
                Unexplained(pupils[student_id], on, half) for student_id, on, half in open_ones if student_id in pupils
            ),
            many=tuple((one, absent[one.id]) for one in in_class if one.id in absent),
            pupils=in_class,
            calls=tuple(one for (class_id, _), one in calls.items() if class_id == own_class.id),
            trend=read_trend(session, school.id, shown, low, now, own_class.id),
        )
    return staff_page(request, "attendance/class.html", view, visitor.actor, school)


def _pupils(session: Session, actor: Actor, own_class: OwnClass, others: set[UUID], today: date) -> dict[UUID, Pupil]:
    """Those of the class, and of others those whom the actor sees; as a class list has them."""
    ids = {*pupils_of_class(session, own_class.id, today), *others}
    return {one.id: one for one in pupils_among(session, actor, ids, Right.SEE_ATTENDANCE)}


def _many(session: Session, school_id: UUID, today: date) -> dict[UUID, int]:
    year = year_span(session, school_id, today)
    figures = queries.policy_of(session, school_id).warn_at
    return check_queries.days_absent(session, school_id, year, at_least=min(figures)) if year and figures else {}


def _holds(session: Session, actor: Actor, own_class: OwnClass, right: Right) -> bool:
    return any(one.id == own_class.id for one in classes_for(session, actor, right))


def _waiting(session: Session, actor: Actor, own_class: OwnClass) -> int | None:
    """Requests, of which a pupil may have several; None for whoever does not decide on them."""
    if not _holds(session, actor, own_class, Right.DECIDE_LEAVE):
        return None
    waiting = Counter(request.student_id for request, _ in leave.waiting(session, own_class.school_id))
    own = pupils_among(session, actor.within(own_class.school_id), set(waiting), Right.DECIDE_LEAVE)
    return sum(waiting[one.id] for one in own if one.class_name == own_class.name)
