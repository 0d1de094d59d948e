"""Setting a school's calendar up: checked first, kept only when nothing is wrong."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.errors import Problem, Refused
from cloud.school.calendar import queries, setup_queries
from cloud.school.calendar.facts import BellSchedule, DayRule, Span
from cloud.school.calendar.rules import problems_of_rule, problems_of_schedule, problems_of_terms, problems_of_year


def open_year(session: Session, school_id: UUID, name: str, year: Span, terms: Sequence[Span]) -> UUID:
    """Raises Refused, naming everything that is wrong at once."""
    _refuse_year(session, school_id, None, name, year, terms)
    return queries.add_year(session, school_id, name, year, terms)


def change_year(session: Session, school_id: UUID, year_id: UUID, name: str, year: Span, terms: Sequence[Span]) -> None:
    """Raises Refused, or NotFound."""
    _refuse_year(session, school_id, year_id, name, year, terms)
    setup_queries.change_year(session, school_id, year_id, name, year, terms)


def ring_bells(session: Session, school_id: UUID, name: str, schedule: BellSchedule) -> UUID:
    """In place of those that begin on the same day from the same grade. Raises Refused."""
    refuse(problems_of_schedule(schedule))
    for one in setup_queries.schedules(session, school_id):
        if (one.schedule.valid_from, one.schedule.first_grade) == (schedule.valid_from, schedule.first_grade):
            setup_queries.remove_schedule(session, school_id, one.id)
    return queries.add_schedule(session, school_id, name, schedule)


def add_rules(session: Session, school_id: UUID, rules: Iterable[DayRule]) -> int:
    """One that is there already is not added again; returns how many were added. Raises Refused."""
    wanted = sorted(rules, key=lambda one: one.day)
    refuse(problem for rule in wanted[:1] for problem in problems_of_rule(rule))
    if not wanted:
        return 0
    span = Span(wanted[0].day, wanted[-1].day)
    known = {one.rule for one in setup_queries.rules_between(session, school_id, span)}
    new = [rule for rule in wanted if rule not in known]
    for rule in new:
        queries.add_rule(session, school_id, rule)
    return len(new)


def refuse(problems: Iterable[Problem]) -> None:
    """Raises Refused when there is any."""
    if found := list(problems):
        raise Refused(found)


def _refuse_year(
    session: Session, school_id: UUID, year_id: UUID | None, name: str, year: Span, terms: Sequence[Span]
) -> None:
    others = [(one.name, one.span) for one in setup_queries.years(session, school_id) if one.id != year_id]
    refuse([*problems_of_year(name, year, others), *problems_of_terms(year, terms)])
