"""A school's day so far, as its administrator sees it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.attendance.counting_classes import Standing
from cloud.attendance.queries import board, doubts
from cloud.attendance.queries.board import Arrival
from cloud.attendance.queries.counts import ClassCount
from cloud.attendance.queries.doubts import CardUse, Doubt, Refusal, Strangers
from cloud.attendance.queries.set_aside import OpenProblem, open_problems
from cloud.attendance.register.words import HALVES
from cloud.attendance.rules import copies
from cloud.devices.queries import UnitHealth, units_health
from cloud.devices.rules import UnitState, unit_state
from cloud.kit.clock import school_day
from cloud.school.access import OwnSchool
from edge.contract import Method

FRESH = timedelta(seconds=8)
"""How long a new arrival is highlighted."""
LATEST = 40
"""Arrivals shown; the classes count everybody."""


@dataclass(frozen=True, slots=True)
class Unit:
    health: UnitHealth
    state: UnitState


@dataclass(frozen=True, slots=True)
class Grade:
    number: int
    classes: tuple[ClassCount, ...]


@dataclass(frozen=True, slots=True)
class Morning:
    now: datetime
    standing: Standing
    arrivals: tuple[Arrival, ...]
    """The latest LATEST, the latest first."""
    units: tuple[Unit, ...]
    doubts: tuple[Doubt, ...]
    refusals: tuple[Refusal, ...]
    copies: tuple[tuple[CardUse, CardUse], ...]
    """Showings of one card in two places, the latest first."""
    strangers: tuple[Strangers, ...]
    clockless: int
    """Sightings whose moment is not known yet."""
    problems: tuple[OpenProblem, ...]

    @property
    def day(self) -> date:
        return school_day(self.now)

    @property
    def classes(self) -> tuple[ClassCount, ...]:
        return self.standing.classes

    @property
    def half(self) -> str:
        return HALVES[self.standing.half]

    @property
    def low(self) -> int:
        """Classes that are low."""
        return sum(self.standing.is_low(one) for one in self.classes)

    def sum(self, figure: str) -> int:
        """Of the whole school; by the figure's name in ClassCount."""
        return sum(getattr(one, figure) for one in self.classes)

    @property
    def pupils(self) -> int:
        return sum(one.pupils for one in self.classes)

    @property
    def arrived(self) -> int:
        return sum(one.arrived for one in self.classes)

    @property
    def percent(self) -> int:
        """Rounded down: 100 means everybody."""
        return self.sum("present") * 100 // self.pupils if self.pupils else 0

    @property
    def grades(self) -> tuple[Grade, ...]:
        grouped = groupby(self.classes, key=lambda one: one.grade)
        return tuple(Grade(number, tuple(classes)) for number, classes in grouped)

    @property
    def largest_class(self) -> int:
        return max((one.pupils for one in self.classes), default=0)

    @property
    def units_online(self) -> int:
        return sum(unit.state is UnitState.ONLINE for unit in self.units)

    @property
    def unit_names(self) -> dict[str, str]:
        return {unit.health.id: unit.health.name for unit in self.units}

    @property
    def waiting(self) -> int:
        """Things that a person should look at."""
        return len(self.problems) + len(self.doubts) + len(self.refusals) + len(self.copies) + len(self.strangers)

    @property
    def pictures(self) -> tuple[Refusal, ...]:
        """Faces that seemed to be pictures of faces."""
        return tuple(one for one in self.refusals if one.method is Method.FACE)

    @property
    def refused_cards(self) -> tuple[Refusal, ...]:
        return tuple(one for one in self.refusals if one.method is not Method.FACE)

    def is_fresh(self, arrival: Arrival) -> bool:
        return timedelta(0) <= self.now - arrival.changed_at < FRESH


def read_morning(
    session: Session, actor: Actor, school: OwnSchool, standing: Standing, *, now: datetime, heartbeat: timedelta
) -> Morning:
    """`school` came from school.access, asked with `actor`; `standing` is that school's."""
    here = actor.within(school.id)
    return Morning(
        now=now,
        standing=standing,
        arrivals=board.latest_arrivals(session, school.id, school_day(now), limit=LATEST),
        units=tuple(
            Unit(unit, unit_state(heartbeat_at=unit.heartbeat_at, will_at=unit.will_at, now=now, heartbeat=heartbeat))
            for unit in units_health(session, here)
        ),
        doubts=doubts.doubts_on(session, school.id, school_day(now)),
        refusals=doubts.refusals_on(session, school.id, school_day(now)),
        copies=copies(doubts.card_uses_on(session, school.id, school_day(now))),
        strangers=doubts.strangers(session, school.id),
        clockless=doubts.waiting_for_a_clock(session, school.id),
        problems=tuple(open_problems(session, here)),
    )
