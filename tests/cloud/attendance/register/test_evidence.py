"""Not seen says something only where units were watching; the bell is at 07:30 and 13:30, the gate opens at 06:30."""

from hypothesis import given
from hypothesis import strategies as st

from cloud.attendance.leave.facts import ClaimState
from cloud.attendance.register.facts import DayFacts, Permission, Policy, Presence, Rule, Sighting, Watch
from cloud.attendance.register.rules import status_of
from edge.contract import Direction
from tests.cloud.attendance.register.day import (
    AFTERNOON,
    ALL_DAY,
    HOME_AT_MIDDAY,
    OUT,
    afternoon,
    claim,
    mark,
    morning,
    plan,
    rules,
    scan,
    the_day,
    watch,
)
from tests.cloud.attendance.register.test_properties import FACTS, MOMENTS, POLICIES, all_statuses
from tests.cloud.schoolhouse import at

ABSENT, ASK, PRESENT, NOT_YET = Presence.ABSENT, Presence.ASK, Presence.PRESENT, Presence.NOT_YET
YESTERDAY = watch("00:01", "00:02")
"""Any time before the pupils come in."""
NOTHING = DayFacts()


def test_where_no_unit_is_known_to_watch_nobody_is_absent_and_it_says_why() -> None:
    status = status_of(NOTHING, plan(), Policy(), at("20:00")).halves[0].status
    assert (status.presence, status.permission) == (ASK, None)
    assert rules(status) == [Rule.NOBODY_WATCHED, Rule.NOT_SEEN]
    assert [fact.key for fact in status.reasons[0].used] == ["06:30", "07:45"]
    assert status_of(NOTHING, plan(), Policy(), at("07:44")).halves[0].status.presence is NOT_YET


def test_a_gate_that_watched_while_the_pupils_came_in_is_evidence() -> None:
    assert morning(watch("06:00", "07:45")).presence is ABSENT
    assert morning(watch("06:33", "07:42")).presence is ABSENT
    assert morning(watch("06:40", "08:00")).presence is ASK
    assert morning(watch("06:00", "07:40")).presence is ASK


def test_a_gap_of_some_minutes_is_a_question_and_a_lost_heartbeat_is_none() -> None:
    assert morning(watch("06:00", "07:10"), watch("07:12", "09:00")).presence is ABSENT
    status = morning(watch("06:00", "07:10"), watch("07:20", "09:00"))
    assert (status.presence, rules(status)[0]) == (ASK, Rule.UNIT_WAS_AWAY)
    assert [fact.key for fact in status.reasons[0].used] == ["gate-1", "07:45"]


def test_of_several_gates_every_one_in_use_has_to_watch() -> None:
    assert morning(ALL_DAY, watch("06:00", "09:00", device="gate-2")).presence is ABSENT
    assert morning(ALL_DAY, watch("00:01", "00:02", device="gate-2")).presence is ASK
    assert morning(ALL_DAY, watch("09:00", "21:00", device="gate-2")).presence is ABSENT


def test_the_door_of_the_class_is_evidence_by_itself_and_no_gate_is_missed_then() -> None:
    door = watch("06:00", "09:00", device="door-1a", at_door=True)
    assert morning(door).presence is ABSENT
    assert morning(door, YESTERDAY).presence is ABSENT
    assert morning(watch("07:20", "09:00", device="door-1a", at_door=True), ALL_DAY).presence is ABSENT
    assert rules(morning(watch("07:20", "09:00", at_door=True)))[0] is Rule.NOBODY_WATCHED


def test_who_was_missed_in_the_morning_is_not_absent_in_the_afternoon_where_pupils_stay() -> None:
    midday = watch("11:00", "15:00")
    assert afternoon(YESTERDAY, midday).presence is ASK
    assert afternoon(YESTERDAY, midday, policy=HOME_AT_MIDDAY).presence is ABSENT
    assert afternoon(watch("06:00", "09:00"), midday).presence is ABSENT
    assert afternoon(watch("06:00", "09:00")).presence is ASK


def test_leave_and_a_person_need_no_unit() -> None:
    assert (morning(YESTERDAY, claim()).presence, morning(YESTERDAY, claim()).permission) == (
        ABSENT,
        Permission.PERMITTED,
    )
    assert morning(YESTERDAY, claim(ClaimState.REQUESTED)).presence is ASK
    assert morning(YESTERDAY, mark(ABSENT)).presence is ABSENT
    assert morning(YESTERDAY, scan("07:20")).presence is PRESENT


def test_whom_a_person_called_present_in_the_morning_is_there_in_the_afternoon() -> None:
    """The machine had missed them: it may not call them absent because it did not see them again."""
    status = afternoon(mark(PRESENT))
    assert (status.presence, status.by_person, rules(status)) == (PRESENT, False, [Rule.WAS_THERE_BEFORE])
    assert [one.status.presence for one in the_day(mark(PRESENT)).halves[1].periods] == [PRESENT] * 3
    assert afternoon(mark(PRESENT), now=at("09:00")).presence is NOT_YET
    assert afternoon(mark(PRESENT), scan("10:30", OUT)).presence is ABSENT
    assert afternoon(mark(PRESENT), policy=HOME_AT_MIDDAY).presence is ABSENT
    assert afternoon(mark(PRESENT), mark(ABSENT, half=AFTERNOON)).presence is ABSENT
    assert afternoon(mark(PRESENT), claim(half=AFTERNOON)).permission is Permission.PERMITTED


WATCHES = st.lists(
    st.tuples(st.sampled_from(["gate-1", "gate-2"]), MOMENTS, MOMENTS, st.booleans()).map(
        lambda one: Watch(one[0], min(one[1], one[2]), max(one[1], one[2]), one[3])
    ),
    max_size=4,
)


@given(FACTS, POLICIES, MOMENTS)
def test_without_a_unit_that_watched_the_machine_calls_nobody_absent(facts: DayFacts, policy: Policy, now) -> None:
    for half in status_of(facts, plan(), policy, now).halves:
        said = {reason.rule for reason in half.status.reasons}
        known = {Rule.LEAVE_APPROVED, Rule.HANDED_OVER_BEFORE, Rule.PERSON_SAID}
        assert half.status.presence is not ABSENT or said & known


@given(WATCHES, st.randoms(use_true_random=False), POLICIES, MOMENTS)
def test_evidence_in_any_order_and_repeated_gives_the_same_day(
    watches: list[Watch], chance, policy: Policy, now
) -> None:
    again = [*watches, *watches]
    chance.shuffle(again)
    seen = (Sighting(at("07:00"), "gate-1", 1, Direction.OUT),)
    first, second = (DayFacts(seen, watches=tuple(one)) for one in (watches, again))
    assert all_statuses(status_of(first, plan(), policy, now)) == all_statuses(status_of(second, plan(), policy, now))


@given(WATCHES, WATCHES.map(lambda more: [one for one in more if one.device_id == "gate-1"]), MOMENTS)
def test_more_of_the_same_unit_never_takes_evidence_away(watches: list[Watch], more: list[Watch], now) -> None:
    """A heartbeat that came late can settle a question, and never makes one."""
    known = [one for one in watches if one.device_id == "gate-1" and not one.at_door]
    grown = DayFacts(watches=(*known, *(one for one in more if not one.at_door)))
    before = status_of(DayFacts(watches=tuple(known)), plan(), Policy(), now)
    after = status_of(grown, plan(), Policy(), now)
    for was, is_ in zip(before.halves, after.halves, strict=True):
        assert was.status.presence is not ABSENT or is_.status.presence is ABSENT
