"""Absences that add up toward the 45 half-days: families hear when a figure that the school chose is reached, once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.register import check_queries, queries
from cloud.attendance.register.counting import LIMIT
from cloud.attendance.register.events import ABSENCES_ADD_UP, AbsencesAddUp
from cloud.kit import outbox
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import Span
from cloud.school.calendar.queries import year_span

MOST_FIGURES = 5


def warn(session: Session, school_id: UUID, day: date, now: datetime) -> int:
    """Of the school year that `day` is in, until that day, which is over; returns of how many pupils. Doing it again
    tells nothing twice."""
    year = year_span(session, school_id, day)
    figures = queries.policy_of(session, school_id).warn_at
    if year is None or not figures:
        return 0
    absent = check_queries.days_absent(session, school_id, Span(year.first, day), at_least=min(figures))
    before = check_queries.warned(session, school_id, year.first)
    count = 0
    for student_id, days in sorted(absent.items()):
        reached = {(student_id, at) for at in figures if at <= days} - before
        if not reached:
            continue
        check_queries.add_warnings(session, school_id, year.first, sorted(reached), now)
        event = AbsencesAddUp(
            school_id=school_id, student_id=student_id, day=day, days=days, limit=LIMIT, reached_at=now
        )
        outbox.put(session, ABSENCES_ADD_UP, event, now=now)
        count += 1
    return count


def read_figures(text: str) -> tuple[int, ...]:
    """As typed: 35, 40, 45. Raises Invalid."""
    try:
        figures = tuple(sorted({int(one) for one in text.replace(";", ",").split(",") if one.strip()}))
    except ValueError as error:
        raise Invalid(marked("Write the figures as 35, 40, 45.")) from error
    if len(figures) > MOST_FIGURES or any(not 1 <= one <= LIMIT for one in figures):
        raise Invalid(marked("Write at most five figures, each between 1 and 45."))
    return figures
