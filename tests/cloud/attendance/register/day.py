"""A pupil's day to test rules with: short names for the facts that a test is about."""

from datetime import date, datetime
from itertools import count
from uuid import UUID

from cloud.attendance.leave.facts import Claim, ClaimState, Stretch
from cloud.attendance.register.facts import (
    DayFacts,
    DayStatus,
    Doubt,
    DoubtKind,
    Mark,
    Permission,
    Policy,
    Presence,
    Rule,
    Sighting,
    Silence,
    Status,
    Watch,
)
from cloud.attendance.register.rules import status_of
from cloud.school.calendar.facts import Calendar, ClassRef, HalfDay, Plan
from cloud.school.calendar.rules import plan_for
from edge.contract import Direction
from tests.cloud.schoolhouse import MONDAY, TERMS, at, bells

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
IN, OUT = Direction.IN, Direction.OUT
EVENING = at("20:00")
HOME_AT_MIDDAY = Policy(stays_over_midday=False)
_numbers = count(1)


def plan(day: date = MONDAY) -> Plan:
    """07:30 to 10:25 and 13:30 to 15:40, Monday to Friday."""
    return plan_for(Calendar(TERMS, (bells(),)), day, ClassRef(UUID(int=1), 1))


def scan(clock: str, direction: Direction | None = None, *, device: str = "gate-1", day: date = MONDAY) -> Sighting:
    return Sighting(at(clock, day), device, next(_numbers), direction)


def claim(state: ClaimState = ClaimState.APPROVED, *, half: HalfDay | None = None) -> Claim:
    stretch = Stretch(MONDAY, half or MORNING, MONDAY, half or AFTERNOON)
    return Claim(UUID(int=next(_numbers)), state, at("06:00"), stretch)


def mark(
    presence: Presence | None,
    *,
    clock: str = "09:00",
    half: HalfDay = MORNING,
    period: int | None = None,
    late: int = 0,
    early: int = 0,
    permission: Permission | None = None,
) -> Mark:
    return Mark(UUID(int=next(_numbers)), half, at(clock), presence, period, late, early, permission)


def doubt(clock: str | None) -> Doubt:
    kind = DoubtKind.LOOKED_ALIKE if clock else DoubtKind.TIME_UNKNOWN
    return Doubt(kind, "gate-1", next(_numbers), at(clock) if clock else None)


def watch(begins: str, ends: str, *, device: str = "gate-1", at_door: bool = False) -> Watch:
    return Watch(device, at(begins), at(ends), at_door)


Known = Sighting | Claim | Mark | Doubt | Silence | Watch
ALL_DAY = watch("05:00", "21:00")


def facts(*known: Known) -> DayFacts:
    return DayFacts(
        sightings=tuple(one for one in known if isinstance(one, Sighting)),
        doubts=tuple(one for one in known if isinstance(one, Doubt)),
        silences=tuple(one for one in known if isinstance(one, Silence)),
        claims=tuple(one for one in known if isinstance(one, Claim)),
        marks=tuple(one for one in known if isinstance(one, Mark)),
        watches=tuple(one for one in known if isinstance(one, Watch)),
    )


def the_day(*known: Known, now: datetime = EVENING, policy: Policy | None = None, day: date = MONDAY) -> DayStatus:
    """A gate watches all day, unless the test says when units did."""
    watched = any(isinstance(one, Watch) for one in known)
    return status_of(facts(*known, *(() if watched else (ALL_DAY,))), plan(day), policy or Policy(), now)


def morning(*known: Known, now: datetime = EVENING, policy: Policy | None = None) -> Status:
    return the_day(*known, now=now, policy=policy).halves[0].status


def afternoon(*known: Known, now: datetime = EVENING, policy: Policy | None = None) -> Status:
    return the_day(*known, now=now, policy=policy).halves[1].status


def periods(*known: Known, half: int = 0, now: datetime = EVENING) -> list[tuple[Presence, int]]:
    return [(one.status.presence, one.status.late_minutes) for one in the_day(*known, now=now).halves[half].periods]


def rules(status: Status) -> list[Rule]:
    return [reason.rule for reason in status.reasons]
