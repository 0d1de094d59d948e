"""A person calls the roll of a class, and takes the last call back: each in one transaction."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.attendance.desk import Word, overrule
from cloud.attendance.register import roll_queries
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.roll import Answer, Choice, last_change
from cloud.attendance.register.words import ROLL_CALL, TAKEN_BACK
from cloud.kit.clock import SCHOOL_TIME, school_day, school_time
from cloud.kit.errors import Conflict, Invalid, Problem, Refused
from cloud.kit.i18n import marked
from cloud.people.access import OwnClass, pupils_among
from cloud.people.history_queries import classes_on
from cloud.school.calendar.day_plans import plan_on
from cloud.school.calendar.facts import HalfDay, PlannedHalf, PlannedPeriod

LONGEST_HALF_MINUTES = 300


def call_roll(
    session: Session,
    actor: Actor,
    own_class: OwnClass,
    day: date,
    half: HalfDay,
    answers: Mapping[UUID, Answer],
    reason: str,
    now: datetime,
    period: int | None = None,
) -> None:
    """`own_class` came from people.access with the right to keep attendance. Raises Invalid, NotFound or Forbidden."""
    if not answers:
        return
    if not reason.strip() and day != school_day(now):
        raise Invalid(marked("Please say why: the register of an earlier day is being corrected."))
    plan = plan_on(session, own_class.school_id, day, own_class.id)
    planned = plan.half(half)
    if planned is None or (period is not None and all(one.number != period for one in planned.periods)):
        raise Invalid(marked("There are no lessons then, so there is no roll to call."))
    taught = next((one for one in planned.periods if one.number == period), None) or planned
    words = [_word(student_id, answer, taught) for student_id, answer in answers.items()]
    overrule(session, actor, day, half, words, reason=reason.strip() or ROLL_CALL, period=period, now=now)
    _note(session, actor, own_class, "register.called", day, half, len(words), now)


def take_back(
    session: Session,
    actor: Actor,
    own_class: OwnClass,
    day: date,
    half: HalfDay,
    at: datetime,
    now: datetime,
    period: int | None = None,
) -> None:
    """The change made at `at`: everybody in it stands as before. Raises Conflict when it is no longer the last one."""
    classes = classes_on(session, own_class.school_id, day)
    here = [student_id for student_id, of_class in classes.items() if of_class.id == own_class.id]
    ids = [pupil.id for pupil in pupils_among(session, actor, here, Right.KEEP_ATTENDANCE)]
    said = roll_queries.said_of(session, ids, day, half, period)
    last = last_change(said)
    if last is None or last.at != at:
        raise Conflict(marked("Somebody has changed this roll meanwhile: look at it again."))
    before = {one.student_id: one for one in said if one.at < at}
    words = [
        Word(was.student_id, was.presence, was.late_minutes, was.left_early_minutes, was.permission)
        if (was := before.get(one.student_id))
        else Word(one.student_id, None)
        for one in said
        if one.at == at
    ]
    overrule(session, actor, day, half, words, reason=TAKEN_BACK, period=period, now=now)
    _note(session, actor, own_class, "register.taken_back", day, half, len(words), now)


def _word(student_id: UUID, answer: Answer, taught: PlannedHalf | PlannedPeriod) -> Word:
    match answer.choice:
        case Choice.RULES:
            return Word(student_id, None)
        case Choice.PRESENT:
            return Word(student_id, Presence.PRESENT)
        case Choice.LATE:
            if not 0 < answer.late_minutes <= LONGEST_HALF_MINUTES:
                raise Invalid(marked("The minutes late are a number of 1 or more, within the half-day."))
            return Word(student_id, Presence.PRESENT, late_minutes=answer.late_minutes, permission=answer.permission)
        case Choice.LEFT:
            early = _minutes_early(student_id, answer, taught)
            return Word(student_id, Presence.PRESENT, answer.late_minutes, early, answer.permission)
        case Choice.PERMITTED:
            return Word(student_id, Presence.ABSENT, permission=Permission.PERMITTED)
        case Choice.ABSENT:
            return Word(student_id, Presence.ABSENT, permission=Permission.NOT_PERMITTED)


def _minutes_early(student_id: UUID, answer: Answer, taught: PlannedHalf | PlannedPeriod) -> int:
    """Raises Refused, naming the pupil's field, for a time at which nobody can have gone home early."""
    came = taught.starts_at + timedelta(minutes=answer.late_minutes)
    left_at = datetime.combine(school_day(came), answer.left_at, SCHOOL_TIME) if answer.left_at else None
    if left_at is None or not came < left_at < taught.ends_at:
        says = marked("a time after %(first)s and before %(last)s")
        span = [("first", came), ("last", taught.ends_at)]
        about = tuple((name, f"{school_time(at):%H:%M}") for name, at in span)
        raise Refused([Problem(f"left-{student_id}", says, about)])
    return (taught.ends_at - left_at) // timedelta(minutes=1)


def _note(
    session: Session, actor: Actor, own_class: OwnClass, action: str, day: date, half: HalfDay, pupils: int,
    now: datetime,
) -> None:  # fmt: skip
    details = {"day": day.isoformat(), "half": half.value, "pupils": str(pupils)}
    audit.note(session, own_class.school_id, actor.user_id, action, own_class.id, details, now=now)
