"""What a day brings the classes of a school."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.school.calendar.facts import ClassRef, Plan, Span
from cloud.school.calendar.queries import calendar_of, class_ref, classes_of
from cloud.school.calendar.rules import plan_for


def plans_on(
    session: Session, school_id: UUID, day: date, classes: Iterable[ClassRef] | None = None
) -> dict[UUID, Plan]:
    """By class: of these, or of every one."""
    calendar = calendar_of(session, school_id, Span(day, day))
    meant = classes_of(session, school_id) if classes is None else classes
    return {one.id: plan_for(calendar, day, one) for one in meant}


def plan_on(session: Session, school_id: UUID, day: date, class_id: UUID) -> Plan:
    """Of one class."""
    return plans_on(session, school_id, day, [class_ref(session, class_id)])[class_id]
