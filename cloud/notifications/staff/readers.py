"""Whom something at school concerns: asked of their roles at the moment in which it is told."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right, Role, Scope
from cloud.accounts.holder_queries import holders_of
from cloud.kit.clock import school_day
from cloud.notifications.threads.queries import teachers_of
from cloud.people.access import OwnClass, classes_for, pupils_among

RUNNING = (Role.PRINCIPAL, Role.VICE_PRINCIPAL)


def holding_whole(session: Session, right: Right, school_id: UUID, now: datetime) -> list[Actor]:
    """Whoever holds it in the whole school."""
    return [one for one in holders_of(session, right, school_id, now) if school_id in one.schools_where(right)]


def alarmed_of_fever(session: Session, school_id: UUID, now: datetime) -> list[Actor]:
    """The health staff; at a school that has none, whoever sees health in the whole of it."""
    keepers = holding_whole(session, Right.KEEP_HEALTH, school_id, now)
    return keepers or holding_whole(session, Right.SEE_HEALTH, school_id, now)


def running_school(session: Session, school_id: UUID, now: datetime) -> list[Actor]:
    """Principals and vice-principals, of the whole school or of a grade; not whoever looks after its machines."""
    holders = holders_of(session, Right.SEE_ATTENDANCE, school_id, now)
    return [one for one in holders if any(grant.role in RUNNING for grant in one.grants)]


def homeroom_teachers(
    session: Session, school_id: UUID, class_ids: Collection[UUID], now: datetime
) -> list[tuple[Actor, OwnClass]]:
    """Of each of these classes, whoever holds it as their own."""
    found = []
    for one in holders_of(session, Right.KEEP_ATTENDANCE, school_id, now):
        own = tuple(grant for grant in one.grants if grant.scope_kind is Scope.CLASS)
        if own:
            classes = classes_for(session, replace(one, grants=own), Right.KEEP_ATTENDANCE)
            found += [(one, of) for of in classes if of.id in class_ids]
    return found


def deciding_on_leave(session: Session, school_id: UUID, student_id: UUID, now: datetime) -> list[Actor]:
    """The pupil's homeroom teacher; where nobody is, or nobody with a log-in: whoever decides for the whole school."""
    holders = holders_of(session, Right.DECIDE_LEAVE, school_id, now)
    close = _close_to(session, holders, student_id, now)
    return close or [one for one in holders if school_id in one.schools_where(Right.DECIDE_LEAVE)]


def awaiting_pupil(session: Session, school_id: UUID, student_id: UUID, now: datetime) -> list[Actor]:
    """The pupil's homeroom teacher, who looks for them in the morning; where nobody is, nobody."""
    return _close_to(session, holders_of(session, Right.DECIDE_LEAVE, school_id, now), student_id, now)


def _close_to(session: Session, holders: list[Actor], student_id: UUID, now: datetime) -> list[Actor]:
    """Homeroom teachers of other classes are many and are not asked one by one."""
    homeroom = {one.user_id for one in teachers_of(session, student_id, school_day(now)) if one.is_homeroom}
    close = [one for one in holders if one.user_id in homeroom or one.classes_where(Right.DECIDE_LEAVE)]
    return [one for one in close if _in_class(session, one, student_id)]


def _in_class(session: Session, actor: Actor, student_id: UUID) -> bool:
    return bool(pupils_among(session, actor, [student_id], Right.DECIDE_LEAVE))
