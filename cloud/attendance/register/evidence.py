"""Whether units were watching while a pupil would have come in: only then does "not seen" say anything. Pure.

Of each class that is its own door, by itself, or else every gate that is in use. A gate is in use from the first time
that it was heard of on; one that was not watching for some minutes may have let the pupil in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cloud.attendance.register.facts import DayFacts, Fact, FactKind, Policy, Reason, Rule, Watch
from cloud.attendance.register.presence_rules import bell
from cloud.school.calendar.facts import Plan, PlannedHalf

TOLERANCE = timedelta(minutes=3)
"""So long a unit may be away, before, between or after two times of watching: some heartbeats were lost."""
EARLIEST = timedelta(minutes=90)
"""Nobody comes in so long before the bell."""


@dataclass(frozen=True, slots=True)
class Window:
    """When the pupils of a half-day come in."""

    opens_at: datetime
    closes_at: datetime


def unwatched(planned: PlannedHalf, plan: Plan, facts: DayFacts, policy: Policy) -> tuple[Reason, ...]:
    """Empty where not being seen says that the pupil was not there. Where pupils stay over midday, whoever was missed
    in the morning is there in the afternoon without being seen again."""
    return tuple(reason for window in _windows(planned, plan, policy) for reason in _unwatched(window, facts.watches))


def _windows(planned: PlannedHalf, plan: Plan, policy: Policy) -> Iterator[Window]:
    opens_at = plan.gate_opens_at
    for half in plan.half_days:
        if half == planned or (policy.stays_over_midday and half.starts_at < planned.starts_at):
            earliest = half.starts_at - EARLIEST
            begins = max(opens_at, earliest) if opens_at else earliest
            yield Window(begins, half.starts_at + timedelta(minutes=policy.absent_after_minutes))
        opens_at = half.ends_at


def _unwatched(window: Window, watches: Iterable[Watch]) -> Iterator[Reason]:
    by_unit: dict[tuple[bool, str], list[Watch]] = {}
    for watch in set(watches):
        if watch.since <= window.closes_at:
            by_unit.setdefault((watch.at_door, watch.device_id), []).append(watch)
    covering = {unit for unit, own in by_unit.items() if _covers(own, window)}
    gates = {unit for unit in by_unit if not unit[0]}
    if any(at_door for at_door, _ in covering) or (gates and gates <= covering):
        return
    closes = bell(window.closes_at)
    if not gates:
        yield Reason(Rule.NOBODY_WATCHED, (Fact(FactKind.GATE, f"{window.opens_at:%H:%M}", window.opens_at), closes))
    for _, device_id in sorted(gates - covering):
        yield Reason(Rule.UNIT_WAS_AWAY, (Fact(FactKind.UNIT, device_id, window.opens_at), closes))


def _covers(watches: Iterable[Watch], window: Window) -> bool:
    known_until = window.opens_at
    for watch in sorted(watches, key=lambda one: (one.since, one.until)):
        if watch.since > known_until + TOLERANCE:
            break
        known_until = max(known_until, watch.until)
    return known_until >= window.closes_at - TOLERANCE
