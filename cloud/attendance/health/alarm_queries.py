"""All SQL of fever alarms: raised once, and who of the health staff has looked since."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.attendance.health.tables import FeverAlarm, HealthDeskLook
from cloud.kit.clock import school_day
from cloud.kit.db import insert, insert_new
from cloud.school.calendar.facts import HalfDay

Raised = tuple[UUID, UUID, HalfDay]
"""School, pupil and half-day."""


def raise_once(session: Session, warm: Iterable[Raised], day: date, *, now: datetime) -> list[Raised]:
    """Those for whom there was no alarm yet; of two workers one raises it."""
    # In one order in every transaction: two workers that raise the same ones never wait for each other in a ring.
    ordered = sorted(set(warm), key=lambda one: (one[1], one[2]))
    rows = [
        {"student_id": student_id, "day": day, "half": half.value, "school_id": school_id, "raised_at": now}
        for school_id, student_id, half in ordered
    ]
    if not rows:
        return []
    new = {(student_id, half) for student_id, _, half in insert_new(session, FeverAlarm, rows)}
    return [one for one in ordered if (one[1], one[2].value) in new]


def unseen(session: Session, actor: Actor, school_id: UUID, now: datetime) -> int:
    """How many were raised today since the actor, of the health staff, opened the desk last."""
    if school_id not in actor.schools_where(Right.KEEP_HEALTH):
        return 0
    look = HealthDeskLook.user_id == actor.user_id, HealthDeskLook.school_id == school_id
    looked_at = select(HealthDeskLook.looked_at).where(*look).scalar_subquery()
    found = (
        select(func.count())
        .select_from(FeverAlarm)
        .where(FeverAlarm.school_id == school_id, FeverAlarm.day == school_day(now))
        .where(or_(looked_at.is_(None), FeverAlarm.raised_at > looked_at))
    )
    return session.scalar(found) or 0


def look(session: Session, actor: Actor, school_id: UUID, *, now: datetime) -> None:
    statement = insert(session, HealthDeskLook).values(user_id=actor.user_id, school_id=school_id, looked_at=now)
    seen = {"looked_at": now}
    session.execute(statement.on_conflict_do_update(index_elements=["user_id", "school_id"], set_=seen))


def forget_alarms(session: Session, before: datetime) -> None:
    session.execute(delete(FeverAlarm).where(FeverAlarm.raised_at < before))
