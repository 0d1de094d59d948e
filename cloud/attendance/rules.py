"""What follows from observations. Pure; the same whatever order they came in and however often."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from cloud.attendance.queries.doubts import CardUse
from cloud.attendance.queries.presence import Day, Seen
from edge.contract import Direction

MAX_AHEAD = timedelta(minutes=5)
"""A clock that is further ahead of ours than this is wrong, whatever the unit thinks of it."""

MAX_BEHIND = timedelta(days=5 * 365)
"""No unit keeps events for longer; an older moment is a clock that lost its time."""

CARD_TRAVEL = timedelta(seconds=30)
"""Nobody carries a card from one unit to another in less."""


def is_believable(captured_at: datetime, *, clock_trusted: bool, received_at: datetime) -> bool:
    return clock_trusted and received_at - MAX_BEHIND <= captured_at <= received_at + MAX_AHEAD


def day_of(seen: Iterable[Seen], *, window: timedelta) -> Day:
    """One pupil's day, from at least one sighting. Sightings within `window` of each other are one passage."""
    ordered = sorted(seen, key=lambda one: (one.happened_at, one.device_id, one.seq))
    first_in = next((one for one in ordered if one.direction != Direction.OUT), None)
    last = ordered[-1]
    return Day(
        first_in_at=first_in.happened_at if first_in else None,
        first_device_id=first_in.device_id if first_in else None,
        last_seen_at=last.happened_at,
        last_device_id=last.device_id,
        passages=1 + sum(later.happened_at - earlier.happened_at > window for earlier, later in pairwise(ordered)),
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    first_in_at: datetime
    corrects: datetime | None


def arrival(before: Day | None, after: Day, *, window: timedelta) -> Arrival | None:
    """What there is to tell when a day changes: an arrival, a correction of one, or nothing."""
    told = before.first_in_at if before else None
    if after.first_in_at is None or told == after.first_in_at:
        return None
    if told is not None and abs(told - after.first_in_at) <= window:
        return None
    return Arrival(after.first_in_at, corrects=told)


def copies(uses: Iterable[CardUse]) -> tuple[tuple[CardUse, CardUse], ...]:
    """Showings of one pupil's card at two units, too soon after each other for one card; the latest first.

    The pupil counts as present all the same: one of the two was the right one. Staff have to ask which.
    """
    ordered = sorted(uses, key=lambda one: (one.student_id, one.happened_at, one.device_id))
    found = (
        (first, second)
        for first, second in pairwise(ordered)
        if first.student_id == second.student_id
        and first.device_id != second.device_id
        and second.happened_at - first.happened_at < CARD_TRAVEL
    )
    return tuple(sorted(found, key=lambda pair: pair[1].happened_at, reverse=True))
