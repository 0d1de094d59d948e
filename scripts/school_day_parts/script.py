"""Who comes when, who does not, and what the register must therefore say: the truth, made without its rules."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from uuid import UUID

from cloud.attendance.register.facts import Permission, Presence
from edge.contract import Direction, Method, Outcome
from scripts.school_day_parts.day_clock import BEGINS, Reset

PERMITTED, NOT_PERMITTED = Permission.PERMITTED, Permission.NOT_PERMITTED


def at(clock: str) -> datetime:
    """A moment of the day, as the clock at the school's wall says it."""
    hours, minutes = map(int, clock.split(":"))
    return BEGINS + timedelta(hours=hours - 4, minutes=minutes)


BELL, MORNING_ENDS, AFTERNOON_ENDS = at("07:30"), at("10:05"), at("15:55")
GATE = "gate-1"
RESET = Reset(GATE, at("06:50"), at("07:15"))
OUTAGES = ((at("07:05"), at("07:55")), (at("15:50"), at("16:30")))
"""First the network, through the bell; then the broker, while everybody leaves."""


class Kind(StrEnum):
    ON_TIME = "on time"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"
    EXCUSED_AND_CAME = "excused and came"
    LEFT_EARLY = "left early"
    LOOKED_ALIKE = "looked alike"


SHARES = {
    Kind.ON_TIME: 78, Kind.LATE: 6, Kind.ABSENT: 5, Kind.EXCUSED: 4, Kind.EXCUSED_AND_CAME: 1, Kind.LEFT_EARLY: 4,
    Kind.LOOKED_ALIKE: 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody before a unit."""

    at: datetime
    unit: str
    person: UUID | None
    method: Method = Method.FACE
    direction: Direction | None = None
    outcome: Outcome = Outcome.IDENTIFIED
    """ASK: perhaps `person`."""


@dataclass(frozen=True, slots=True)
class HalfDayTruth:
    presence: Presence
    late_minutes: int = 0
    left_early_minutes: int = 0
    permission: Permission | None = None


HERE = HalfDayTruth(Presence.PRESENT)
ASK = HalfDayTruth(Presence.ASK)
GONE = HalfDayTruth(Presence.ABSENT, permission=NOT_PERMITTED)
AWAY_WITH_LEAVE = HalfDayTruth(Presence.ABSENT, permission=PERMITTED)


@dataclass(frozen=True, slots=True)
class PupilsDay:
    kind: Kind
    seen: tuple[Seen, ...]
    morning: HalfDayTruth
    afternoon: HalfDayTruth


def kinds(pupils: int, chance: Random) -> list[Kind]:
    """One for each pupil, and each at least once."""
    dealt = [*Kind, *chance.choices(list(SHARES), weights=list(SHARES.values()), k=pupils - len(Kind))]
    chance.shuffle(dealt)
    return dealt


def pupils_day(kind: Kind, person: UUID, gates: Sequence[str], door: str, chance: Random) -> PupilsDay:
    gate = chance.choice(gates)
    came = _early(chance)
    match kind:
        case Kind.ABSENT:
            return PupilsDay(kind, (), GONE, GONE)
        case Kind.EXCUSED:
            return PupilsDay(kind, (), AWAY_WITH_LEAVE, AWAY_WITH_LEAVE)
        case Kind.LOOKED_ALIKE:
            perhaps = Seen(came, gate, person, direction=Direction.IN, outcome=Outcome.ASK)
            return PupilsDay(kind, (perhaps,), ASK, ASK)
        case Kind.LATE:
            minutes = chance.randint(6, 40)
            came = BELL + timedelta(minutes=minutes, seconds=chance.randint(0, 59))
            morning = HalfDayTruth(Presence.PRESENT, late_minutes=minutes, permission=NOT_PERMITTED)
            return PupilsDay(kind, (*_arrives(person, came, gate, door, chance), *_goes(person, gates, chance)),
                             morning, HERE)  # fmt: skip
        case Kind.LEFT_EARLY:
            minutes = chance.randint(20, 70)
            left = MORNING_ENDS - timedelta(minutes=minutes)
            morning = HalfDayTruth(Presence.PRESENT, left_early_minutes=minutes, permission=NOT_PERMITTED)
            leaves = Seen(left, gate, person, direction=Direction.OUT)
            return PupilsDay(kind, (*_arrives(person, came, gate, door, chance), leaves), morning, GONE)
        case Kind.ON_TIME | Kind.EXCUSED_AND_CAME:
            return PupilsDay(kind, (*_arrives(person, came, gate, door, chance), *_goes(person, gates, chance)),
                             HERE, HERE)  # fmt: skip


def staffs_day(person: UUID, gates: Sequence[str], chance: Random) -> tuple[Seen, Seen]:
    came = at("06:30") + timedelta(seconds=chance.randint(0, 2400))
    left = at("16:05") + timedelta(seconds=chance.randint(0, 3000))
    return (
        Seen(came, chance.choice(gates), person, direction=Direction.IN),
        Seen(left, chance.choice(gates), person, direction=Direction.OUT),
    )


def strangers(number: int, gates: Sequence[str], chance: Random) -> Iterator[Seen]:
    for _ in range(number):
        moment = at("06:00") + timedelta(seconds=chance.randint(0, 12 * 3600))
        yield Seen(moment, chance.choice(gates), None, outcome=Outcome.UNKNOWN)


def in_order(seen: Iterable[Seen]) -> list[Seen]:
    return sorted(seen, key=lambda one: (one.at, one.unit, str(one.person)))


def _early(chance: Random) -> datetime:
    return at("06:40") + timedelta(seconds=chance.randint(0, 49 * 60))


def _arrives(person: UUID, came: datetime, gate: str, door: str, chance: Random) -> Iterator[Seen]:
    """Through the gate, some with a card as well, then most through the classroom's door, some seen there twice."""
    yield Seen(came, gate, person, direction=Direction.IN)
    if chance.random() < 0.15:
        yield Seen(came + timedelta(seconds=4), gate, person, chance.choice((Method.QR, Method.CARD)), Direction.IN)
    if chance.random() < 0.9:
        there = came + timedelta(seconds=chance.randint(90, 300))
        yield Seen(there, door, person)
        if chance.random() < 0.2:
            yield Seen(there + timedelta(seconds=30), door, person, Method.FINGERPRINT)


def _goes(person: UUID, gates: Sequence[str], chance: Random) -> Iterator[Seen]:
    yield Seen(
        AFTERNOON_ENDS + timedelta(seconds=chance.randint(30, 1500)), chance.choice(gates), person,
        direction=Direction.OUT,
    )  # fmt: skip
