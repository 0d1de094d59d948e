"""Families hear when their child left past a unit that knows the way out."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.queries.presence import sightings_of
from cloud.attendance.register.facts import Policy, Sighting
from cloud.attendance.register.passages import passages_of
from cloud.attendance.release import queries
from cloud.attendance.release.events import LEFT, Left
from cloud.attendance.release.rules import Way, is_news
from cloud.kit import outbox
from cloud.kit.clock import school_day
from edge.contract import Direction

LOOK_BACK = timedelta(minutes=15)
"""How late a report may come and still be news."""


def tell(session: Session, school_id: UUID, now: datetime) -> int:
    """Tell of whoever was last seen going out today, each departure once; returns of how many."""
    day = school_day(now)
    candidates = queries.seen_leaving(session, school_id, day, now - LOOK_BACK)
    if not candidates:
        return 0
    told = queries.told_departures(session, candidates, day)
    seen = sightings_of(session, candidates, day)
    count = 0
    for student_id in sorted(candidates):
        sightings = (
            Sighting(one.happened_at, one.device_id, one.seq, Direction(one.direction) if one.direction else None)
            for one in seen.get(student_id, ())
        )
        last = passages_of(sightings, Policy().passage_window)[-1]
        if last.direction is not Direction.OUT or not is_news(last.at, told.get(student_id), now):
            continue
        event = Left(school_id=school_id, student_id=student_id, day=day, left_at=last.at, way=Way.SEEN)
        outbox.put(session, LEFT, event, now=now)
        queries.note_told(session, student_id, day, last.at)
        count += 1
    return count
