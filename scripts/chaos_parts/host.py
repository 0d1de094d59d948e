"""A process with several units, each with its own database and its own connection. It is killed and started again.

python -m scripts.chaos_parts.host recogniser|uplink FOLDER PORT EVENTS_EACH EVERY_S UNIT...
"""

import os
import random
import sys
import threading
import traceback
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from edge.backoff import Backoff
from edge.clock import Clock
from edge.contract import Ack, CameraState, ClockReading, EventBatch, Heartbeat, Method, Outcome, Sighting
from edge.errors import Unavailable
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.recent import recent
from edge.uplink.broker import Broker
from edge.uplink.keep_up import Uplink, Way
from edge.uplink.link import Link
from edge.uplink.mqtt import MqttConnector
from edge.uplink.publish import Publisher
from scripts.chaos_parts.hands import SharedNumber, TurnedClock

BOOT = UUID("6f1f9a52-6a1f-4d57-9d0c-4f27b8f6f001")
PUPILS = 500
"""Every tenth event is one of them; the others are unknown."""
CLOCK = "clock"
SENT = "sent"


def pupil(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"chaos:{number % PUPILS}")


class CountingLink:
    def __init__(self, link: Link, count: SharedNumber) -> None:
        self._link, self._count = link, count

    @property
    def proven(self) -> bool:
        return self._link.proven

    def send(self, number: int, batch: EventBatch) -> None:
        self._count.set(self._count.get() + len(batch.events))
        self._link.send(number, batch)

    def beat(self, heartbeat: Heartbeat) -> None:
        self._link.beat(heartbeat)

    def wait(self, seconds: float) -> list[Ack]:
        return self._link.wait(seconds)

    def not_taken(self) -> frozenset[int]:
        return self._link.not_taken()

    def is_heard(self) -> bool:
        return self._link.is_heard()

    def take_unheard(self) -> frozenset[int]:
        return self._link.take_unheard()

    def close(self) -> None:
        self._link.close()


def send(folder: Path, unit: str, port: int, clock: Clock) -> None:
    session = uuid4()
    outbox = Outbox(connect(folder / unit), clock)
    publisher = Publisher(outbox, unit, session, clock, ack_timeout_s=10.0)
    connector = MqttConnector(Broker(f"mqtt://127.0.0.1:{port}", unit, session), clock)
    sent = SharedNumber(folder / unit / SENT)
    way = Way("mqtt", lambda: CountingLink(connector.open(), sent), Backoff(0.2, 2.0), clock)

    def beat() -> Heartbeat:
        return Heartbeat(
            device=unit, session=session, sent_at=clock.now(), software="chaos", clock_trusted=clock.reading().trusted,
            uptime_s=1, backlog=outbox.backlog(), camera=CameraState.OK,
        )  # fmt: skip

    Uplink([way], publisher, beat, clock, threading.Event(), heartbeat_s=30).run()


def record(folder: Path, events: int, every_s: float, clock: Clock) -> None:
    """Record `events`, numbered in `monotonic_ms`; begins where the last process was killed."""
    connection = connect(folder)
    outbox = Outbox(connection, clock)
    last = recent(connection, limit=1)
    pause = threading.Event()
    number = last[0].clock.monotonic_ms + 1 if last else 0
    while number < events:
        try:
            outbox.append(lambda seq, number=number: _numbered(seq, number, clock))
        except Unavailable:
            # The disk is full: whoever stands there is not marked, and shows up again.
            pause.wait(0.2)
            continue
        number += 1
        pause.wait(every_s * random.uniform(0.5, 1.5))
    # A recogniser does not end.
    pause.wait()


def _numbered(seq: int, number: int, clock: Clock) -> Sighting:
    known = seq % 10 == 0
    return Sighting(
        seq=seq,
        captured_at=clock.now(),
        clock=ClockReading(boot_id=BOOT, monotonic_ms=number, trusted=clock.reading().trusted),
        outcome=Outcome.IDENTIFIED if known else Outcome.UNKNOWN,
        person=str(pupil(seq // 10)) if known else None,
        method=Method.FACE,
    )


def _end(fault: threading.ExceptHookArgs) -> None:
    """As a process of one unit would; systemd, here `Town.revive`, starts it again."""
    traceback.print_exception(fault.exc_type, fault.exc_value, fault.exc_traceback)
    sys.stderr.flush()
    os._exit(1)


def main(arguments: list[str]) -> None:
    role, name, port, events, every_s, *units = arguments
    folder = Path(name)
    threading.excepthook = _end
    clock = TurnedClock(SharedNumber(folder / CLOCK))
    for unit in units:
        if role == "recogniser":
            work = threading.Thread(target=record, args=(folder / unit, int(events), float(every_s), clock))
        else:
            # What the uplink waits for is never the time of day; its heartbeat says it all the same.
            work = threading.Thread(target=send, args=(folder, unit, int(port), clock))
        work.start()


if __name__ == "__main__":
    main(sys.argv[1:])
