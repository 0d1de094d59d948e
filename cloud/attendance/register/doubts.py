"""Reasons to ask before a pupil is called absent. Pure."""

from collections.abc import Iterator, Sequence

from cloud.attendance.register.facts import DayFacts, Doubt, DoubtKind, Fact, FactKind, Policy, Reason, Rule
from cloud.attendance.register.passages import Passage
from cloud.school.calendar.facts import Plan, PlannedHalf
from edge.contract import Direction


def doubts_about(
    planned: PlannedHalf, plan: Plan, passages: Sequence[Passage], facts: DayFacts, policy: Policy
) -> tuple[Reason, ...]:
    """Empty when nothing speaks against an absence. `passages` are those of this half-day, in order."""
    return tuple(_doubts(planned, plan, passages, facts, policy))


def _doubts(
    planned: PlannedHalf, plan: Plan, passages: Sequence[Passage], facts: DayFacts, policy: Policy
) -> Iterator[Reason]:
    if passages and _must_have_been_inside(passages[0], planned, plan, policy):
        yield Reason(Rule.SEEN_ONLY_AFTERWARDS, (passages[0].fact,))
    for doubt in sorted(set(facts.doubts), key=lambda one: (one.device_id, one.seq, one.kind)):
        if _concerns(doubt, planned, plan, policy):
            rule = Rule.LOOKED_ALIKE if doubt.kind is DoubtKind.LOOKED_ALIKE else Rule.TIME_UNKNOWN
            yield Reason(rule, (Fact(FactKind.SIGHTING, f"{doubt.device_id}/{doubt.seq}", doubt.at),))
    for silence in sorted(set(facts.silences), key=lambda one: (one.device_id, one.since)):
        if silence.since < planned.ends_at:
            yield Reason(Rule.UNIT_SILENT, (Fact(FactKind.UNIT, silence.device_id, silence.since),))


def _must_have_been_inside(first: Passage, planned: PlannedHalf, plan: Plan, policy: Policy) -> bool:
    """First seen when school was over, or on the way out: the arrival was missed."""
    over_at = plan.half_days[-1].ends_at if policy.stays_over_midday else planned.ends_at
    if first.direction is Direction.OUT:
        return first.at >= planned.ends_at
    return first.direction is None and first.at >= over_at


def _concerns(doubt: Doubt, planned: PlannedHalf, plan: Plan, policy: Policy) -> bool:
    if doubt.at is None:
        return True
    before = [other.ends_at for other in plan.half_days if other.ends_at <= planned.starts_at]
    if before and not policy.stays_over_midday and doubt.at < before[-1]:
        return False
    return doubt.at < planned.ends_at or planned == plan.half_days[-1]
