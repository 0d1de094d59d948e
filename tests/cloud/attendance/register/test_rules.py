"""What a pupil's day says, and why: the rules' vectors first."""

from uuid import UUID

import pytest

from cloud.attendance.leave.facts import ClaimState
from cloud.attendance.register.facts import FactKind, Permission, Policy, Presence, Rule, Silence
from tests.cloud.attendance.register.day import (
    AFTERNOON,
    HOME_AT_MIDDAY,
    IN,
    OUT,
    afternoon,
    claim,
    doubt,
    mark,
    morning,
    periods,
    rules,
    scan,
    the_day,
)
from tests.cloud.schoolhouse import SATURDAY, at

P, K = Permission.PERMITTED, Permission.NOT_PERMITTED
PRESENT, ABSENT, ASK, NOT_YET = Presence.PRESENT, Presence.ABSENT, Presence.ASK, Presence.NOT_YET


@pytest.mark.parametrize(
    ("clock", "late", "rule"),
    [
        ("07:29", 0, Rule.CAME_IN_TIME),
        ("07:30", 0, Rule.CAME_IN_TIME),
        ("07:31", 0, Rule.CAME_WITHIN_GRACE),
        ("07:35:59", 0, Rule.CAME_WITHIN_GRACE),
        ("07:36", 6, Rule.CAME_LATE),
        ("08:00", 30, Rule.CAME_LATE),
    ],
)
def test_with_five_minutes_of_grace_0731_is_present_and_0736_is_six_minutes_late(
    clock: str, late: int, rule: Rule
) -> None:
    status = morning(scan(clock))
    assert (status.presence, status.late_minutes) == (PRESENT, late)
    assert rules(status)[0] is rule
    assert status.permission is (K if late else None)


def test_late_says_which_scan_and_which_bell_made_it_so() -> None:
    seen = scan("07:36", device="gate-2")
    reason = morning(seen).reasons[0]
    assert reason.minutes == 6
    assert [(fact.kind, fact.key) for fact in reason.used] == [
        (FactKind.SIGHTING, f"gate-2/{seen.seq}"),
        (FactKind.BELL, "07:30"),
    ]


def test_a_weekend_is_never_an_absence() -> None:
    for policy in (Policy(), HOME_AT_MIDDAY):
        seen = scan("09:00", day=SATURDAY)
        assert the_day(seen, day=SATURDAY, now=at("20:00", SATURDAY), policy=policy).halves == ()


def test_the_same_face_at_two_units_within_the_window_is_one_passage() -> None:
    """Unit 1 says out and unit 2, twenty seconds later, in: one walk inwards, not a departure."""
    status = the_day(scan("07:20", OUT, device="gate-1"), scan("07:20:20", IN, device="gate-2"))
    assert [half.status.presence for half in status.halves] == [PRESENT, PRESENT]
    assert [half.status.left_early_minutes for half in status.halves] == [0, 0]


def test_an_event_replayed_ten_times_changes_nothing() -> None:
    seen = scan("07:36")
    assert the_day(*[seen] * 10) == the_day(seen)


def test_nobody_is_absent_before_the_bell_or_just_after_it() -> None:
    assert morning(now=at("07:00")).presence is NOT_YET
    assert morning(now=at("07:44")).presence is NOT_YET
    assert morning(now=at("07:45")).presence is ABSENT


def test_not_seen_and_no_request_is_absent_without_permission() -> None:
    status = morning()
    assert (status.presence, status.permission) == (ABSENT, K)
    assert rules(status) == [Rule.NOT_SEEN, Rule.NO_LEAVE]


def test_permission_is_an_axis_of_its_own() -> None:
    assert [morning(claim(state)).permission for state in ClaimState] == [K, P, K, K]
    assert {morning(claim(state)).presence for state in ClaimState} == {ABSENT}
    assert Rule.LEAVE_REQUESTED in rules(morning(claim(ClaimState.REQUESTED)))
    assert morning(scan("07:40"), claim()).permission is P


def test_approved_leave_for_one_half_day_leaves_the_other_alone() -> None:
    assert [half.status.permission for half in the_day(claim(half=AFTERNOON)).halves] == [K, P]


def test_a_pupil_on_leave_who_comes_all_the_same_is_present() -> None:
    status = morning(scan("07:20"), claim())
    assert (status.presence, status.permission) == (PRESENT, None)
    assert afternoon(scan("07:20"), claim()).presence is PRESENT


def test_whose_leave_begins_with_the_afternoon_goes_home_at_midday_unless_seen_again() -> None:
    known = (scan("07:20"), claim(half=AFTERNOON))
    assert morning(*known).presence is PRESENT
    assert (afternoon(*known).presence, afternoon(*known).permission) == (ABSENT, P)
    assert afternoon(*known, scan("10:32")).presence is ABSENT, "on the way home, past a unit that knows no direction"
    assert afternoon(*known, scan("13:24")).presence is PRESENT
    assert afternoon(scan("07:20"), claim(ClaimState.REQUESTED, half=AFTERNOON)).presence is PRESENT


def test_a_pupil_on_approved_leave_is_absent_before_the_bell_already() -> None:
    assert morning(claim(), now=at("06:45")).presence is ABSENT


def test_whoever_was_seen_going_out_early_has_left_early() -> None:
    status = morning(scan("07:20", IN), scan("09:25", OUT))
    assert (status.presence, status.left_early_minutes) == (PRESENT, 60)
    assert rules(status) == [Rule.CAME_IN_TIME, Rule.LEFT_EARLY, Rule.NO_LEAVE]
    assert afternoon(scan("07:20", IN), scan("09:25", OUT)).presence is ABSENT


def test_out_and_in_again_is_not_leaving_early() -> None:
    status = morning(scan("07:20", IN), scan("08:10", OUT), scan("08:40", IN))
    assert (status.presence, status.late_minutes, status.left_early_minutes) == (PRESENT, 0, 0)


def test_going_out_with_the_bell_is_not_leaving_early() -> None:
    assert morning(scan("07:20", IN), scan("10:22", OUT)).left_early_minutes == 0


def test_where_pupils_stay_over_midday_the_morning_counts_for_the_afternoon() -> None:
    seen = scan("07:20")
    assert afternoon(seen).presence is PRESENT
    assert afternoon(seen, now=at("09:00")).presence is NOT_YET


def test_where_pupils_go_home_at_midday_each_half_day_is_seen_for_itself() -> None:
    both = (scan("07:20"), scan("10:30"), scan("13:37"))
    assert morning(*both, policy=HOME_AT_MIDDAY).presence is PRESENT
    assert afternoon(*both, policy=HOME_AT_MIDDAY).late_minutes == 7
    assert afternoon(*both[:2], policy=HOME_AT_MIDDAY).presence is ABSENT
    assert morning(scan("13:20"), policy=HOME_AT_MIDDAY).presence is ABSENT


def test_back_late_after_lunch_is_late_in_the_afternoon_only() -> None:
    known = (scan("07:20", IN), scan("10:30", OUT), scan("13:45", IN))
    assert morning(*known).late_minutes == 0
    assert afternoon(*known).late_minutes == 15


def test_seen_only_on_the_way_home_asks_about_the_morning_and_believes_the_afternoon() -> None:
    known = (scan("15:45", OUT),)
    assert morning(*known).presence is ASK
    assert afternoon(*known).presence is PRESENT
    assert rules(afternoon(*known)) == [Rule.SEEN_LEAVING_ONLY]


def test_first_seen_when_school_is_over_is_a_question_and_not_an_absence() -> None:
    assert [half.status.presence for half in the_day(scan("15:50")).halves] == [ASK, ASK]
    assert rules(morning(scan("15:50")))[0] is Rule.SEEN_ONLY_AFTERWARDS


def test_doubt_asks_and_never_says_absent() -> None:
    assert morning(doubt("07:20")).presence is ASK
    assert rules(morning(doubt("07:20")))[0] is Rule.LOOKED_ALIKE
    assert morning(doubt(None)).presence is ASK
    assert rules(morning(doubt(None)))[0] is Rule.TIME_UNKNOWN
    assert morning(doubt("07:20")).permission is None


def test_a_unit_that_is_silent_makes_an_absence_a_question_until_it_speaks() -> None:
    silence = Silence("gate-1", at("07:00"))
    assert morning(silence).presence is ASK
    assert morning(Silence("gate-1", at("16:00"))).presence is ABSENT
    assert morning(silence, claim()).presence is ABSENT


def test_doubt_in_the_afternoon_does_not_reach_back_into_a_morning_spent_at_home() -> None:
    assert morning(doubt("13:20"), policy=HOME_AT_MIDDAY).presence is ABSENT
    assert afternoon(doubt("07:20"), policy=HOME_AT_MIDDAY).presence is ABSENT


def test_periods_follow_from_arrival_and_departure() -> None:
    """Periods at 07:30, 08:15, 09:00 and 09:45, 40 minutes each."""
    assert periods(scan("08:40", IN), scan("09:50", OUT)) == [(ABSENT, 0), (PRESENT, 25), (PRESENT, 0), (PRESENT, 0)]
    assert periods(scan("08:12")) == [(ABSENT, 0), (PRESENT, 0), (PRESENT, 0), (PRESENT, 0)]


def test_a_period_that_has_not_begun_is_not_decided() -> None:
    assert [presence for presence, _ in periods(scan("07:20"), now=at("08:20"))] == [PRESENT, PRESENT, NOT_YET, NOT_YET]


def test_a_status_names_the_request_and_the_mark_that_it_rests_on() -> None:
    asked, said = claim(), mark(ABSENT)
    used = {fact.key for reason in morning(asked, said).reasons for fact in reason.used}
    assert {str(asked.id), str(said.id)} <= used
    assert all(isinstance(UUID(key), UUID) for key in (str(asked.id), str(said.id)))


def test_who_was_let_go_with_permission_is_p_for_the_rest_of_the_day_and_not_without_it() -> None:
    """Left at 09:30 of a morning that ends at 10:25."""
    let_go = mark(PRESENT, early=55, permission=P)
    later = afternoon(scan("07:20"), let_go)
    assert (later.presence, later.permission) == (ABSENT, P)
    assert rules(later) == [Rule.NOT_SEEN, Rule.LET_GO_BEFORE]
    assert later.reasons[-1].used[0].moment == at("09:30")
    assert {one.status.permission for one in the_day(let_go).halves[1].periods} == {P}
    assert afternoon(let_go, scan("13:25")).presence is PRESENT, "came back"
    assert afternoon(scan("07:20"), let_go, scan("09:38")).presence is ABSENT, "at the gate, on the way out"
    assert afternoon(scan("07:20"), let_go, scan("09:38", IN)).presence is PRESENT
    for other in (mark(PRESENT, early=55), mark(PRESENT, early=55, permission=K)):
        assert afternoon(scan("07:20"), other).permission is K
    assert afternoon(let_go, policy=HOME_AT_MIDDAY).permission is K, "everybody had gone home"
