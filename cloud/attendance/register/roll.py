"""A class's roll for one half-day: what it says and why, what a person may answer, and what an answer changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.attendance.register import keeping, roll_calls, roll_queries
from cloud.attendance.register.ahead import is_leave, unseen_of
from cloud.attendance.register.brake import was_missed
from cloud.attendance.register.counting import AbsenceCount
from cloud.attendance.register.facts import Permission, Presence, Rule, Status
from cloud.attendance.register.roll_calls import RollCall
from cloud.attendance.register.roll_queries import Said, Was
from cloud.attendance.register.words import CALENDAR, Sentence, sentence
from cloud.attendance.release.queries import Release, released_on
from cloud.devices.queries import unit_names
from cloud.kit.clock import school_time
from cloud.people.access import OwnClass, pupils_among
from cloud.people.history_queries import classes_on
from cloud.school.calendar.day_plans import plan_on
from cloud.school.calendar.facts import HalfDay, Plan, PlannedHalf, PlannedPeriod
from cloud.school.calendar.queries import year_span


class Choice(StrEnum):
    """What a person taps for a pupil."""

    PRESENT = "present"
    LATE = "late"
    LEFT = "left"
    """Was there and went home early; perhaps came late, too."""
    PERMITTED = "permitted"
    ABSENT = "absent"
    RULES = "rules"
    """Give the decision back to the rules."""


def as_sent(choice: Choice, late_minutes: int | str, left_at: str, *, permitted: bool) -> str:
    """Choice, minutes late, when the pupil left, P; what is not said at the end is left out."""
    return f"{choice}:{late_minutes}:{left_at}:{'P' if permitted else ''}".rstrip(":")


@dataclass(frozen=True, slots=True)
class Answer:
    choice: Choice
    late_minutes: int = 0
    left_at: time | None = None
    permission: Permission | None = None
    """Of who came late or left early; None: as the leave requests say."""

    def __str__(self) -> str:
        """As the page sends it back, to tell what was changed."""
        left = f"{self.left_at:%H:%M}" if self.left_at else ""
        return as_sent(self.choice, self.late_minutes, left, permitted=self.permission is Permission.PERMITTED)


@dataclass(frozen=True, slots=True)
class Line:
    student_id: UUID
    name: str
    status: Status
    answer: Answer | None
    """What the status is as an answer; None where nobody knows yet, or where it waits for a person to say so."""
    why: tuple[Sentence, ...]
    said: tuple[Said, ...]
    was: tuple[Was, ...]
    absences: AbsenceCount | None
    ahead: bool
    """On leave for what has not begun."""
    left: Release | None
    """The last time that day that the pupil was handed over, or went."""

    def leaves_at(self, now: time | None) -> str:
        """When the pupil went home early, or would at this moment; empty where nobody can guess."""
        at = self.answer.left_at if self.answer and self.answer.left_at else now
        return f"{at:%H:%M}" if at else ""

    @property
    def seen_since(self) -> Sentence | None:
        """Called absent, and then seen: somebody has to look."""
        return self.why[0] if self.status.reasons[0].rule is Rule.SEEN_SINCE else None

    @property
    def is_as_usual(self) -> bool:
        """Seen by a unit and in time: nobody has to look twice."""
        status = self.status
        odd = status.late_minutes or status.left_early_minutes or status.by_person or self.left
        return status.presence is Presence.PRESENT and not odd


@dataclass(frozen=True, slots=True)
class LastChange:
    """What one person said in one go; `at` names it."""

    at: datetime
    by: str
    pupils: int
    reason: str


@dataclass(frozen=True, slots=True)
class Roll:
    day: date
    half: HalfDay | None
    """None: no lessons on this day."""
    halves: tuple[HalfDay, ...]
    no_lessons: tuple[str, str]
    """Why, and what the calendar calls the day; both are empty where there are lessons."""
    lines: tuple[Line, ...]
    last: LastChange | None
    late_by: int
    """Minutes since the bell: who comes in at this moment is so late."""
    now: time | None = None
    """While it is taught: who goes home at this moment left then."""
    period: int | None = None
    """The roll of one period; None: of the half-day as a whole."""
    periods: tuple[PlannedPeriod, ...] = ()
    """Those of the half-day."""
    call: RollCall | None = None
    """What waits for this roll."""

    def tally(self, presence: str) -> int:
        """Who is on leave for what has not begun is not absent yet."""
        return sum(line.status.presence == presence and not line.ahead for line in self.lines)

    @property
    def late(self) -> int:
        return sum(line.status.late_minutes > 0 for line in self.lines)

    @property
    def permitted(self) -> int:
        return sum(
            line.status.presence is Presence.ABSENT
            and line.status.permission is Permission.PERMITTED
            and not line.ahead
            for line in self.lines
        )

    @property
    def undecided(self) -> int:
        return self.tally(Presence.ASK) + self.tally(Presence.NOT_YET) + sum(line.ahead for line in self.lines)


def read_roll(
    session: Session,
    actor: Actor,
    own_class: OwnClass,
    day: date,
    half: HalfDay | None,
    now: datetime,
    period: int | None = None,
) -> Roll:
    """`own_class` came from people.access. Without `half`, the one that is on, or the last one of the day; a
    period that is not taught is none."""
    plan = plan_on(session, own_class.school_id, day, own_class.id)
    planned = plan.half(half) if half else half_at(plan, now)
    if planned is None:
        off = next((one for one in plan.reasons if half in (None, one.half)), plan.reasons[0])
        halves = tuple(one.half for one in plan.half_days)
        return Roll(day, None, halves, (CALENDAR[off.because], off.name), (), None, 0)
    classes = classes_on(session, own_class.school_id, day)
    here = [student_id for student_id, of_class in classes.items() if of_class.id == own_class.id]
    pupils = pupils_among(session, actor, here, Right.SEE_ATTENDANCE)
    ids = [pupil.id for pupil in pupils]
    computed = keeping.compute(session, own_class.school_id, day, ids, now=now)
    taught = next((one for one in planned.periods if one.number == period), None)
    number = taught.number if taught else None
    said = roll_queries.said_of(session, ids, day, planned.half, number)
    histories = {} if taught else roll_queries.histories(session, ids, day, planned.half)
    year = year_span(session, own_class.school_id, day)
    counts = roll_queries.absence_counts(session, ids, year, now) if year else {}
    released = released_on(session, ids, day)
    units = unit_names(session, own_class.school_id)
    call = roll_calls.rolls_to_call(session, own_class.school_id, day).get((own_class.id, planned.half))
    lines = []
    for pupil in pupils:
        found = computed[pupil.id].day.half(planned.half)
        assert found  # all of one class share its plan
        status = next((one.status for one in found.periods if one.number == number), found.status)
        coming = (taught or planned).starts_at > now and is_leave(status)
        lines.append(
            Line(
                student_id=pupil.id,
                name=pupil.full_name,
                status=status,
                answer=None
                if call and call.held and was_missed(status) and not status.by_person
                else answer_of(status, taught or planned),
                why=tuple(
                    sentence(reason, units, period=taught is not None)
                    for reason in (unseen_of(status) if coming else status).reasons
                ),
                said=tuple(one for one in said if one.student_id == pupil.id),
                was=tuple(histories.get(pupil.id, ())),
                absences=counts.get(pupil.id),
                ahead=coming,
                left=next(reversed(released.get(pupil.id, [])), None),
            )
        )
    halves = tuple(one.half for one in plan.half_days)
    return Roll(
        day=day,
        half=planned.half,
        halves=halves,
        no_lessons=("", ""),
        lines=tuple(lines),
        last=last_change(said),
        late_by=_late_by(taught or planned, now),
        now=school_time(now).time() if _is_on(taught or planned, now) else None,
        period=number,
        periods=planned.periods,
        call=call,
    )


def half_at(plan: Plan, now: datetime) -> PlannedHalf | None:
    """The half-day that is on at `now` or comes next; the last one when the day is over."""
    return next((one for one in plan.half_days if now < one.ends_at), plan.half_days[-1] if plan.half_days else None)


def answer_of(status: Status, planned: PlannedHalf | PlannedPeriod) -> Answer | None:
    permitted = Permission.PERMITTED if status.permission is Permission.PERMITTED else None
    if status.presence is Presence.PRESENT and status.left_early_minutes:
        left_at = school_time(planned.ends_at - timedelta(minutes=status.left_early_minutes)).time()
        return Answer(Choice.LEFT, status.late_minutes, left_at, permitted)
    if status.presence is Presence.PRESENT and status.late_minutes:
        return Answer(Choice.LATE, status.late_minutes, permission=permitted)
    if status.presence is Presence.PRESENT:
        return Answer(Choice.PRESENT)
    if status.presence is Presence.ABSENT:
        return Answer(Choice.PERMITTED if status.permission is Permission.PERMITTED else Choice.ABSENT)
    return None


def last_change(said: Collection[Said]) -> LastChange | None:
    if not said:
        return None
    at = max(one.at for one in said)
    latest = [one for one in said if one.at == at]
    return LastChange(at, latest[0].by, len(latest), latest[0].reason)


def _late_by(planned: PlannedHalf | PlannedPeriod, now: datetime) -> int:
    if _is_on(planned, now):
        return max(1, (now - planned.starts_at) // timedelta(minutes=1))
    return 10


def _is_on(planned: PlannedHalf | PlannedPeriod, now: datetime) -> bool:
    return planned.starts_at < now < planned.ends_at
