"""Bells as a form: a row a period with its two times, and the half-days of the week that are taught."""

from datetime import date, time

from cloud.kit.web.forms import Typed
from cloud.school.calendar.facts import Bell, BellSchedule, HalfDay, Taught

ROWS = tuple((half, number) for half in HalfDay for number in range(1, 7))
"""Six periods a half-day are more than any school has."""
WEEKDAYS = range(7)
USUAL = BellSchedule(
    valid_from=date.min,
    first_grade=1,
    last_grade=5,
    gate_opens_at=time(6, 30),
    bells=tuple(
        Bell(half, number + 1, time(*divmod(begins + 40 * number, 60)), time(*divmod(begins + 40 * number + 35, 60)))
        for half, begins, periods in ((HalfDay.MORNING, 7 * 60 + 30, 4), (HalfDay.AFTERNOON, 14 * 60, 3))
        for number in range(periods)
    ),
    week=tuple(Taught(weekday, half) for weekday in range(5) for half in HalfDay),
)
"""What a school that has no bells yet begins with, to be changed: four periods of 35 minutes and three."""


def filled(name: str, schedule: BellSchedule, valid_from: date) -> Typed:
    """The form of these bells, to begin on another day."""
    values = {
        "name": [name],
        "valid_from": [str(valid_from)],
        "first_grade": [str(schedule.first_grade)],
        "last_grade": [str(schedule.last_grade)],
        "gate": [f"{schedule.gate_opens_at:%H:%M}"],
        "week": [f"{taught.half}-{taught.weekday}" for taught in schedule.week],
    }
    for bell in schedule.bells:
        values[f"{bell.half}-{bell.number}-start"] = [f"{bell.starts_at:%H:%M}"]
        values[f"{bell.half}-{bell.number}-end"] = [f"{bell.ends_at:%H:%M}"]
    return Typed(values)


def read(form: Typed) -> tuple[str, BellSchedule]:
    """Raises Refused for fields that cannot be read; what does not fit together is found by the calendar's rules."""
    name = form.text("name", 80)
    valid_from, gate = form.day("valid_from"), form.clock("gate")
    first_grade, last_grade = form.number("first_grade", 1, 12), form.number("last_grade", 1, 12)
    bells = []
    for half, number in ROWS:
        begins, ends = f"{half}-{number}-start", f"{half}-{number}-end"
        if not form.value(begins).strip() and not form.value(ends).strip():
            continue
        starts_at, ends_at = form.clock(begins), form.clock(ends)
        if starts_at and ends_at:
            bells.append(Bell(half, number, starts_at, ends_at))
    week = tuple(
        Taught(weekday, half) for weekday in WEEKDAYS for half in HalfDay if form.has("week", f"{half}-{weekday}")
    )
    form.require()
    assert valid_from
    assert gate
    return name, BellSchedule(valid_from, first_grade, last_grade, gate, tuple(bells), week)
