"""Each minute: whose figures are due and were not told yet."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.register.queries import policy_of
from cloud.attendance.roll_report import queries
from cloud.attendance.roll_report.events import CLASSES_REPORTED, SCHOOL_REPORTED, RollReported
from cloud.attendance.roll_report.rules import Due, dues, holding, school_due
from cloud.kit import outbox
from cloud.kit.clock import school_day, school_time
from cloud.school.calendar.day_plans import plans_on
from cloud.school.calendar.facts import HalfDay


def tell(session: Session, school_id: UUID, now: datetime) -> None:
    """Once the register is up to date. What is put into the outbox and that it was commit together."""
    day, at = school_day(now), queries.time_of(session, school_id)
    if school_time(now).time() < at:
        return
    plans = plans_on(session, school_id, day).values()
    span = timedelta(minutes=policy_of(session, school_id).absent_after_minutes)
    found = dues(plans, at, span)
    ready = holding(found, now)
    told = queries.told_on(session, school_id, day) if ready else set()
    wanted = {(one.class_id, one.half) for one in ready} | _of_school(school_id, found, now)
    new = queries.tell_once(session, school_id, day, wanted - told, now=now)
    for half in HalfDay:
        classes = tuple(sorted(of_id for of_id, of in new if of is half and of_id != school_id))
        if classes:
            event = RollReported(school_id=school_id, day=day, half=half, class_ids=classes, at=now)
            outbox.put(session, CLASSES_REPORTED, event, now=now)
        if (school_id, half) in new:
            begun = tuple(sorted(one.class_id for one in ready if one.half is half))
            event = RollReported(school_id=school_id, day=day, half=half, class_ids=begun, at=now)
            outbox.put(session, SCHOOL_REPORTED, event, now=now)


def _of_school(school_id: UUID, found: list[Due], now: datetime) -> set[tuple[UUID, HalfDay]]:
    spans = {half: school_due(found, half) for half in HalfDay}
    return {(school_id, half) for half, span in spans.items() if span and span[0] <= now < span[1]}
