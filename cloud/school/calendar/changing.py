"""What a change of the calendar does to days that have begun: found by planning them before and after.

Their register was kept by the old plan, so each class and day that is taught otherwise now is told of, and nothing of
the past is changed before somebody has seen that it will be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.school.calendar.events import PLAN_CHANGED, PlanChanged
from cloud.school.calendar.facts import PlannedHalf, Span
from cloud.school.calendar.queries import calendar_of, classes_of
from cloud.school.calendar.rules import plan_for

LOOK_BACK = timedelta(days=400)
"""A register older than a school year is closed."""
APART = timedelta(milliseconds=100)
"""Between what one change tells of two classes: what follows from it must not hold up what units bring."""

Plans = dict[tuple[date, UUID], tuple[PlannedHalf, ...]]


@dataclass(slots=True)
class Unsure(Exception):
    """The change reaches back, and nobody has said yet that it may. Roll back, show this, and ask."""

    days: tuple[date, ...]
    classes: int

    def __post_init__(self) -> None:
        Exception.__init__(self, f"{len(self.days)} days that have begun")


@dataclass(slots=True)
class Change:
    days: set[date] = field(default_factory=set)
    """Filled in when the block has ended: days that have begun and are taught otherwise now."""


@contextmanager
def changing(session: Session, school_id: UUID, span: Span, *, now: datetime, sure: bool) -> Iterator[Change]:
    """In its block the calendar of `span` is changed. Raises Unsure where that touches days that have begun, unless
    `sure`; otherwise each class that it touches is told of through the outbox."""
    change, today = Change(), school_day(now)
    begun = Span(max(span.first, today - LOOK_BACK), min(span.last, today))
    before = _plans(session, school_id, begun)
    yield change
    session.flush()
    after = _plans(session, school_id, begun)
    touched = [key for key in after if after[key] != before.get(key)]
    change.days = {day for day, _ in touched}
    if touched and not sure:
        raise Unsure(tuple(sorted(change.days)), len({class_id for _, class_id in touched}))
    for number, (day, class_id) in enumerate(touched):
        event = PlanChanged(school_id=school_id, class_id=class_id, day=day)
        outbox.put(session, PLAN_CHANGED, event, now=now + number * APART)


def _plans(session: Session, school_id: UUID, span: Span) -> Plans:
    if span.last < span.first:
        return {}
    calendar, classes = calendar_of(session, school_id, span), classes_of(session, school_id)
    days = [span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1)]
    return {(day, one.id): plan_for(calendar, day, one).half_days for day in days for one in classes}
