"""Locking the day's portions at the cut-off, and settling who is excused."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.leave.facts import ClaimState
from cloud.attendance.leave.queries import claims_on
from cloud.attendance.meals import queries, sheet_queries
from cloud.attendance.meals.events import (
    MEAL_EXCUSE_REVOKED,
    MEAL_EXCUSED,
    MEALS_LOCKED,
    ClassPortions,
    MealExcused,
    MealExcuseRevoked,
    MealsLocked,
)
from cloud.attendance.meals.rules import Diner, Portions, eats_on, excuses_of, portions_of
from cloud.attendance.register import brake, keeping
from cloud.attendance.register.queries import policy_of
from cloud.kit import outbox
from cloud.kit.clock import SCHOOL_TIME, school_day


def lock_when_due(session: Session, school_id: UUID, now: datetime) -> tuple[Portions, ...]:
    """Count and lock today's portions once the cut-off has come; empty before it, or when that was done already."""
    day = school_day(now)
    policy = queries.policy_of(session, school_id)
    if policy is None or now < (cut_off_at := cut_off_on(policy, day)) or sheet_queries.counts(session, school_id, day):
        return ()
    diners = _diners(session, school_id, day, now, seen_until=cut_off_at)
    portions = portions_of(diners)
    if not portions:
        return ()
    sheet_queries.lock(session, school_id, day, portions, diners, email=policy.kitchen_email, now=now)
    event = MealsLocked(
        school_id=school_id,
        day=day,
        cut_off_at=cut_off_at,
        classes=tuple(
            ClassPortions(class_id=one.class_id, portions=one.portions, in_doubt=one.in_doubt) for one in portions
        ),
    )
    outbox.put(session, MEALS_LOCKED, event, now=now)
    return portions


def settle(session: Session, school_id: UUID, day: date, now: datetime) -> None:
    """Tell fees whose meal is excused, and whose no longer is. Doing it again tells nothing twice."""
    policy = queries.policy_of(session, school_id)
    if policy is None:
        return
    told = {student_id: one for (student_id, _), one in queries.excuses(session, school_id, day, day).items()}
    excused = excuses_of(_diners(session, school_id, day, now), cut_off_on(policy, day), now)
    for student_id in sorted(told.keys() - excused.keys()):
        queries.remove_excuse(session, student_id, day)
        revoked = MealExcuseRevoked(school_id=school_id, student_id=student_id, day=day)
        outbox.put(session, MEAL_EXCUSE_REVOKED, revoked, now=now)
    for student_id in sorted(excused.keys() - told.keys()):
        excuse = excused[student_id]
        queries.add_excuse(session, day, excuse)
        event = MealExcused(
            school_id=school_id,
            student_id=student_id,
            day=day,
            noticed_at=excuse.noticed_at,
            before_cut_off=excuse.before_cut_off,
        )
        outbox.put(session, MEAL_EXCUSED, event, now=now)


def _diners(
    session: Session, school_id: UUID, day: date, now: datetime, *, seen_until: datetime | None = None
) -> list[Diner]:
    """The registered pupils who have school that day, with their first half-day's status."""
    registered = queries.registered(session, school_id, day)
    claims = claims_on(session, registered, day)
    diners = []
    computed = keeping.compute(session, school_id, day, registered, now=now, seen_until=seen_until)
    first_halves = {student_id: one.day.halves[0] for student_id, one in computed.items() if one.day.halves}
    statuses = (((computed[one].class_id, half.half), half.status) for one, half in first_halves.items())
    held = brake.held_back(brake.count(statuses), policy_of(session, school_id))
    for student_id, one in computed.items():
        first = first_halves.get(student_id)
        if first is None or not eats_on(registered[student_id].weekdays, one.weekday):
            continue
        asked = [
            claim.asked_at
            for claim in claims.get(student_id, ())
            if claim.state is ClaimState.APPROVED and (day, first.half) in claim.stretch
        ]
        diners.append(
            Diner(
                student_id,
                one.class_id,
                first.status.presence,
                first.status.permission,
                noticed_at=min(asked, default=None),
                diet=registered[student_id].diet,
                held=(one.class_id, first.half) in held
                and brake.was_missed(first.status)
                and not first.status.by_person,
            )
        )
    return diners


def cut_off_on(policy: queries.Policy, day: date) -> datetime:
    return datetime.combine(day, policy.cut_off, SCHOOL_TIME)
