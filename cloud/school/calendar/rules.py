"""Which half-days a class has on a day. Pure; the more particular rule wins, and the plan says which one did."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import pairwise

from cloud.kit.clock import SCHOOL_TIME
from cloud.kit.errors import Problem
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import (
    Because,
    Bell,
    BellSchedule,
    Calendar,
    ClassRef,
    DayRule,
    HalfDay,
    Plan,
    PlannedHalf,
    PlannedPeriod,
    Reason,
    RuleKind,
    Span,
    Taught,
)

MAX_PERIODS_A_DAY_IN_PRIMARY = 7
"""General education programme 2018: at most seven periods a day where two half-days are taught."""
LAST_PRIMARY_GRADE = 5
LONGEST_YEAR_DAYS = 396
MOST_TERMS = 3
"""Two, and a summer term: as many as the form of a school year has."""


def plan_for(calendar: Calendar, day: date, school_class: ClassRef) -> Plan:
    schedule = schedule_for(calendar.schedules, day, school_class.grade)
    rules = {half: _rule_for(calendar.rules, day, half, school_class) for half in HalfDay}
    weekday = next(
        (rule.as_weekday for rule in rules.values() if rule and rule.as_weekday is not None),
        day.weekday(),
    )
    in_term = any(day in term for term in calendar.terms)
    reasons = tuple(_reason(half, rules[half], schedule, day, in_term=in_term) for half in HalfDay)
    planned = tuple(
        PlannedHalf(reason.half, _periods(schedule, day, reason.half))
        for reason in reasons
        if schedule and reason.because in (Because.WEEKLY, Because.MAKE_UP)
    )
    return Plan(
        day=day,
        class_id=school_class.id,
        gate_opens_at=_moment(day, schedule.gate_opens_at) if schedule and planned else None,
        half_days=planned,
        reasons=reasons,
        weekday=weekday,
    )


def schedule_for(schedules: Iterable[BellSchedule], day: date, grade: int) -> BellSchedule | None:
    """The latest that has begun; of two that begin together, the one for fewer grades."""
    holding = [one for one in schedules if one.valid_from <= day and one.first_grade <= grade <= one.last_grade]
    return max(holding, key=lambda one: (one.valid_from, one.first_grade - one.last_grade), default=None)


def _rule_for(rules: Iterable[DayRule], day: date, half: HalfDay, school_class: ClassRef) -> DayRule | None:
    """Class before grade before school, a half-day before the whole day, a day off before one made up."""
    holding = [
        rule
        for rule in rules
        if rule.day == day
        and rule.half in (None, half)
        and rule.class_id in (None, school_class.id)
        and rule.grade in (None, school_class.grade)
    ]
    return max(
        holding,
        key=lambda rule: (
            rule.class_id is not None,
            rule.grade is not None,
            rule.half is not None,
            rule.kind is RuleKind.OFF,
            rule.name,
            # Of two that are alike otherwise, always the same one.
            -1 if rule.as_weekday is None else rule.as_weekday,
        ),
        default=None,
    )


def _reason(half: HalfDay, rule: DayRule | None, schedule: BellSchedule | None, day: date, *, in_term: bool) -> Reason:
    if rule and rule.kind is RuleKind.OFF:
        return Reason(half, Because.OFF, rule.name)
    if rule is None and not in_term:
        return Reason(half, Because.OUTSIDE_TERM)
    if schedule is None:
        return Reason(half, Because.NO_BELLS)
    if rule is None:
        return Reason(half, Because.WEEKLY if Taught(day.weekday(), half) in schedule.week else Because.WEEKLY_REST)
    if rule.half is None and rule.as_weekday is not None and Taught(rule.as_weekday, half) not in schedule.week:
        return Reason(half, Because.WEEKLY_REST, rule.name)
    rings = any(bell.half is half for bell in schedule.bells)
    return Reason(half, Because.MAKE_UP if rings else Because.NO_BELLS, rule.name)


def _periods(schedule: BellSchedule, day: date, half: HalfDay) -> tuple[PlannedPeriod, ...]:
    bells = sorted((bell for bell in schedule.bells if bell.half is half), key=lambda bell: bell.starts_at)
    return tuple(PlannedPeriod(bell.number, _moment(day, bell.starts_at), _moment(day, bell.ends_at)) for bell in bells)


def _moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=SCHOOL_TIME)


def problems_of_schedule(schedule: BellSchedule) -> Iterator[Problem]:
    """What is wrong with a schedule; nothing when it may be kept."""
    if schedule.first_grade > schedule.last_grade:
        yield Problem("grades", marked("from the lower grade to the higher one, please"))
    if not schedule.bells:
        yield Problem("bells", marked("there is not one period"))
    for bell in schedule.bells:
        if bell.ends_at <= bell.starts_at:
            yield Problem(_row(bell), marked("ends at %(end)s, which is not after its start"), _at(end=bell.ends_at))
    ordered = sorted(schedule.bells, key=lambda bell: bell.starts_at)
    for earlier, later in pairwise(ordered):
        if later.starts_at < earlier.ends_at:
            says = marked("begins at %(start)s, before what rings before it ends at %(end)s")
            yield Problem(_row(later), says, _at(start=later.starts_at, end=earlier.ends_at))
        if earlier.half is HalfDay.AFTERNOON and later.half is HalfDay.MORNING:
            yield Problem(_row(later), marked("a morning period rings after one of the afternoon"))
        if earlier.half is later.half and later.number <= earlier.number:
            yield Problem(_row(later), marked("rings out of order: number the periods as they follow each other"))
    if ordered and schedule.gate_opens_at > ordered[0].starts_at:
        says = marked("the gate opens at %(start)s, after the first period has begun")
        yield Problem("gate", says, _at(start=schedule.gate_opens_at))
    if len(ordered) > MAX_PERIODS_A_DAY_IN_PRIMARY and schedule.first_grade <= LAST_PRIMARY_GRADE:
        says = marked("%(many)s periods a day; a primary class has at most %(most)s")
        counts = {"many": str(len(ordered)), "most": str(MAX_PERIODS_A_DAY_IN_PRIMARY)}
        yield Problem("bells", says, tuple(counts.items()))
    for half in sorted({taught.half for taught in schedule.week}):
        if not any(bell.half is half for bell in schedule.bells):
            yield Problem(f"week-{half}", marked("this half-day is taught, but no bell rings in it"))


def problems_of_year(name: str, year: Span, others: Iterable[tuple[str, Span]]) -> Iterator[Problem]:
    """`others`: the names and days of the school's other years."""
    if year.last <= year.first:
        yield Problem("last_day", marked("a school year ends after it begins"))
    elif (year.last - year.first).days > LONGEST_YEAR_DAYS:
        yield Problem("last_day", marked("this is longer than a year and a month"))
    for other_name, other in others:
        if other_name == name:
            yield Problem("name", marked("there is a school year of this name already"))
        if year.first <= other.last and other.first <= year.last:
            says = marked("these days belong to the school year %(other)s already")
            yield Problem("first_day", says, (("other", other_name),))


def problems_of_terms(year: Span, terms: Iterable[Span]) -> Iterator[Problem]:
    ordered = sorted(terms, key=lambda term: term.first)
    for number, term in enumerate(ordered, start=1):
        if term.last < term.first:
            yield Problem(f"term-{number}", marked("ends before it begins"))
        if term.first not in year or term.last not in year:
            says = marked("reaches outside the school year, %(first)s to %(last)s")
            days = {"first": f"{year.first:%d/%m/%Y}", "last": f"{year.last:%d/%m/%Y}"}
            yield Problem(f"term-{number}", says, tuple(days.items()))
    for number, (earlier, later) in enumerate(pairwise(ordered), start=2):
        if later.first <= earlier.last:
            yield Problem(f"term-{number}", marked("begins before the term before it has ended"))


def problems_of_rule(rule: DayRule) -> Iterator[Problem]:
    if not rule.name:
        yield Problem("name", marked("say what the day is called: everybody reads it"))
    if rule.kind is RuleKind.OFF and rule.as_weekday is not None:
        yield Problem("as_weekday", marked("only a make-up day is taught as another weekday"))
    if rule.as_weekday is not None and rule.as_weekday not in range(7):
        yield Problem("as_weekday", marked("choose one of the list"))


def _row(bell: Bell) -> str:
    return f"{bell.half}-{bell.number}"


def _at(**moments: time) -> tuple[tuple[str, str], ...]:
    return tuple((name, f"{moment:%H:%M}") for name, moment in moments.items())
