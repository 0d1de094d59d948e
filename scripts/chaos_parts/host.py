"""A process with several units, each with its own database and its own connection. It is killed and started again.

python -m scripts.chaos_parts.host FOLDER PORT EVENTS_EACH EVERY_S UNIT...
"""

import mmap
import random
import struct
import sys
import threading
from pathlib import Path
from uuid import UUID, uuid4

from edge.backoff import Backoff
from edge.clock import SystemClock
from edge.contract import Ack, ClockReading, EventBatch, Heartbeat, Method, Outcome, Sighting
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.recent import recent
from edge.uplink.broker import Broker
from edge.uplink.keep_up import Uplink, Way
from edge.uplink.link import Link
from edge.uplink.mqtt import MqttConnector
from edge.uplink.publish import Publisher

BOOT = UUID("6f1f9a52-6a1f-4d57-9d0c-4f27b8f6f001")


class Count:
    """A number in a file that is mapped into memory: it outlives a kill."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    def add(self, number: int) -> None:
        (before,) = struct.unpack("<q", self._memory[:8])
        self._memory[:8] = struct.pack("<q", before + number)


class CountingLink:
    def __init__(self, link: Link, count: Count) -> None:
        self._link, self._count = link, count

    @property
    def proven(self) -> bool:
        return self._link.proven

    def send(self, number: int, batch: EventBatch) -> None:
        self._count.add(len(batch.events))
        self._link.send(number, batch)

    def beat(self, heartbeat: Heartbeat) -> None:
        self._link.beat(heartbeat)

    def wait(self, seconds: float) -> list[Ack]:
        return self._link.wait(seconds)

    def not_taken(self) -> frozenset[int]:
        return self._link.not_taken()

    def close(self) -> None:
        self._link.close()


def live(folder: Path, unit: str, port: int, events: int, every_s: float) -> None:
    """Record `events`, numbered in `monotonic_ms`, and send them; begins where the last process was killed."""
    clock, session = SystemClock(), uuid4()
    connection = connect(folder / unit)
    outbox = Outbox(connection, clock)
    threading.Thread(target=_record, args=(folder / unit, events, every_s), daemon=True).start()
    publisher = Publisher(outbox, unit, session, clock, ack_timeout_s=10.0)
    connector = MqttConnector(Broker(f"mqtt://127.0.0.1:{port}", unit, session), clock)
    sent = Count(folder / unit / "sent")
    way = Way("mqtt", lambda: CountingLink(connector.open(), sent), Backoff(0.2, 2.0), clock)

    def beat() -> Heartbeat:
        return Heartbeat(
            device=unit, session=session, sent_at=clock.now(), software="chaos", clock_trusted=True,
            uptime_s=1, backlog=outbox.backlog(),
        )  # fmt: skip

    Uplink([way], publisher, beat, clock, threading.Event(), heartbeat_s=30).run()


def _record(folder: Path, events: int, every_s: float) -> None:
    clock = SystemClock()
    connection = connect(folder)
    outbox = Outbox(connection, clock)
    last = recent(connection, limit=1)
    pause = threading.Event()
    for number in range(last[0].clock.monotonic_ms + 1 if last else 0, events):
        outbox.append(lambda seq, number=number: _numbered(seq, number, clock))
        pause.wait(every_s * random.uniform(0.5, 1.5))


def _numbered(seq: int, number: int, clock: SystemClock) -> Sighting:
    return Sighting(
        seq=seq,
        captured_at=clock.now(),
        clock=ClockReading(boot_id=BOOT, monotonic_ms=number, trusted=True),
        outcome=Outcome.UNKNOWN,
        method=Method.FACE,
    )


def main(arguments: list[str]) -> None:
    folder, port, events, every_s, *units = arguments
    threads = [
        threading.Thread(target=live, args=(Path(folder), unit, int(port), int(events), float(every_s)))
        for unit in units
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])
