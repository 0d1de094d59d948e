from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.contract import ClockReading
from edge.errors import Unavailable
from edge.hardware.actuators.bell import LATE, Bell, Ring, due
from edge.hardware.actuators.fake import FakeRelay
from tests.services.waiting import eventually

SEVEN = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)
RINGS = [Ring(SEVEN, 5.0), Ring(SEVEN + timedelta(minutes=45), 3.0)]


class Hands:
    """A clock whose hands the test turns."""

    def __init__(self, now: datetime) -> None:
        self.time = now
        self.trusted = True

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return 0.0

    def reading(self) -> ClockReading:
        return ClockReading(boot_id=UUID(int=1), monotonic_ms=0, trusted=self.trusted)


def bell(clock: Hands) -> tuple[Bell, FakeRelay]:
    relay = FakeRelay()
    relay.open()
    return Bell(relay, lambda: RINGS, clock), relay


def test_it_rings_at_its_times_and_once():
    clock = Hands(SEVEN - timedelta(seconds=2))
    rings, relay = bell(clock)
    for _ in range(4 * 60 * 46):
        rings.ring_what_is_due()
        clock.time += timedelta(seconds=0.25)
    assert relay.pulses == [5.0, 3.0]


def test_a_clock_that_is_put_back_rings_no_bell_twice():
    clock = Hands(SEVEN + timedelta(seconds=1))
    rings, relay = bell(clock)
    rings.ring_what_is_due()
    clock.time = SEVEN - timedelta(seconds=10)
    rings.ring_what_is_due()
    clock.time = SEVEN
    rings.ring_what_is_due()
    assert relay.pulses == [5.0]


def test_a_ring_that_was_missed_is_left_out():
    clock = Hands(SEVEN + LATE + timedelta(seconds=1))
    rings, relay = bell(clock)
    rings.ring_what_is_due()
    assert relay.pulses == []


def test_it_is_silent_while_the_time_is_not_known():
    clock = Hands(SEVEN)
    clock.trusted = False
    rings, relay = bell(clock)
    rings.ring_what_is_due()
    assert relay.pulses == []
    clock.trusted = True
    rings.ring_what_is_due()
    assert relay.pulses == [5.0]


def test_a_relay_that_was_away_for_a_moment_rings_late_and_once():
    clock = Hands(SEVEN)
    rings, relay = bell(clock)
    relay.unplug()
    with pytest.raises(Unavailable):
        rings.ring_what_is_due()
    relay.plug_in()
    clock.time += timedelta(seconds=5)
    rings.ring_what_is_due()
    rings.ring_what_is_due()
    assert relay.pulses == [5.0]


def test_in_its_thread_it_rings_and_lets_go_of_the_relay():
    relay = FakeRelay()
    with Bell(relay, lambda: RINGS, Hands(SEVEN)):
        eventually(lambda: relay.pulses == [5.0])
    assert relay.calls == ["open", "close"]


@given(
    minutes=st.lists(st.integers(0, 1440), unique=True, max_size=20),
    steps=st.lists(st.floats(-600, 900), max_size=60),
)
def test_whatever_the_clock_does_a_ring_is_never_early_never_late_and_never_twice(
    minutes: list[int], steps: list[float]
):
    rings = [Ring(SEVEN + timedelta(minutes=minute), 1.0) for minute in minutes]
    now, rung, heard = SEVEN, frozenset[datetime](), []
    for step in steps:
        now += timedelta(seconds=step)
        for ring in due(rings, rung, now):
            assert timedelta(0) <= now - ring.at <= LATE
            heard.append(ring.at)
            rung |= {ring.at}
    assert len(heard) == len(set(heard))
