"""Whatever order facts come in, however often: the same day, and every part of it explained."""

import re
from datetime import timedelta
from itertools import takewhile
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

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
)
from cloud.attendance.register.rules import status_of
from cloud.attendance.register.words import sentence
from cloud.school.calendar.facts import HalfDay
from edge.contract import Direction
from tests.cloud.attendance.register.day import plan
from tests.cloud.schoolhouse import MONDAY, at

PLAN = plan()
MOMENTS = st.integers(0, 14 * 60 * 4).map(lambda quarter_minutes: at("05:30") + timedelta(seconds=15 * quarter_minutes))
HALVES = st.sampled_from(HalfDay)
SIGHTINGS = st.lists(
    st.builds(
        Sighting,
        happened_at=MOMENTS,
        device_id=st.sampled_from(["gate-1", "gate-2"]),
        seq=st.integers(1, 10**6),
        direction=st.sampled_from([None, *Direction]),
    ),
    max_size=8,
    unique_by=lambda one: (one.device_id, one.seq),
)
RELEASES = st.lists(
    st.builds(lambda moment, number: Sighting(moment, str(UUID(int=number)), 0, Direction.OUT, UUID(int=number)),
              MOMENTS, st.integers(1, 10**6)),
    max_size=2,
    unique_by=lambda one: one.device_id,
)  # fmt: skip
"""A person handed the pupil over."""
DOUBTS = st.lists(
    st.builds(Doubt, st.sampled_from(DoubtKind), st.just("gate-3"), st.integers(1, 99), st.none() | MOMENTS),
    max_size=3,
    unique_by=lambda one: one.seq,
)
SILENCES = st.lists(st.builds(Silence, st.sampled_from(["gate-4", "gate-5"]), MOMENTS), max_size=1)
CLAIMS = st.lists(
    st.builds(
        Claim,
        id=st.integers(1, 10**6).map(lambda number: UUID(int=number)),
        state=st.sampled_from(ClaimState),
        asked_at=MOMENTS,
        stretch=st.tuples(HALVES, HALVES).map(lambda halves: Stretch(MONDAY, halves[0], MONDAY, halves[1])),
    ),
    max_size=3,
    unique_by=lambda one: one.id,
)
MARKS = st.lists(
    st.builds(
        Mark,
        id=st.integers(1, 10**6).map(lambda number: UUID(int=number)),
        half=HALVES,
        at=MOMENTS,
        presence=st.sampled_from([None, Presence.PRESENT, Presence.ABSENT]),
        period=st.sampled_from([None, 1, 3]),
        late_minutes=st.integers(0, 30),
        left_early_minutes=st.integers(0, 30),
        permission=st.sampled_from([None, *Permission]),
    ),
    max_size=3,
    unique_by=lambda one: one.id,
)
FACTS = st.builds(
    DayFacts,
    sightings=st.tuples(SIGHTINGS, RELEASES).map(lambda both: (*both[0], *both[1])),
    doubts=DOUBTS.map(tuple),
    silences=SILENCES.map(tuple),
    claims=CLAIMS.map(tuple),
    marks=MARKS.map(tuple),
)
POLICIES = st.builds(Policy, stays_over_midday=st.booleans(), grace_minutes=st.sampled_from([0, 5]))


@st.composite
def shuffled_and_repeated(draw: st.DrawFn, facts: DayFacts) -> DayFacts:
    """The same facts as they may arrive: in any order, some of them several times."""

    def mixed(known: tuple) -> tuple:
        again = draw(st.lists(st.sampled_from(known), max_size=4)) if known else []
        return tuple(draw(st.permutations([*known, *again])))

    return DayFacts(
        mixed(facts.sightings), mixed(facts.doubts), mixed(facts.silences), mixed(facts.claims), mixed(facts.marks)
    )


def all_statuses(day: DayStatus) -> list[Status]:
    return [half.status for half in day.halves] + [period.status for half in day.halves for period in half.periods]


@given(FACTS.flatmap(lambda facts: st.tuples(st.just(facts), shuffled_and_repeated(facts))), POLICIES, MOMENTS)
def test_facts_in_any_order_and_repeated_give_the_same_day(
    facts: tuple[DayFacts, DayFacts], policy: Policy, now
) -> None:
    in_order, as_arrived = facts
    assert status_of(in_order, PLAN, policy, now) == status_of(as_arrived, PLAN, policy, now)


@given(FACTS, POLICIES, MOMENTS)
def test_every_status_is_explained_by_a_rule_that_fits_it(facts: DayFacts, policy: Policy, now) -> None:
    for status in all_statuses(status_of(facts, PLAN, policy, now)):
        assert status.reasons
        if status.by_person:
            before = {reason.rule for reason in takewhile(lambda one: one.rule is not Rule.PERSON_SAID, status.reasons)}
            assert len(before) < len(status.reasons)
            assert before <= {Rule.SEEN_SINCE, Rule.LEFT_EARLY, Rule.HANDED_OVER_EARLY}
            continue
        said = {reason.rule: reason for reason in status.reasons}
        assert (Rule.CAME_LATE in said) == (status.late_minutes > 0)
        assert bool({Rule.LEFT_EARLY, Rule.HANDED_OVER_EARLY} & said.keys()) == (status.left_early_minutes > 0)
        permitted = bool({Rule.LEAVE_APPROVED, Rule.LET_GO_BEFORE} & said.keys())
        assert permitted == (status.permission is Permission.PERMITTED)
        assert status.presence is not Presence.ABSENT or Rule.NOT_SEEN in said
        assert status.presence is not Presence.NOT_YET or Rule.NOT_DUE_YET in said


@given(FACTS, POLICIES, MOMENTS)
def test_no_explanation_has_a_gap_where_a_time_or_a_unit_should_stand(facts: DayFacts, policy: Policy, now) -> None:
    for status in all_statuses(status_of(facts, PLAN, policy, now)):
        for reason in status.reasons:
            said = sentence(reason, {})
            gaps = [name for name in re.findall(r"%\((seen|bell|unit)\)s", said.text) if not getattr(said, name)]
            assert gaps == [], said


@given(FACTS, POLICIES, MOMENTS)
def test_permission_is_said_exactly_where_something_needs_permission(facts: DayFacts, policy: Policy, now) -> None:
    for status in all_statuses(status_of(facts, PLAN, policy, now)):
        deviates = status.presence is Presence.ABSENT or status.late_minutes or status.left_early_minutes
        assert (status.permission is not None) == bool(deviates)


@given(FACTS, SIGHTINGS, DOUBTS, POLICIES, MOMENTS)
def test_a_machine_changes_nothing_of_what_a_person_said_but_when_somebody_left_afterwards(
    facts: DayFacts, more: list[Sighting], doubts: list[Doubt], policy: Policy, now
) -> None:
    grown = DayFacts((*facts.sightings, *more), tuple(doubts), (), facts.claims, facts.marks)
    before, after = (status_of(known, PLAN, policy, now) for known in (facts, grown))
    for was, is_ in zip(before.halves, after.halves, strict=True):
        if was.status.by_person:
            assert (is_.status.presence, is_.status.late_minutes) == (was.status.presence, was.status.late_minutes)
            spoke_at = next(one for one in was.status.reasons if one.rule is Rule.PERSON_SAID).used[0].moment
            if all(one.happened_at <= spoke_at for one in more):
                assert is_.status.left_early_minutes == was.status.left_early_minutes
                assert is_.status.permission == was.status.permission


@given(FACTS, POLICIES, MOMENTS)
def test_a_doubt_is_never_an_absence(facts: DayFacts, policy: Policy, now) -> None:
    asked = DayFacts(facts.sightings, (Doubt(DoubtKind.TIME_UNKNOWN, "gate-9", 1, None),), (), (), ())
    assert Presence.ABSENT not in {half.status.presence for half in status_of(asked, PLAN, policy, now).halves}
