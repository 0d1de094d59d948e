"""What new sightings change: moments that become known, pupils' days, and arrivals that others must hear of."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.events import ARRIVED, Arrived
from cloud.attendance.queries import clocks, presence
from cloud.attendance.queries.clocks import Anchor
from cloud.attendance.queries.observations import Incoming, Key
from cloud.attendance.queries.presence import Changed
from cloud.attendance.rules import arrival, day_of
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.people.queries import hold_students

Pupil = tuple[UUID, UUID]
"""(student_id, school_id)"""


def follow(session: Session, new: Sequence[Incoming], *, window: timedelta, now: datetime) -> None:
    """Bring days up to date with sightings that this transaction has just inserted.

    A day is computed from all its sightings each time, so neither their order nor their lateness can matter.
    """
    touched: dict[date, set[Pupil]] = defaultdict(set)
    known = ((one.student_id, one.school_id, one.happened_at) for one in new if one.happened_at)
    for student_id, school_id, moment in [*known, *_settled(session, new)]:
        if student_id:
            touched[school_day(moment)].add((student_id, school_id))
    hold_students(session, {student_id for pupils in touched.values() for student_id, _ in pupils})
    for day in sorted(touched):
        _update(session, day, dict(touched[day]), window, now)


def _settled(session: Session, new: Sequence[Incoming]) -> list[tuple[UUID | None, UUID, datetime]]:
    """Sightings whose moment is known at last, because the unit's clock is right again within the same boot."""
    boots = {one.boot for one in new}
    anchors = clocks.anchors_of(session, boots)
    right = {one.boot: Anchor(one.happened_at, one.sighting.clock.monotonic_ms) for one in new if one.happened_at}
    clocks.note_anchors(session, {boot: anchor for boot, anchor in right.items() if boot not in anchors})
    waiting = clocks.waiting(session, boots)
    known = clocks.anchors_of(session, {one.boot for one in waiting})
    moments: dict[Key, datetime] = {}
    settled = []
    for one in waiting:
        if anchor := known.get(one.boot):
            moments[one.key] = anchor.moment_of(one.monotonic_ms)
            settled.append((one.student_id, one.school_id, moments[one.key]))
    clocks.settle(session, moments)
    return settled


def _update(session: Session, day: date, schools: dict[UUID, UUID], window: timedelta, now: datetime) -> None:
    before = presence.days_of(session, schools.keys(), day)
    changed: list[Changed] = []
    arrivals: list[Arrived] = []
    for student_id, sightings in presence.sightings_of(session, schools.keys(), day).items():
        after = day_of(sightings, window=window)
        if after == before.get(student_id):
            continue
        changed.append(Changed(student_id, schools[student_id], after))
        came = arrival(before.get(student_id), after, window=window)
        if came:
            arrivals.append(
                Arrived(
                    school_id=schools[student_id],
                    student_id=student_id,
                    day=day,
                    first_in_at=came.first_in_at,
                    corrects=came.corrects,
                )
            )
    presence.write_days(session, changed, day, now=now)
    outbox.put(session, ARRIVED, *arrivals, now=now)
