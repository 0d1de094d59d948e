"""Which half-days a class has on a day. Pure; the more particular rule wins, and the plan says which one did."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import pairwise

from cloud.kit.clock import SCHOOL_TIME
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


def problems_of_schedule(schedule: BellSchedule) -> Iterator[str]:
    """What is wrong with a schedule, one sentence each; nothing when it may be kept."""
    if schedule.first_grade > schedule.last_grade:
        yield f"grades: {schedule.first_grade} to {schedule.last_grade} runs backwards"
    if not schedule.bells:
        yield "bells: there is not one period"
    for bell in schedule.bells:
        if bell.ends_at <= bell.starts_at:
            yield f"{_called(bell)}: ends at {bell.ends_at:%H:%M}, which is not after its start {bell.starts_at:%H:%M}"
    ordered = sorted(schedule.bells, key=lambda bell: bell.starts_at)
    for earlier, later in pairwise(ordered):
        if later.starts_at < earlier.ends_at:
            yield f"{_called(later)}: begins at {later.starts_at:%H:%M}, before {_called(earlier)} ends"
        if earlier.half is HalfDay.AFTERNOON and later.half is HalfDay.MORNING:
            yield f"{_called(later)}: comes after {_called(earlier)}"
        if earlier.half is later.half and later.number <= earlier.number:
            yield f"{_called(later)}: follows {_called(earlier)}; number the periods in their order"
    if ordered and schedule.gate_opens_at > ordered[0].starts_at:
        yield f"gate: opens at {schedule.gate_opens_at:%H:%M}, after the first period has begun"
    if len(ordered) > MAX_PERIODS_A_DAY_IN_PRIMARY and schedule.first_grade <= LAST_PRIMARY_GRADE:
        yield f"bells: {len(ordered)} periods a day; a primary class has at most {MAX_PERIODS_A_DAY_IN_PRIMARY}"
    for taught in schedule.week:
        if not any(bell.half is taught.half for bell in schedule.bells):
            yield f"week: the {taught.half} is taught, but no bell rings in it"


def problems_of_terms(year: Span, terms: Iterable[Span]) -> Iterator[str]:
    ordered = sorted(terms, key=lambda term: term.first)
    for number, term in enumerate(ordered, start=1):
        if term.last < term.first:
            yield f"term {number}: ends before it begins"
        if term.first not in year or term.last not in year:
            yield f"term {number}: reaches outside the school year, {year.first:%d/%m/%Y} to {year.last:%d/%m/%Y}"
    for number, (earlier, later) in enumerate(pairwise(ordered), start=2):
        if later.first <= earlier.last:
            yield f"term {number}: begins before the term before it has ended"


def _called(bell: Bell) -> str:
    return f"{bell.half} period {bell.number}"
