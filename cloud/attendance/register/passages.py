"""From sightings to when a pupil was inside. Pure; the same for any order, repetition or splitting of what was seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cloud.attendance.register.facts import Fact, FactKind, Sighting
from cloud.school.calendar.facts import HalfDay, Plan, PlannedHalf
from edge.contract import Direction

ON_THE_WAY_OUT = timedelta(minutes=10)
"""Whoever was handed over is seen at the gate within this time; without a direction that is no coming back."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One walk past the gate, by however many units it was seen; `direction` is from the last one that knew it."""

    at: datetime
    direction: Direction | None
    first: Sighting

    @property
    def fact(self) -> Fact:
        if self.first.released:
            return Fact(FactKind.RELEASE, str(self.first.released), self.at)
        return Fact(FactKind.SIGHTING, f"{self.first.device_id}/{self.first.seq}", self.at)


@dataclass(frozen=True, slots=True)
class Stay:
    """Inside from `since` until `until`. Without `since` nobody saw the arrival, without `until` nobody saw the pupil
    leave; each moment carries the fact that it comes from."""

    since: Fact | None
    until: Fact | None

    def touches(self, starts_at: datetime, ends_at: datetime) -> bool:
        return (self.since is None or self.since.moment < ends_at) and (
            self.until is None or self.until.moment > starts_at
        )


def passages_of(sightings: Iterable[Sighting], window: timedelta) -> list[Passage]:
    """Sightings less than `window` apart are one passage; each (device, sequence number) counts once."""
    once = {(one.device_id, one.seq): one for one in sightings}
    ordered = sorted(once.values(), key=lambda one: (one.happened_at, one.device_id, one.seq))
    found: list[list[Sighting]] = []
    for one in ordered:
        if found and (one.happened_at - found[-1][-1].happened_at <= window or _goes_out(found[-1], one)):
            found[-1].append(one)
        else:
            found.append([one])
    return [_passage(group) for group in found]


def _passage(group: list[Sighting]) -> Passage:
    direction = next((one.direction for one in reversed(group) if one.direction), None)
    first = group[0]
    if direction is Direction.IN:
        # Handed over and back within the window: it is the unit that saw the coming in.
        first = next((one for one in group if not one.released), first)
    return Passage(group[0].happened_at, direction, first)


def _goes_out(group: list[Sighting], one: Sighting) -> bool:
    released_at = [other.happened_at for other in group if other.released]
    undirected = one.direction is None and one.released is None
    return undirected and bool(released_at) and one.happened_at - released_at[-1] <= ON_THE_WAY_OUT


def stays_of(passages: Iterable[Passage]) -> list[Stay]:
    """Without a direction a passage says that the pupil is there, never that they left."""
    stays: list[Stay] = []
    inside: Passage | None = None
    for passage in passages:
        if passage.direction is Direction.OUT:
            stays.append(Stay(inside.fact if inside else None, passage.fact))
            inside = None
        elif inside is None:
            inside = passage
    if inside:
        stays.append(Stay(inside.fact, None))
    return stays


def stays_in(stays: Iterable[Stay], planned: PlannedHalf, plan: Plan) -> list[Stay]:
    """Those that say something about one half-day. An arrival that nobody saw is believed of the half-day in which the
    pupil was seen leaving, and of no earlier one."""
    later = [other.starts_at for other in plan.half_days if other.starts_at > planned.starts_at]
    return [
        stay
        for stay in stays
        if stay.touches(planned.starts_at, planned.ends_at)
        and (stay.since or stay.until is None or not any(starts_at < stay.until.moment for starts_at in later))
    ]


def passages_by_half(passages: Iterable[Passage], plan: Plan) -> dict[HalfDay, list[Passage]]:
    """For a school whose pupils go home at midday: which half-day each passage belongs to.

    One that came in belongs to the half-day that it is in time for, one that went out to the one that it has begun;
    without a direction the middle of the break divides them.
    """
    divided: dict[HalfDay, list[Passage]] = {planned.half: [] for planned in plan.half_days}
    if len(plan.half_days) < len(HalfDay):
        # Of a day without lessons nothing; where half a day is taught, all of it.
        return {half: list(passages) for half in divided}
    first, second = plan.half_days
    for passage in passages:
        if passage.direction is Direction.IN:
            turns_at = first.ends_at
        elif passage.direction is Direction.OUT:
            turns_at = second.starts_at
        else:
            turns_at = first.ends_at + (second.starts_at - first.ends_at) / 2
        divided[(first if passage.at < turns_at else second).half].append(passage)
    return divided
