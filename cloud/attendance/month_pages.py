"""A child's month: each half-day in words and colour; a phone keeps the page for when there is no network."""

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
from cloud.attendance.register.counting import LIMIT, AbsenceCount
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.roll_queries import Kept, absence_counts, kept_of
from cloud.attendance.register.words import HALVES
from cloud.kit.clock import school_day
from cloud.kit.i18n import marked
from cloud.kit.web.service import page, service
from cloud.people.access import Pupil, is_staff_of, student_for
from cloud.people.frame import FamilyGroup, FamilyPlace
from cloud.people.history_queries import classes_on
from cloud.school.calendar.facts import HalfDay
from cloud.school.calendar.months import Month, OfAMonth, first_of, in_weeks, month_span
from cloud.school.calendar.queries import calendar_of, year_span
from cloud.school.calendar.rules import plan_for

router = APIRouter(include_in_schema=False)

FAMILY = (
    FamilyPlace(marked("By month"), "/students/{student_id}/calendar", FamilyGroup.MONTH, pupils=FamilyGroup.MONTH),
)

WORDS: dict[Presence, str] = {
    Presence.NOT_YET: marked("not known yet"),
    Presence.PRESENT: marked("present"),
    Presence.ABSENT: marked("absent"),
    # A doubt is never told to a family as an absence.
    Presence.ASK: marked("the school is checking"),
}


@dataclass(frozen=True, slots=True)
class MonthDay:
    day: date
    kept: tuple[Kept, ...]
    off: str
    """What the calendar calls a day off; empty on others."""

    @property
    def deviating(self) -> tuple[Kept, ...]:
        return tuple(
            one
            for one in self.kept
            if one.presence in (Presence.ABSENT, Presence.ASK) or one.late_minutes or one.left_early_minutes
        )


@dataclass(frozen=True, slots=True)
class MonthView(OfAMonth):
    pupil: Pupil
    first: date
    today: date
    weeks: tuple[tuple[MonthDay | None, ...], ...]
    """Monday to Sunday; None: a day of another month."""
    year: AbsenceCount | None
    limit: int = LIMIT

    @property
    def words(self) -> dict[Presence, str]:
        return WORDS

    @property
    def leave_ahead(self) -> str:
        return LEAVE_AHEAD

    @property
    def halves(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def days(self) -> tuple[MonthDay, ...]:
        return tuple(day for week in self.weeks for day in week if day)

    @property
    def kept(self) -> tuple[Kept, ...]:
        return tuple(one for day in self.days for one in day.kept)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Half-days of this month that have begun, as the family is told of them."""
        begun = [one for one in self.kept if not one.ahead]
        absent = [one.permission is Permission.PERMITTED for one in begun if one.presence is Presence.ABSENT]
        present = [one for one in self.kept if one.presence is Presence.PRESENT]
        return (
            (marked("Present"), len(present)),
            (marked("of them late"), sum(one.late_minutes > 0 for one in present)),
            (marked("Absent, P"), sum(absent)),
            (marked("Absent, K"), len(absent) - sum(absent)),
        )

    @property
    def waits(self) -> bool:
        """A half-day is still to come, or not known yet."""
        return any(one.presence is Presence.NOT_YET for one in self.kept)

    @property
    def unusual(self) -> tuple[MonthDay, ...]:
        return tuple(day for day in self.days if day.off or day.deviating)


@router.get("/students/{student_id}/calendar")
def show_month(request: Request, visitor: SignedIn, student_id: UUID, month: Month = None) -> Response:
    now = service(request).clock()
    today = school_day(now)
    span = month_span(first_of(month, today))
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.SEE_ATTENDANCE)
        kept = kept_of(session, [pupil.id], span, now)
        is_staff = is_staff_of(session, visitor.actor, pupil, Right.SEE_ATTENDANCE)
        open_ones = frozenset() if is_staff else being_checked(session, pupil.id, today)
        calendar = calendar_of(session, pupil.school_id, span)
        of_class = classes_on(session, pupil.school_id, today, [pupil.id]).get(pupil.id)
        year = year_span(session, pupil.school_id, today)
        counts = absence_counts(session, [pupil.id], year, now) if year else {}
    days = []
    for number in range((span.last - span.first).days + 1):
        day = span.first + timedelta(days=number)
        plan = plan_for(calendar, day, of_class) if of_class else None
        off = next((one.name for one in plan.reasons if one.name), "") if plan and not plan.is_school_day else ""
        own = (_as_told(one, open_ones) if day == today else one for one in kept if one.day == day)
        days.append(MonthDay(day, tuple(own), off))
    view = MonthView(pupil, span.first, today, in_weeks(span.first, days), counts.get(pupil.id))
    return page(request, "attendance/month.html", view)


def _as_told(one: Kept, open_ones: frozenset[HalfDay]) -> Kept:
    return replace(one, presence=Presence.ASK, permission=None) if one.half in open_ones else one
