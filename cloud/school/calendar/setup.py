"""Setting a school's calendar up: checked first, kept only when nothing is wrong."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.errors import Invalid
from cloud.school.calendar import queries
from cloud.school.calendar.facts import BellSchedule, Span
from cloud.school.calendar.rules import problems_of_schedule, problems_of_terms


def open_year(session: Session, school_id: UUID, name: str, year: Span, terms: Sequence[Span]) -> UUID:
    """Raises Invalid, naming everything that is wrong at once."""
    _refuse(problems_of_terms(year, terms))
    return queries.add_year(session, school_id, name, year, terms)


def ring_bells(session: Session, school_id: UUID, name: str, schedule: BellSchedule) -> UUID:
    """Raises Invalid, naming everything that is wrong at once."""
    _refuse(problems_of_schedule(schedule))
    return queries.add_schedule(session, school_id, name, schedule)


def _refuse(problems: Iterable[str]) -> None:
    if found := list(problems):
        raise Invalid("; ".join(found))
