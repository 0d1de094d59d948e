"""How a school's classes stand, read once for all pages that are open: with what waits for a person in each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from threading import Lock
from time import monotonic
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.queries import counts
from cloud.attendance.queries.counts import ClassCount
from cloud.attendance.register import queries
from cloud.attendance.register.roll_calls import RollCall, rolls_to_call
from cloud.kit.clock import school_day, school_time
from cloud.school.calendar.facts import HalfDay

MIDDAY = time(12)
HOLDS_S = 5.0
"""Shorter than what the poller looks back over: a change from before it ran is told of, and read then."""


@dataclass(frozen=True, slots=True)
class Standing:
    half: HalfDay
    classes: tuple[ClassCount, ...]
    """Whom only the machine calls absent while their roll is awaited counts as asked about, not as absent."""
    calls: tuple[tuple[ClassCount, RollCall], ...]
    low_percent: int

    def is_low(self, one: ClassCount) -> bool:
        return one.rate is not None and one.rate < self.low_percent

    @property
    def called(self) -> frozenset[UUID]:
        """Classes whose roll is awaited."""
        return frozenset(one.id for one, _ in self.calls)


def read_standing(session: Session, school_id: UUID, now: datetime) -> Standing:
    """Of the half-day that is on."""
    day, kept = school_day(now), counts.halves_kept(session, school_id, school_day(now))
    wished = HalfDay.AFTERNOON if school_time(now).time() >= MIDDAY else HalfDay.MORNING
    half = wished if wished in kept or not kept else next(iter(kept))
    calls = rolls_to_call(session, school_id, day)
    classes = tuple(
        replace(one, asked=one.asked + call.held, not_permitted=max(0, one.not_permitted - call.held))
        if (call := calls.get((one.id, half)))
        else one
        for one in counts.class_counts(session, school_id, day, half)
    )
    waiting = tuple((one, calls[one.id, half]) for one in classes if (one.id, half) in calls)
    return Standing(half, classes, waiting, queries.policy_of(session, school_id).low_percent)


class Shared:
    """One reading a school, for as long as nothing is told of (`live.Changes`), and for HOLDS_S at most. Pages that
    are woken together wait for the first of them to read, and read no more."""

    def __init__(self, told: Callable[[UUID], int]) -> None:
        self._told = told
        self._locks: dict[UUID, Lock] = {}
        self._kept: dict[UUID, tuple[int, float, Standing]] = {}

    def read(self, session: Session, school_id: UUID, now: datetime) -> Standing:
        with self._locks.setdefault(school_id, Lock()):
            number = self._told(school_id)
            kept = self._kept.get(school_id)
            if kept and kept[0] == number and monotonic() - kept[1] < HOLDS_S:
                return kept[2]
            standing = read_standing(session, school_id, now)
            self._kept[school_id] = (number, monotonic(), standing)
            return standing
