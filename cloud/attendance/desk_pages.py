"""Where a member of staff begins the day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.attendance.counting_classes import read_standing
from cloud.attendance.lessons import OwnLesson, own_lessons
from cloud.attendance.queries.counts import ClassCount
from cloud.attendance.register import keeping
from cloud.attendance.register.facts import Rule
from cloud.attendance.register.roll_calls import RollCall, rolls_to_call
from cloud.attendance.register.roll_queries import called_absent
from cloud.attendance.register.words import HALVES
from cloud.attendance.timesheets.queries import own_id
from cloud.kit.clock import school_day
from cloud.kit.web.service import service
from cloud.people.access import OwnClass, Pupil, classes_for, pupils_among
from cloud.school.access import workplace_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class DeskView:
    name: str
    day: date
    classes: tuple[ClassCount, ...]
    calls: tuple[tuple[ClassCount, RollCall], ...]
    """Rolls of today that wait to be called."""
    seen_since: tuple[tuple[OwnClass, Pupil, HalfDay], ...]
    """Called absent today, and then seen: somebody has to look."""
    lessons: tuple[OwnLesson, ...]
    timesheet: str
    """Where the reader's own is; empty for who has none here."""
    sees_classes: bool
    """Whether a class could be theirs, by the roles they hold."""

    @property
    def halves(self) -> dict[HalfDay, str]:
        return HALVES


@router.get("/schools/{slug}/desk")
def show_desk(request: Request, visitor: SignedIn, slug: str) -> Response:
    """Where a member of staff begins the day: their classes, and the pages that are theirs."""
    today = school_day(service(request).clock())
    with service(request).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
        classes = classes_for(session, visitor.actor.within(school.id), Right.SEE_ATTENDANCE)
        standing = read_standing(session, school.id, service(request).clock())
        waiting = rolls_to_call(session, school.id, today)
        since = _seen_since(session, visitor.actor.within(school.id), school.id, service(request).clock())
        staff_id = own_id(session, school.id, visitor.actor.user_id)
        lessons = own_lessons(session, [staff_id] if staff_id else [], classes, today)
    timesheet = f"/schools/{slug}/timesheets/{staff_id}" if staff_id else ""
    own = {one.id for one in classes}
    shown = tuple(one for one in standing.classes if one.id in own)
    calls = tuple((one, waiting[one.id, half]) for one in shown for half in HalfDay if (one.id, half) in waiting)
    sees_classes = visitor.actor.holds(Right.SEE_ATTENDANCE, school.id)
    by_name = {one.name: one for one in classes}
    looked_for = tuple((by_name[one.class_name], one, half) for one, half in since if one.class_name in by_name)
    name = visitor.actor.display_name
    view = DeskView(name, today, shown, calls, looked_for, lessons, timesheet, sees_classes)
    return staff_page(request, "attendance/desk.html", view, visitor.actor, school)


def _seen_since(session: Session, actor: Actor, school_id: UUID, now: datetime) -> list[tuple[Pupil, HalfDay]]:
    """What the register says stands, since a person said it: only who computes the day anew finds what came after."""
    today = school_day(now)
    pupils = pupils_among(session, actor, called_absent(session, school_id, today), Right.SEE_ATTENDANCE)
    computed = keeping.compute(session, school_id, today, [one.id for one in pupils], now=now) if pupils else {}
    return [
        (one, half.half)
        for one in pupils
        for half in (computed[one.id].day.halves if one.id in computed else ())
        if half.status.reasons[0].rule is Rule.SEEN_SINCE
    ]
