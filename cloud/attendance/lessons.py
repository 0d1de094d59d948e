"""A teacher's lessons of today, each a roll of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.people.access import OwnClass
from cloud.school.calendar.day_plans import plans_on
from cloud.school.calendar.facts import ClassRef, HalfDay
from cloud.school.timetable.queries import lessons_on

MOST_CLASSES = 15
"""Whoever sees more classes than this runs the school and looks at it as a whole."""


@dataclass(frozen=True, slots=True)
class OwnLesson:
    class_id: UUID
    class_name: str
    half: HalfDay
    number: int
    starts_at: datetime
    ends_at: datetime


def own_lessons(
    session: Session, staff_ids: Collection[UUID], classes: Collection[OwnClass], day: date
) -> tuple[OwnLesson, ...]:
    """In the classes given, by time. `staff_ids`: who the reader is as a member of staff."""
    if not staff_ids or not classes or len(classes) > MOST_CLASSES:
        return ()
    found = []
    refs = [ClassRef(one.id, one.grade) for one in classes]
    plans = plans_on(session, next(iter(classes)).school_id, day, refs)
    for one in classes:
        plan = plans[one.id]
        times = {(half.half, period.number): period for half in plan.half_days for period in half.periods}
        for lesson in lessons_on(session, plan):
            at = times.get((lesson.half, lesson.number))
            if lesson.staff_id in staff_ids and at:
                found.append(OwnLesson(one.id, one.name, lesson.half, lesson.number, at.starts_at, at.ends_at))
    return tuple(sorted(found, key=lambda lesson: lesson.starts_at))
