"""Whoever is too warm at a unit is an alarm for the health staff, once each half-day, when it comes in."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy.orm import Session

from cloud.attendance.health.alarm_queries import Raised, raise_once
from cloud.attendance.health.events import FEVER_SEEN, FeverSeen
from cloud.attendance.health.queries import fever_limits
from cloud.attendance.health.rules import HIGHEST_C, LOWEST_LIMIT_C
from cloud.attendance.queries.observations import Incoming
from cloud.kit import outbox
from cloud.kit.clock import school_day, school_time
from cloud.school.calendar.facts import HalfDay

NOON = time(12)


def raise_alarms(session: Session, new: Sequence[Incoming], *, fever_c: float, now: datetime) -> None:
    """Of pupils among `new` who were today as warm as their school's limit, else `fever_c`; of a unit whose clock is
    not right, when it came in.

    What is warmer than a person is no reading of one, and what comes a day late alarms nobody.
    """
    today = school_day(now)
    measured = [
        (one, one.student_id, one.sighting.temperature_c)
        for one in new
        if one.student_id and one.sighting.temperature_c and LOWEST_LIMIT_C <= one.sighting.temperature_c <= HIGHEST_C
    ]
    if not measured:
        return
    limits = fever_limits(session, {one.school_id for one, _, _ in measured}, fever_c)
    warm: list[Raised] = []
    for one, student_id, celsius in measured:
        moment = one.happened_at or one.received_at
        if celsius >= limits[one.school_id] and school_day(moment) == today:
            half = HalfDay.MORNING if school_time(moment).time() < NOON else HalfDay.AFTERNOON
            warm.append((one.school_id, student_id, half))
    raised = raise_once(session, warm, today, now=now)
    events = [
        FeverSeen(school_id=school_id, student_id=student_id, half=half, seen_at=now)
        for school_id, student_id, half in raised
    ]
    outbox.put(session, FEVER_SEEN, *events, now=now)
