"""The publisher on a real outbox and a link that does what the test says."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from edge.contract import Ack, ClockReading, EventBatch, Heartbeat, SetAside
from edge.errors import Unavailable
from edge.store.outbox import Outbox
from edge.uplink.publish import LINGER_S, SECOND_LOOK_S, Publisher
from tests.edge.sightings import record

SESSION = UUID("01990000-0000-7000-8000-000000000001")


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 16, tzinfo=UTC)

    def monotonic_s(self) -> float:
        return self.seconds

    def reading(self) -> ClockReading:
        return ClockReading(boot_id=SESSION, monotonic_ms=int(self.seconds * 1000), trusted=True)


class Line:
    """A link in the hands of the test."""

    proven = True

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.taken: set[int] = set()
        self.numbers: list[int] = []
        self.is_cut = False
        self.heard = True
        self.unheard: set[int] = set()

    def send(self, number: int, batch: EventBatch) -> None:
        self.numbers.append(number)
        if self.is_cut:
            raise Unavailable("cut")
        self.batches.append([event.seq for event in batch.events])

    def beat(self, heartbeat: Heartbeat) -> None: ...

    def wait(self, seconds: float) -> list[Ack]:
        return []

    def not_taken(self) -> frozenset[int]:
        return frozenset(set(self.numbers) - self.taken)

    def is_heard(self) -> bool:
        return self.heard

    def take_unheard(self) -> frozenset[int]:
        unheard, self.unheard = frozenset(self.unheard), set()
        return unheard

    def close(self) -> None: ...


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def line() -> Line:
    return Line()


def publisher_for(outbox: Outbox, clock: Hands) -> Publisher:
    return Publisher(outbox, "gate-1", SESSION, clock, ack_timeout_s=10)


def stored(seqs: list[int], device: str = "gate-1") -> list[Ack]:
    return [Ack(device=device, stored=tuple(seqs[at : at + 100])) for at in range(0, len(seqs), 100)]


def test_the_backlog_goes_in_batches_and_leaves_a_place_for_live_events(outbox: Outbox, clock: Hands, line: Line):
    seqs = record(outbox, 450)
    publisher_for(outbox, clock).fill(line)
    assert line.batches == [seqs[:100], seqs[100:200], seqs[200:300]]


def test_a_live_event_goes_at_once_though_the_backlog_waits(outbox: Outbox, clock: Hands, line: Line):
    record(outbox, 450)
    publisher = publisher_for(outbox, clock)
    publisher.fill(line)
    live = record(outbox, 1)
    publisher.fill(line)
    clock.seconds += LINGER_S
    publisher.fill(line)
    assert line.batches[3:] == [live]


def test_live_events_gather_for_a_moment_into_one_batch(outbox: Outbox, clock: Hands, line: Line):
    publisher = publisher_for(outbox, clock)
    first = record(outbox, 1)
    publisher.fill(line)
    assert line.batches == []
    clock.seconds += LINGER_S
    second = record(outbox, 1)
    publisher.fill(line)
    assert line.batches == [first + second]


def test_a_row_stays_until_the_cloud_acknowledges_it(outbox: Outbox, clock: Hands, line: Line):
    first, second = record(outbox, 2)
    publisher = publisher_for(outbox, clock)
    publisher.fill(line)
    assert outbox.backlog() == 2
    publisher.take(stored([first]))
    assert [row.seq for row in outbox.read(after=0, upto=2**62, limit=9)] == [second]


def test_an_acknowledgement_for_another_unit_changes_nothing(outbox: Outbox, clock: Hands, line: Line):
    seqs = record(outbox, 2)
    publisher = publisher_for(outbox, clock)
    publisher.fill(line)
    publisher.take(stored(seqs, device="gate-2"))
    assert outbox.backlog() == 2


def test_what_the_cloud_set_aside_leaves_the_queue_and_is_kept(outbox: Outbox, clock: Hands, line: Line):
    good, bad = record(outbox, 2)
    publisher = publisher_for(outbox, clock)
    publisher.fill(line)
    publisher.take([Ack(device="gate-1", stored=(good,), set_aside=(SetAside(seq=bad, reason="person: gone"),))])
    assert (outbox.backlog(), outbox.counts().set_aside) == (0, 1)


def test_nothing_is_sent_twice_before_its_time(outbox: Outbox, clock: Hands, line: Line):
    record(outbox, 5)
    publisher = publisher_for(outbox, clock)
    for _ in range(9):
        publisher.fill(line)
        clock.seconds += 1
    assert len(line.batches) == 1
    clock.seconds += 1
    publisher.fill(line)
    assert len(line.batches) == 2


def test_a_repeat_carries_only_what_is_still_missing(outbox: Outbox, clock: Hands, line: Line):
    seqs = record(outbox, 5)
    publisher = publisher_for(outbox, clock)
    publisher.fill(line)
    publisher.take(stored(seqs[:3]))
    clock.seconds += 10
    publisher.fill(line)
    assert line.batches[1:] == [seqs[3:]]


def test_after_a_cut_what_was_not_taken_goes_again_and_what_was_taken_keeps_its_time(
    outbox: Outbox, clock: Hands, line: Line
):
    seqs = record(outbox, 200)
    publisher = publisher_for(outbox, clock)
    publisher.fill(line)
    line.taken = {line.numbers[0]}
    publisher.link_is_lost(line)
    publisher.way_is_open()
    again = Line()
    publisher.fill(again)
    assert again.batches == [seqs[100:]]


def test_a_cut_in_the_middle_of_sending_loses_nothing(outbox: Outbox, clock: Hands, line: Line):
    seqs = record(outbox, 5)
    publisher = publisher_for(outbox, clock)
    line.is_cut = True
    with pytest.raises(Unavailable):
        publisher.fill(line)
    publisher.link_is_lost(line)
    publisher.way_is_open()
    again = Line()
    publisher.fill(again)
    assert again.batches == [seqs]


def test_a_cloud_that_was_away_behind_a_standing_link_makes_what_waited_backlog(
    outbox: Outbox, clock: Hands, line: Line
):
    publisher = publisher_for(outbox, clock)
    waiting = record(outbox, 900)
    publisher.fill(line)
    clock.seconds += 10
    publisher.fill(line)  # nothing was acknowledged: the cloud is away
    line.taken = set(line.numbers)
    publisher.take(stored(line.batches[0]))
    live = record(outbox, 1)
    publisher.fill(line)
    clock.seconds += LINGER_S
    publisher.take(stored(line.batches[1]))
    publisher.fill(line)
    assert live in line.batches
    assert waiting[-1] not in {seq for batch in line.batches for seq in batch}


def test_a_batch_that_the_cloud_never_takes_does_not_hold_up_the_others_and_is_kept(
    outbox: Outbox, clock: Hands, line: Line, caplog: pytest.LogCaptureFixture
):
    poison = record(outbox, 300)
    publisher = publisher_for(outbox, clock)
    for _ in range(12):  # the three places of the backlog are taken by what is never acknowledged
        live = record(outbox, 1)
        publisher.fill(line)
        clock.seconds += LINGER_S
        publisher.fill(line)
        line.taken = set(line.numbers)
        publisher.take(stored(live))
        clock.seconds += 10
    assert "batch parked" in caplog.text
    assert outbox.backlog() == len(poison)
    sent = sum(batch == poison[:100] for batch in line.batches)
    assert sent == 3
    clock.seconds += SECOND_LOOK_S
    publisher.fill(line)
    publisher.fill(line)
    assert sum(batch == poison[:100] for batch in line.batches) == 4


def test_into_a_line_that_is_dead_without_saying_so_goes_one_live_batch(outbox: Outbox, clock: Hands, line: Line):
    publisher = publisher_for(outbox, clock)
    recorded: list[int] = []
    for _ in range(9):
        recorded += record(outbox, 1)
        publisher.fill(line)
        clock.seconds += LINGER_S
        publisher.fill(line)
    assert line.batches == [recorded[:1]]
    line.taken = set(line.numbers)
    publisher.fill(line)
    assert line.batches == [recorded[:1], recorded[1:]]


def test_what_nobody_read_goes_again_when_somebody_reads_and_nothing_before(outbox: Outbox, clock: Hands, line: Line):
    publisher = publisher_for(outbox, clock)
    seqs = record(outbox, 3)
    publisher.fill(line)
    clock.seconds += LINGER_S
    publisher.fill(line)
    line.heard, line.unheard = False, set(line.numbers)
    seqs += record(outbox, 3)
    for _ in range(5):
        clock.seconds += 10
        publisher.fill(line)
    assert line.batches == [seqs[:3]]
    line.heard = True
    publisher.fill(line)
    assert line.batches == [seqs[:3], seqs]


def test_what_the_cloud_has_is_not_sent_again_while_a_full_disk_lets_nothing_go(
    outbox: Outbox, clock: Hands, line: Line, monkeypatch: pytest.MonkeyPatch
):
    publisher = publisher_for(outbox, clock)
    seqs = record(outbox, 3)
    publisher.way_is_open()
    publisher.fill(line)

    def full(*_: object) -> None:
        raise Unavailable("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "release", full)
        publisher.take(stored(seqs))
    assert outbox.backlog() == 3
    clock.seconds += 1000
    publisher.link_is_lost(line)
    publisher.way_is_open()
    publisher.fill(line)
    assert line.batches == [seqs]
    publisher.take([])
    assert outbox.backlog() == 0
