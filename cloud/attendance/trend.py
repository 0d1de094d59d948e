"""How attendance went over the last weeks, a bar a day: of what is over, and of what is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.register.month_queries import Tally, class_tallies, day_tallies
from cloud.kit.clock import school_day
from cloud.school.calendar.day_plans import plans_on
from cloud.school.calendar.facts import HalfDay, Plan, Span

WEEKS = 6
FLOOR, LINES = 80, (80, 90, 100)
"""Percent: where the chart begins, and which lines it draws."""
HEIGHT, STUB = 120, 12
"""Of the chart, and of a day below its floor, which shall be seen more than any other."""
LEFT, RIGHT = 9.0, 97.0
"""Between which percent of the width the days stand: the lines' numbers are before them."""
FEWEST_PLACES = 20
"""A school year's first days do not fill the whole width."""
LABELS_APART = 4
"""Places from one day's label to the next, so that they are apart on a phone too."""

HalfOfClass = tuple[UUID, HalfDay]


@dataclass(frozen=True, slots=True)
class Bar:
    day: date
    tally: Tally
    x: float
    """The middle of its place, like `place` in percent of the width."""
    place: float
    height: float
    """0 where it is not known of most pupils who was there."""
    so_far: bool
    """Some half-days of this day have yet to end; they are not in the tally."""
    labelled: bool
    raised: bool = False
    """Its figure is written higher than that of the day before, so that two are apart on a phone."""

    @property
    def is_known(self) -> bool:
        return self.tally.is_known_of_most

    @property
    def y(self) -> float:
        return HEIGHT - self.height

    @property
    def is_below_floor(self) -> bool:
        return self.is_known and self.tally.is_below(FLOOR)


@dataclass(frozen=True, slots=True)
class Trend:
    bars: tuple[Bar, ...]
    low: int
    """Percent below which a day is pointed out."""
    floor: int = FLOOR
    height: int = HEIGHT
    left: float = LEFT

    @property
    def lines(self) -> tuple[tuple[int, float], ...]:
        """Percent, and how far down."""
        return tuple((percent, HEIGHT - _above(percent)) for percent in LINES)


def read_trend(
    session: Session, school_id: UUID, shown: date, low: int, now: datetime, class_id: UUID | None = None
) -> Trend:
    """The weeks up to `shown`, or to today: of a class, or of the whole school. Leave ahead is nobody's absence yet."""
    today = school_day(now)
    last = min(shown, today)
    by_day = day_tallies(session, school_id, Span(last - timedelta(weeks=WEEKS), last), class_id)
    if last == today:
        by_day.pop(today, None)
        tallies = class_tallies(session, school_id, today)
        own = {key: tally for key, tally in tallies.items() if class_id in (None, key[0])}
        over = over_of(own, plans_on(session, school_id, today), now)
        if over:
            by_day[today] = sum((own[key] for key in over), start=Tally())
        return Trend(bars_of(by_day, so_far=today if len(over) < len(own) else None), low)
    return Trend(bars_of(by_day), low)


def over_of(halves: Iterable[HalfOfClass], plans: Mapping[UUID, Plan], now: datetime) -> set[HalfOfClass]:
    """Those that have ended."""
    planned = {(class_id, half): plans[class_id].half(half) for class_id, half in halves if class_id in plans}
    return {key for key, one in planned.items() if one and one.ends_at <= now}


def bars_of(by_day: Mapping[date, Tally], so_far: date | None = None) -> tuple[Bar, ...]:
    """A bar a day, in order; `so_far` is the day that goes on."""
    days = sorted(day for day, tally in by_day.items() if tally.all)
    place = (RIGHT - LEFT) / max(len(days), FEWEST_PLACES)
    bars: list[Bar] = []
    label_at = 0
    for number, day in enumerate(days):
        tally = by_day[day]
        begins_week = not bars or bars[-1].day.isocalendar()[:2] != day.isocalendar()[:2]
        labelled = begins_week and number >= label_at
        label_at = number + LABELS_APART if labelled else label_at
        height = max(_above(tally.rate), STUB) if tally.rate is not None and tally.is_known_of_most else 0
        x = round(LEFT + (number + 0.5) * place, 2)
        raised = bool(bars) and bars[-1].is_below_floor and not bars[-1].raised
        bars.append(Bar(day, tally, x, round(place, 3), height, day == so_far, labelled, raised))
    return tuple(bars)


def _above(percent: float) -> float:
    """The floor."""
    return round(HEIGHT * (percent - FLOOR) / (100 - FLOOR), 1)
