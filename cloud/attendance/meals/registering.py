"""Who eats at school: families ask and end, the school decides and writes down. Each step is in the log of changes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.attendance.meals import queries, sheet_queries
from cloud.attendance.meals.counting import cut_off_on
from cloud.attendance.meals.queries import Policy, Registered, Wish
from cloud.attendance.meals.rules import check_end, check_start
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, Invalid, NotFound
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.people.access import child_of, students_for

LONGEST_DIET = 60


def start(
    session: Session,
    actor: Actor,
    school_id: UUID,
    student_ids: Sequence[UUID],
    first_day: date,
    weekdays: int,
    diet: str,
    now: datetime,
) -> None:
    """They eat from `first_day` on, instead of what was written for them. Raises NotFound, Forbidden or Invalid."""
    check_start(first_day, school_day(now))
    if not student_ids:
        raise Invalid(marked("Choose at least one pupil."))
    for pupil in students_for(session, actor.within(school_id), list(student_ids), Right.KEEP_MEALS):
        _write(session, Registered(pupil.id, first_day, None, weekdays, _diet(diet)))
        facts = {"from": first_day.isoformat()}
        audit.note(session, school_id, actor.user_id, "meals.started", pupil.id, facts, now=now)


def end(session: Session, actor: Actor, school_id: UUID, student_id: UUID, last_day: date, now: datetime) -> None:
    """By the school. Raises NotFound, Forbidden or Invalid."""
    students_for(session, actor.within(school_id), [student_id], Right.KEEP_MEALS)
    _end(session, actor, school_id, student_id, last_day, now)


def end_own(session: Session, actor: Actor, student_id: UUID, last_day: date, now: datetime) -> None:
    """By a guardian, where the school lets them. Raises NotFound, Forbidden or Invalid."""
    child = child_of(session, actor, student_id)
    if not serving(session, child.school_id).families_may_end:
        raise Forbidden(marked("At this school the office ends meals: please tell them."))
    _end(session, actor, child.school_id, child.id, last_day, now)


def ask(
    session: Session, actor: Actor, student_id: UUID, first_day: date, weekdays: int, diet: str, now: datetime
) -> Wish:
    """A guardian asks for meals. Raises NotFound, Forbidden, Invalid, or Conflict while another wish waits."""
    child = child_of(session, actor, student_id)
    if not serving(session, child.school_id).families_may_ask:
        raise Forbidden(marked("At this school the office registers for meals: please tell them."))
    check_start(first_day, school_day(now))
    if any(one.state == "requested" for one in queries.wishes_of(session, child.id)):
        raise Conflict(marked("You have asked already: the school has not answered yet."))
    wish = Wish(new_id(), child.school_id, child.id, first_day, weekdays, _diet(diet), "requested", now)
    queries.add_wish(session, wish, actor.user_id)
    return wish


def withdraw(session: Session, actor: Actor, student_id: UUID, wish_id: UUID, now: datetime) -> None:
    child = child_of(session, actor, student_id)
    found = queries.wish(session, wish_id)
    if found is None or found.student_id != child.id:
        raise NotFound("There is no such request, or it is not yours to see.")
    if not queries.settle_wish(session, wish_id, "withdrawn", actor.user_id, now):
        raise Conflict(marked("The school has answered meanwhile."))


def decide(session: Session, actor: Actor, school_id: UUID, wish_id: UUID, *, yes: bool, now: datetime) -> None:
    """Raises NotFound, Forbidden or Conflict. Meals that were asked for from a day gone by begin today."""
    found = queries.wish(session, wish_id)
    if found is None or found.school_id != school_id:
        raise NotFound("There is no such request, or it is not yours to see.")
    students_for(session, actor.within(school_id), [found.student_id], Right.KEEP_MEALS)
    if not queries.settle_wish(session, wish_id, "approved" if yes else "rejected", actor.user_id, now):
        raise Conflict(marked("Somebody else has just decided on this request: read it again."))
    if yes:
        first_day = max(found.first_day, school_day(now))
        _write(session, Registered(found.student_id, first_day, None, found.weekdays, found.diet))
    action = "meals.wish_granted" if yes else "meals.wish_refused"
    audit.note(session, school_id, actor.user_id, action, found.student_id, now=now)


def serving(session: Session, school_id: UUID) -> Policy:
    """Raises NotFound where no meals are served."""
    policy = queries.policy_of(session, school_id)
    if policy is None:
        raise NotFound(marked("This school serves no meals."))
    return policy


def earliest_last_day(session: Session, school_id: UUID, now: datetime) -> date:
    """Before the cut-off somebody may still end with yesterday, which means not to eat today."""
    today = school_day(now)
    counted = bool(sheet_queries.counts(session, school_id, today))
    closed = counted or now >= cut_off_on(serving(session, school_id), today)
    return today if closed else today - timedelta(days=1)


def _end(session: Session, actor: Actor, school_id: UUID, student_id: UUID, last_day: date, now: datetime) -> None:
    check_end(last_day, earliest=earliest_last_day(session, school_id, now))
    own = queries.registrations_of(session, [student_id]).get(student_id, [])
    running = [one for one in own if one.last_day is None or one.last_day > last_day]
    if not running:
        raise Conflict(marked("There are no meals to end: look at the page again."))
    for one in running:
        if one.first_day > last_day:
            queries.take_out(session, student_id, one.first_day)
        else:
            queries.end_before(session, student_id, last_day + timedelta(days=1))
    facts = {"last": last_day.isoformat()}
    audit.note(session, school_id, actor.user_id, "meals.ended", student_id, facts, now=now)


def _write(session: Session, one: Registered) -> None:
    for other in queries.registrations_of(session, [one.student_id]).get(one.student_id, []):
        if other.first_day > one.first_day:
            queries.take_out(session, one.student_id, other.first_day)
    queries.end_before(session, one.student_id, one.first_day)
    queries.register(session, one)


def _diet(text: str) -> str:
    diet = " ".join(text.split())
    if len(diet) > LONGEST_DIET:
        raise Invalid(marked("Write what is eaten in at most 60 characters."))
    return diet
