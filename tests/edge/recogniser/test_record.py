from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.contract import Direction, Outcome, Sighting
from edge.errors import Unavailable
from edge.hardware.fake import FakeIndicator
from edge.hardware.ports import Signal
from edge.recogniser.feedback import Feedback
from edge.recogniser.loop import Decision
from edge.recogniser.record import Recorder
from edge.store.db import connect
from edge.store.outbox import Outbox

SEEN = Decision(
    track=1,
    outcome=Outcome.IDENTIFIED,
    person="hs-1",
    candidates=(),
    distance=0.41,
    margin=0.2,
    quality=0.8,
    t_s=1.0,
    captured_s=0.0,
    model="55533b28",
)


@pytest.fixture
def database(tmp_path: Path) -> apsw.Connection:
    return connect(tmp_path)


def recorder(outbox: Outbox, indicator: FakeIndicator) -> Recorder:
    return Recorder(outbox, Feedback([indicator]), SystemClock(), Direction.IN)


def test_a_decision_becomes_a_sighting_captured_when_the_frame_was(database: apsw.Connection):
    clock, outbox = SystemClock(), Outbox(database, SystemClock())
    recorded = recorder(outbox, FakeIndicator()).record(replace(SEEN, captured_s=clock.monotonic_s() - 2))
    assert recorded is not None
    (sighting,) = outbox.read(after=0, upto=2**62, limit=9)
    assert sighting == recorded.sighting
    assert (sighting.person, sighting.direction, sighting.model) == ("hs-1", "in", "55533b28")
    assert timedelta(seconds=2) <= clock.now() - sighting.captured_at < timedelta(seconds=60)
    assert recorded.capture_to_commit_ms >= 2000


def test_nobody_is_told_before_it_is_on_disk(tmp_path: Path, database: apsw.Connection):
    events: list[str] = []

    class Watched(Outbox):
        def append(self, sighting: Callable[[int], Sighting]) -> Sighting:
            written = super().append(sighting)
            assert Outbox(connect(tmp_path), SystemClock()).backlog() == 1
            events.append("committed")
            return written

    class Told(FakeIndicator):
        def show(self, signal: Signal) -> None:
            events.append(f"told {signal}")

    recorder(Watched(database, SystemClock()), Told()).record(SEEN)
    assert events == ["committed", "told ok"]


def test_when_the_disk_does_not_take_it_nobody_is_told_that_they_are_recorded(
    database: apsw.Connection, caplog: pytest.LogCaptureFixture
):
    class Full(Outbox):
        def append(self, sighting: Callable[[int], Sighting]) -> Sighting:
            raise Unavailable("unit.db: not written: disk full")

    indicator = FakeIndicator()
    assert recorder(Full(database, SystemClock()), indicator).record(SEEN) is None
    assert indicator.shown == [Signal.REFUSE]
    assert "disk full" in caplog.text


@pytest.mark.parametrize(
    ("outcome", "signal"),
    [(Outcome.ASK, Signal.ASK), (Outcome.UNKNOWN, Signal.REFUSE), (Outcome.REFUSED, Signal.REFUSE)],
)
def test_doubt_is_recorded_without_a_name_and_shown_as_doubt(
    database: apsw.Connection, outcome: Outcome, signal: Signal
):
    indicator = FakeIndicator()
    recorded = recorder(Outbox(database, SystemClock()), indicator).record(replace(SEEN, outcome=outcome, person=None))
    assert recorded is not None
    assert (recorded.sighting.outcome, recorded.sighting.person) == (outcome, None)
    assert indicator.shown == [signal]


def test_an_indicator_that_is_away_keeps_nothing_back(database: apsw.Connection, caplog: pytest.LogCaptureFixture):
    away, here = FakeIndicator(), FakeIndicator()
    away.is_gone = True
    outbox = Outbox(database, SystemClock())
    assert Recorder(outbox, Feedback([away, here]), SystemClock(), None).record(SEEN) is not None
    assert here.shown == [Signal.OK]
    assert "indicator away" in caplog.text
