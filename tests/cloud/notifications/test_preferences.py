"""When and by which channel: pure rules, whatever a guardian wishes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.kit.clock import SCHOOL_TIME, school_time
from cloud.kit.errors import Invalid
from cloud.notifications.pacing import Pace
from cloud.notifications.preferences import (
    DEFAULT,
    Preference,
    Urgency,
    next_time,
    plan,
    quiet_ends,
    read_preference,
)
from cloud.notifications.transport import Channel

TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
ORDERS = st.lists(st.sampled_from(list(Channel)), unique=True, min_size=1).map(tuple)
QUIET = st.one_of(st.just((None, None)), st.tuples(TIMES, TIMES))
PREFERENCES = st.builds(
    lambda order, quiet, digest: Preference(order, *quiet, digest), ORDERS, QUIET, st.one_of(st.none(), TIMES)
)
REACHABLE = st.sets(st.sampled_from(list(Channel)))


@given(PREFERENCES, st.sampled_from(Urgency), REACHABLE, MOMENTS)
def test_whoever_can_be_reached_is_told_by_what_reaches_them_and_never_too_late(
    preference: Preference, urgency: Urgency, reachable: set[Channel], now: datetime
) -> None:
    found = plan(preference, urgency, reachable, now)
    if not reachable:
        assert found is None
        return
    assert found is not None
    ways = [*found.by, *found.then]
    assert set(ways) <= reachable
    assert len(ways) == len(set(ways))
    wished = [channel for channel in preference.order if channel in reachable]
    assert ways[: len(wished)] == wished
    assert now <= found.due <= now + timedelta(days=2)
    if urgency is Urgency.EMERGENCY:
        assert (set(found.by), found.then) == (reachable, ())
    else:
        assert len(found.by) == 1
        assert not wished or set(ways) <= set(preference.order)
    if urgency is not Urgency.ROUTINE:
        assert (found.due, found.in_digest) == (now, False)
    elif quiet_ends(preference, found.due) is not None:
        pytest.fail("what is routine came in quiet hours")


@given(PREFERENCES, MOMENTS)
def test_quiet_hours_end_after_now_at_the_wished_time_and_not_later_than_a_day(
    preference: Preference, now: datetime
) -> None:
    ends = quiet_ends(preference, now)
    if ends is None:
        return
    assert now < ends <= now + timedelta(days=1)
    assert school_time(ends).time() == preference.quiet_until


@pytest.mark.parametrize(
    ("clock", "ends"),
    [("21:29", None), ("21:30", "06:00"), ("23:59", "06:00"), ("00:00", "06:00"), ("05:59", "06:00"), ("06:00", None)],
)
def test_quiet_hours_go_over_midnight(clock: str, ends: str | None) -> None:
    preference = Preference(quiet_from=time(21, 30), quiet_until=time(6))
    now = datetime.combine(datetime(2026, 11, 16), time.fromisoformat(clock), SCHOOL_TIME)
    found = quiet_ends(preference, now)
    assert (f"{found:%H:%M}" if found else None) == ends


@given(TIMES, MOMENTS)
def test_the_next_time_is_the_first_one(clock: time, now: datetime) -> None:
    at = next_time(clock, now)
    assert now < at <= now + timedelta(days=1)
    assert school_time(at).time() == clock


@given(PREFERENCES)
def test_a_wish_survives_its_form(preference: Preference) -> None:
    def shown(at: time | None) -> str:
        return at.strftime("%H:%M") if at else ""

    order = [*map(str, preference.order), ""]
    read = read_preference(
        order, shown(preference.quiet_from), shown(preference.quiet_until), shown(preference.digest_at)
    )
    assert read == preference


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (([], "", "", ""), "at least one"),
        ((["", ""], "", "", ""), "at least one"),
        ((["pigeon"], "", "", ""), "from the list"),
        ((["sms"], "25:00", "06:00", ""), "21:30"),
        ((["sms"], "22:00", "", ""), "an end"),
        ((["sms"], "", "", "18:00+09:00"), "21:30"),
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused(form: tuple[list[str], str, str, str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_preference(*form)


def test_without_a_wish_sms_comes_last_since_each_is_paid_for() -> None:
    assert DEFAULT.order[-1] is Channel.SMS
    assert set(DEFAULT.order) == set(Channel)


@given(
    st.floats(0.1, 50),
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 30), st.integers(0, 30)), max_size=40),
)
def test_no_provider_is_spoken_to_faster_than_agreed(per_s: float, steps: list[tuple[int, int, int]]) -> None:
    pace, now, sent, passed_s = Pace(per_s), datetime(2026, 11, 16, tzinfo=UTC), 0, 0.0
    for wait_ms, most, unused in steps:
        now += timedelta(milliseconds=wait_ms)
        passed_s += wait_ms / 1000
        taken = pace.take(most, now)
        assert 0 <= taken <= most
        pace.give_back(min(unused, taken))
        sent += taken - min(unused, taken)
        assert sent <= max(1.0, per_s) + per_s * passed_s + 1e-6
