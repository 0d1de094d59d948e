"""Why does it say late? One pupil's day by half-days and periods, each with its reasons and its history."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.attendance.family import being_checked
from cloud.attendance.family_words import LEAVE_AHEAD
from cloud.attendance.month_pages import WORDS as FAMILY_WORDS
from cloud.attendance.register import ahead, keeping, roll_queries
from cloud.attendance.register.ahead import is_leave, unseen_of
from cloud.attendance.register.facts import Presence, Status
from cloud.attendance.register.roll_queries import Said, Was
from cloud.attendance.register.words import HALVES, PRESENCES, ROLL_CALL, TAKEN_BACK, Sentence, sentence
from cloud.attendance.release.queries import Release, released_on
from cloud.attendance.release.words import WAYS
from cloud.devices.queries import unit_names
from cloud.kit.clock import school_day
from cloud.kit.web.forms import NamedDay
from cloud.kit.web.service import page, service
from cloud.people.access import Pupil, is_staff_of, student_for
from cloud.school.access import workplaces_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Explained:
    status: Status
    why: tuple[Sentence, ...]
    ahead: bool
    """Leave for what has not begun."""


@dataclass(frozen=True, slots=True)
class HalfView:
    half: HalfDay
    whole: Explained
    periods: tuple[tuple[int, Explained], ...]
    said: tuple[Said, ...]
    """For staff alone, as `was` is."""
    was: tuple[Was, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    pupil: Pupil
    day: date
    today: date
    halves: tuple[HalfView, ...]
    left: tuple[Release, ...]
    is_staff: bool
    own_words: tuple[str, ...] = (ROLL_CALL, TAKEN_BACK)

    @property
    def presences(self) -> dict[str, str]:
        return PRESENCES if self.is_staff else {str(key): text for key, text in FAMILY_WORDS.items()}

    @property
    def words(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def leave_ahead(self) -> str:
        return LEAVE_AHEAD

    @property
    def ways(self) -> dict[str, str]:
        return WAYS

    @property
    def day_before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def day_after(self) -> date:
        return self.day + timedelta(days=1)


@router.get("/students/{student_id}/days/{day}")
def show_day(request: Request, visitor: SignedIn, student_id: UUID, day: NamedDay) -> Response:
    """A family reads no doubt of the machine's: while the school is checking, that is all that is said."""
    now = service(request).clock()
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.SEE_ATTENDANCE)
        is_staff = is_staff_of(session, visitor.actor, pupil, Right.SEE_ATTENDANCE)
        units = unit_names(session, pupil.school_id)
        computed = keeping.compute(session, pupil.school_id, day, [pupil.id], now=now).get(pupil.id)
        left = tuple(released_on(session, [pupil.id], day).get(pupil.id, ()))
        open_ones = being_checked(session, pupil.id, day) if day == school_day(now) and not is_staff else frozenset()
        halves = []
        planned = ahead.halves_on(session, pupil.school_id, day, [pupil.id]).get(pupil.id, ())
        bells = {(one.half, each.number): each.starts_at for one in planned for each in one.periods}
        begin_at = ahead.begins(planned)
        for one in computed.day.halves if computed else ():
            said = roll_queries.said_of(session, [pupil.id], day, one.half) if is_staff else []
            was = roll_queries.histories(session, [pupil.id], day, one.half).get(pupil.id, []) if is_staff else []
            is_open = one.half in open_ones
            periods = tuple(
                (
                    each.number,
                    _explained(
                        _as_told(ahead.period_on_leave(each.status, one.status), is_open),
                        units,
                        is_staff=is_staff,
                        period=True,
                        ahead=bells[one.half, each.number] > now,
                    ),
                )
                for each in one.periods
            )
            coming = begin_at[one.half] > now
            whole = _explained(_as_told(one.status, is_open), units, is_staff=is_staff, ahead=coming)
            halves.append(HalfView(one.half, whole, periods, tuple(said), tuple(was)))
        school = next((one for one in workplaces_for(session, visitor.actor) if one.id == pupil.school_id), None)
    view = DayView(pupil, day, school_day(now), tuple(halves), left, is_staff)
    if is_staff and school:
        return staff_page(request, "attendance/day.html", view, visitor.actor, school)
    return page(request, "attendance/day.html", view)


def _as_told(status: Status, is_open: bool) -> Status:
    """Families read of an absence that only a machine says once they were told of it."""
    unsaid = is_open and status.presence is Presence.ABSENT
    return replace(status, presence=Presence.ASK, permission=None) if unsaid else status


def _explained(
    status: Status, units: dict[str, str], *, is_staff: bool, ahead: bool, period: bool = False
) -> Explained:
    if not is_staff and status.presence is Presence.ASK:
        return Explained(status, (), ahead=False)
    coming = ahead and is_leave(status)
    reasons = unseen_of(status).reasons if coming else status.reasons
    return Explained(status, tuple(sentence(reason, units, period=period) for reason in reasons), coming)
