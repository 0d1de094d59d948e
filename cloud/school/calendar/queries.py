"""All SQL of the calendar."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import Bell, BellSchedule, Calendar, ClassRef, DayRule, HalfDay, RuleKind, Span, Taught
from cloud.school.calendar.tables import BellRow, BellScheduleRow, CalendarRule, SchoolYear, TaughtHalfDay, Term
from cloud.school.tables import SchoolClass


def calendar_of(session: Session, school_id: UUID, span: Span) -> Calendar:
    """What the school's calendar says of the days in `span`."""
    terms = session.execute(
        select(Term.first_day, Term.last_day)
        .join(SchoolYear, SchoolYear.id == Term.year_id)
        .where(SchoolYear.school_id == school_id, Term.first_day <= span.last, Term.last_day >= span.first)
    )
    rules = session.scalars(
        select(CalendarRule).where(CalendarRule.school_id == school_id, CalendarRule.day.between(span.first, span.last))
    )
    return Calendar(
        terms=tuple(Span(first, last) for first, last in terms),
        schedules=tuple(schedules_until(session, school_id, until=span.last).values()),
        rules=tuple(rule_of(row) for row in rules),
    )


def rule_of(row: CalendarRule) -> DayRule:
    return DayRule(
        day=row.day,
        kind=RuleKind(row.kind),
        name=row.name,
        half=HalfDay(row.half) if row.half else None,
        grade=row.grade,
        class_id=row.class_id,
        as_weekday=row.as_weekday,
    )


def schedules_until(session: Session, school_id: UUID, *, until: date) -> dict[UUID, BellSchedule]:
    """By their key, those that begin by `until`."""
    rows = session.scalars(
        select(BellScheduleRow).where(BellScheduleRow.school_id == school_id, BellScheduleRow.valid_from <= until)
    ).all()
    ids = [row.id for row in rows]
    bells = session.scalars(select(BellRow).where(BellRow.schedule_id.in_(ids))).all()
    week = session.scalars(select(TaughtHalfDay).where(TaughtHalfDay.schedule_id.in_(ids))).all()
    return {
        row.id: BellSchedule(
            valid_from=row.valid_from,
            first_grade=row.first_grade,
            last_grade=row.last_grade,
            gate_opens_at=row.gate_opens_at,
            bells=tuple(
                Bell(HalfDay(bell.half), bell.number, bell.starts_at, bell.ends_at)
                for bell in bells
                if bell.schedule_id == row.id
            ),
            week=tuple(Taught(one.weekday, HalfDay(one.half)) for one in week if one.schedule_id == row.id),
        )
        for row in rows
    }


def classes_of(session: Session, school_id: UUID) -> list[ClassRef]:
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.grade)
        .where(SchoolClass.school_id == school_id)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return [ClassRef(*row) for row in rows]


def class_ref(session: Session, class_id: UUID) -> ClassRef:
    return ClassRef(*session.execute(select(SchoolClass.id, SchoolClass.grade).where(SchoolClass.id == class_id)).one())


def year_span(session: Session, school_id: UUID, day: date) -> Span | None:
    """The school year that `day` is in."""
    row = session.execute(
        select(SchoolYear.first_day, SchoolYear.last_day).where(
            SchoolYear.school_id == school_id, SchoolYear.first_day <= day, SchoolYear.last_day >= day
        )
    ).one_or_none()
    return Span(*row) if row else None


def add_year(session: Session, school_id: UUID, name: str, span: Span, terms: Iterable[Span]) -> UUID:
    year = SchoolYear(school_id=school_id, name=name, first_day=span.first, last_day=span.last)
    session.add(year)
    session.flush()
    session.add_all(
        Term(year_id=year.id, number=number, first_day=term.first, last_day=term.last)
        for number, term in enumerate(sorted(terms, key=lambda term: term.first), start=1)
    )
    session.flush()
    return year.id


def add_schedule(session: Session, school_id: UUID, name: str, schedule: BellSchedule) -> UUID:
    row = BellScheduleRow(
        school_id=school_id,
        name=name,
        valid_from=schedule.valid_from,
        first_grade=schedule.first_grade,
        last_grade=schedule.last_grade,
        gate_opens_at=schedule.gate_opens_at,
    )
    session.add(row)
    session.flush()
    session.add_all(
        BellRow(schedule_id=row.id, half=one.half, number=one.number, starts_at=one.starts_at, ends_at=one.ends_at)
        for one in schedule.bells
    )
    session.add_all(TaughtHalfDay(schedule_id=row.id, weekday=one.weekday, half=one.half) for one in schedule.week)
    session.flush()
    return row.id


def add_rule(session: Session, school_id: UUID, rule: DayRule) -> UUID:
    """Raises Invalid for a class of another school."""
    if (
        rule.class_id
        and session.scalar(select(SchoolClass.school_id).where(SchoolClass.id == rule.class_id)) != school_id
    ):
        raise Invalid(marked("The class is not one of this school's."))
    row = CalendarRule(
        school_id=school_id,
        day=rule.day,
        kind=rule.kind,
        name=rule.name,
        half=rule.half,
        grade=rule.grade,
        class_id=rule.class_id,
        as_weekday=rule.as_weekday,
    )
    session.add(row)
    session.flush()
    return row.id
