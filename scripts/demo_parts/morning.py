"""The rest of the school comes in by the back gate: a simulated unit, so that the morning has more than one pupil.

Its sightings are made up, and its name says so; they travel the real way up, as a unit's HTTPS uploads do.
"""

import random
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from edge.contract import CameraState, ClockReading, Direction, EventBatch, Heartbeat, Method, Outcome, Sighting

UNIT = "cong-sau"
NAME = "Cổng sau (mô phỏng)"
HEARTBEAT_S = 20.0


class Morning:
    """Call `go_on` often: it sends whoever came in since, `rate_per_s` of them on average, until all have come."""

    def __init__(self, url: str, token: str, database: Path, *, rate_per_s: float, without: set[str]) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        with sqlite3.connect(database) as connection:
            pupils = [str(UUID(row[0])) for row in connection.execute("SELECT id FROM student")]
        self._to_come = [pupil for pupil in pupils if pupil not in without]
        # The same morning every time.
        random.Random(826).shuffle(self._to_come)
        self._rate_per_s = rate_per_s
        self._began_s = self._reported_s = time.monotonic()
        self._session, self._boot = uuid4(), uuid4()
        self.seq = 0
        self._report()

    def go_on(self) -> None:
        """Raises httpx.HTTPError when the service refuses."""
        now_s = time.monotonic()
        due = int((now_s - self._began_s) * self._rate_per_s) - self.seq
        coming = [self._to_come.pop() for _ in range(min(due, len(self._to_come), 100))]
        if coming:
            batch = EventBatch(
                device=UNIT,
                session=self._session,
                sent_at=datetime.now(UTC),
                events=tuple(self._sighting(pupil) for pupil in coming),
            )
            self._send("events", batch.encode())
        if now_s - self._reported_s > HEARTBEAT_S:
            self._report()

    def _sighting(self, pupil: str) -> Sighting:
        self.seq += 1
        clock = ClockReading(boot_id=self._boot, monotonic_ms=int(time.monotonic() * 1000), trusted=True)
        return Sighting(
            seq=self.seq, captured_at=datetime.now(UTC), clock=clock, outcome=Outcome.IDENTIFIED,
            method=Method.FACE, person=pupil, direction=Direction.IN,
        )  # fmt: skip

    def _report(self) -> None:
        self._reported_s = time.monotonic()
        heartbeat = Heartbeat(
            device=UNIT, session=self._session, sent_at=datetime.now(UTC), software="demo", clock_trusted=True,
            uptime_s=int(self._reported_s - self._began_s), backlog=0, camera=CameraState.OK,
        )  # fmt: skip
        self._send("health", heartbeat.encode())

    def _send(self, what: str, envelope: bytes) -> None:
        self._client.post(f"/api/v1/devices/{UNIT}/{what}", content=envelope).raise_for_status()
