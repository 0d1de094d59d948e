"""All SQL of setting a calendar up: what is there with its keys, changed and taken out. All of one school."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.kit.errors import NotFound
from cloud.school.calendar.facts import BellSchedule, DayRule, Span
from cloud.school.calendar.queries import rule_of, schedules_until
from cloud.school.calendar.tables import BellScheduleRow, CalendarRule, SchoolYear, Term


@dataclass(frozen=True, slots=True)
class KnownTerm:
    id: UUID
    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class KnownYear:
    id: UUID
    name: str
    span: Span
    terms: tuple[KnownTerm, ...]


@dataclass(frozen=True, slots=True)
class KnownSchedule:
    id: UUID
    name: str
    schedule: BellSchedule


@dataclass(frozen=True, slots=True)
class KnownRule:
    id: UUID
    rule: DayRule


def years(session: Session, school_id: UUID) -> list[KnownYear]:
    """The latest first."""
    rows = session.scalars(
        select(SchoolYear).where(SchoolYear.school_id == school_id).order_by(SchoolYear.first_day.desc())
    ).all()
    terms = session.scalars(
        select(Term)
        .join(SchoolYear, SchoolYear.id == Term.year_id)
        .where(SchoolYear.school_id == school_id)
        .order_by(Term.number)
    ).all()
    return [
        KnownYear(
            row.id,
            row.name,
            Span(row.first_day, row.last_day),
            tuple(
                KnownTerm(term.id, term.number, Span(term.first_day, term.last_day))
                for term in terms
                if term.year_id == row.id
            ),
        )
        for row in rows
    ]


def change_year(session: Session, school_id: UUID, year_id: UUID, name: str, span: Span, terms: Sequence[Span]) -> None:
    """A term keeps its number, and with it what is assigned in it. Raises NotFound."""
    row = session.scalars(
        select(SchoolYear).where(SchoolYear.id == year_id, SchoolYear.school_id == school_id)
    ).one_or_none()
    if row is None:
        raise NotFound("No such school year in this school.")
    row.name, row.first_day, row.last_day = name, span.first, span.last
    known = {one.number: one for one in session.scalars(select(Term).where(Term.year_id == year_id))}
    for number, term in enumerate(sorted(terms, key=lambda one: one.first), start=1):
        if one := known.pop(number, None):
            one.first_day, one.last_day = term.first, term.last
        else:
            session.add(Term(year_id=year_id, number=number, first_day=term.first, last_day=term.last))
    for one in known.values():
        session.delete(one)
    session.flush()


def schedules(session: Session, school_id: UUID) -> list[KnownSchedule]:
    """By grade, then the latest first."""
    rows = session.scalars(select(BellScheduleRow).where(BellScheduleRow.school_id == school_id)).all()
    names = {row.id: row.name for row in rows}
    known = schedules_until(session, school_id, until=date.max)
    return sorted(
        (KnownSchedule(schedule_id, names[schedule_id], schedule) for schedule_id, schedule in known.items()),
        key=lambda one: (one.schedule.first_grade, one.schedule.last_grade, -one.schedule.valid_from.toordinal()),
    )


def remove_schedule(session: Session, school_id: UUID, schedule_id: UUID) -> None:
    """Bells and the week go with it. Raises NotFound."""
    one = delete(BellScheduleRow).where(BellScheduleRow.id == schedule_id, BellScheduleRow.school_id == school_id)
    if session.scalar(one.returning(BellScheduleRow.id)) is None:
        raise NotFound("No such bells in this school.")


def rules_between(session: Session, school_id: UUID, span: Span) -> list[KnownRule]:
    rows = session.scalars(
        select(CalendarRule)
        .where(CalendarRule.school_id == school_id, CalendarRule.day.between(span.first, span.last))
        .order_by(CalendarRule.day, CalendarRule.id)
    )
    return [KnownRule(row.id, rule_of(row)) for row in rows]


def rules_by_id(session: Session, school_id: UUID, rule_ids: Collection[UUID]) -> list[KnownRule]:
    rows = session.scalars(
        select(CalendarRule)
        .where(CalendarRule.school_id == school_id, CalendarRule.id.in_(rule_ids))
        .order_by(CalendarRule.day)
    )
    return [KnownRule(row.id, rule_of(row)) for row in rows]


def remove_rules(session: Session, school_id: UUID, rule_ids: Collection[UUID]) -> None:
    session.execute(delete(CalendarRule).where(CalendarRule.school_id == school_id, CalendarRule.id.in_(rule_ids)))
