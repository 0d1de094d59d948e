"""Two workers that take in the same things in another order at one moment: neither waits for the other in a ring."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.attendance.register import round_queries
from cloud.attendance.register.tables import RegisterRefresh
from cloud.attendance.tables import Observation, SetAside
from cloud.devices import ingest as health
from cloud.devices.ingest import HealthReport
from cloud.devices.tables import Device
from cloud.kit.db import Database
from edge.contract import CameraState, Heartbeat
from tests.cloud.small_school import MORNING, SESSION, WINDOW, SmallSchool, batch, sighting, small_school
from tests.services.waiting import eventually

UNITS = tuple(f"unit-{number:02d}" for number in range(40))
ROUNDS = 5


@pytest.fixture
def school(database: Database) -> SmallSchool:
    school = small_school(database)
    with database.writing() as session:
        session.add_all(Device(id=unit, school_id=school.id, name=unit, token_hash="-") for unit in UNITS)
    return school


def at_once(work: Callable[[bool], object]) -> None:
    """`work`, forwards and backwards at the same moment, several times. Raises what either raised."""
    start = threading.Barrier(2)

    def worker(backwards: bool) -> None:
        for _ in range(ROUNDS):
            start.wait()
            try:
                work(backwards)
            except BaseException:
                start.abort()
                raise

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(worker, backwards) for backwards in (False, True)]:
            done.result()


def test_problems_and_repeats_are_kept_once(database: Database, school: SmallSchool) -> None:
    deliveries = [
        Delivery(
            unit,
            batch(
                sighting(1, school.lan),
                sighting(2, school.minh, at=MORNING + timedelta(seconds=number)),
                sighting(3, trusted=False, monotonic_ms=number),
                sighting(4),
                device=unit,
            ).replace(b'"outcome":"unknown"', b'"outcome":"ghost"', 2),
        )
        for number, unit in enumerate(UNITS)
    ]
    at_once(
        lambda backwards: ingest(
            database, deliveries[::-1] if backwards else deliveries, clock=lambda: MORNING, window=WINDOW
        )
    )
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Observation)) == 2 * len(UNITS)
        assert set(session.scalars(select(SetAside.times_seen))) == {2 * ROUNDS}
        assert session.scalar(select(func.count()).select_from(SetAside)) == 2 * len(UNITS)


def test_heartbeats_are_noted(database: Database, school: SmallSchool) -> None:
    reports = [
        HealthReport(
            unit,
            Heartbeat(
                device=unit, session=SESSION, sent_at=MORNING, software="1", clock_trusted=True, uptime_s=1, backlog=0,
                camera=CameraState.OK,
            ).encode(),
        )
        for unit in UNITS
    ]  # fmt: skip
    at_once(lambda backwards: health.record(database, reports[::-1] if backwards else reports, clock=lambda: MORNING))
    with database.reading() as session:
        seen = session.scalars(select(Device.heartbeat_at).where(Device.id.in_(UNITS)))
        assert set(seen) == {MORNING}


def test_a_register_may_be_marked_by_two_at_once(database: Database, school: SmallSchool) -> None:
    def mark(at: datetime) -> None:
        with database.writing() as session:
            round_queries.mark_refreshed(session, school.id, at)

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            round_queries.mark_refreshed(session, school.id, MORNING)
            second = pool.submit(mark, MORNING + timedelta(seconds=1))
            eventually(lambda: database.is_sqlite or somebody_waits(database))
        second.result()
    with database.reading() as session:
        assert session.scalar(select(RegisterRefresh.seen_until)) == MORNING + timedelta(seconds=1)


def somebody_waits(database: Database) -> bool:
    with database.reading() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))
