"""When a unit was watching, as its heartbeats say it."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from cloud import migrations
from cloud.devices.queries import record_heartbeat
from cloud.devices.tables import UnitWatch
from cloud.kit.db import Database, open_database
from edge.contract import CameraState, Heartbeat, LivenessState
from tests.cloud.small_school import MORNING, SESSION, small_school

ANOTHER = UUID("01990000-0000-7000-8000-000000000002")
MINUTE = timedelta(minutes=1)


def beat(
    database: Database, minutes: float, session: UUID = SESSION, *, device: str = "gate-1", **more: object
) -> None:
    now = MORNING + minutes * MINUTE
    values: dict[str, object] = {"clock_trusted": True, "camera": CameraState.OK, **more}
    said = Heartbeat(
        device=device, session=session, sent_at=now, software="1", uptime_s=60, backlog=0, **values,  # type: ignore[arg-type]
    )  # fmt: skip
    with database.writing() as opened:
        record_heartbeat(opened, said, now=now)


def watched(database: Database) -> list[tuple[float, float]]:
    def minutes(moment: datetime) -> float:
        return (moment - MORNING) / MINUTE

    with database.reading() as session:
        rows = session.scalars(select(UnitWatch).order_by(UnitWatch.since))
        return [(minutes(row.since), minutes(row.until)) for row in rows]


def test_heartbeats_make_one_time_of_watching_and_a_lost_one_does_not_end_it(database: Database) -> None:
    small_school(database)
    for minutes in (0, 0.5, 1, 3.5, 2):
        beat(database, minutes)
    assert watched(database) == [(0, 3.5)]


def test_after_an_outage_of_the_network_the_unit_has_watched_all_the_while_and_after_a_restart_not(
    database: Database,
) -> None:
    small_school(database)
    for minutes, session in ((0, SESSION), (50, SESSION), (90, ANOTHER), (91, ANOTHER)):
        beat(database, minutes, session)
    assert watched(database) == [(0, 50), (90, 91)]


@pytest.mark.parametrize(
    "blind",
    [{"camera": CameraState.LOST}, {"camera": CameraState.NONE}],
    ids=["camera lost", "recogniser not running"],
)
def test_a_unit_that_says_that_it_sees_nothing_does_not_watch(database: Database, blind: dict[str, object]) -> None:
    small_school(database)
    beat(database, -1, **blind)
    beat(database, 0)
    for minutes in (1, 40):
        beat(database, minutes, **blind)
    beat(database, 41)
    assert watched(database) == [(0, 0), (41, 41)]


def test_a_unit_without_a_camera_that_reads_cards_watches_and_so_does_one_whose_clock_is_wrong(
    database: Database,
) -> None:
    small_school(database)
    beat(database, 0, camera=CameraState.NONE, liveness=LivenessState.OFF)
    beat(database, 0, device="not-registered")
    beat(database, 1, clock_trusted=False)
    assert watched(database) == [(0, 1)]


def test_days_before_this_was_kept_stay_as_they_were_judged(tmp_path: Path) -> None:
    """A unit that was ever heard of counts as having watched until then, and one that never was does not."""
    database = open_database(f"sqlite:///{tmp_path}/cloud.sqlite3")
    migrations.upgrade(database, "0038")
    school_id = uuid4().hex
    with database.writing() as session:
        session.execute(
            text("INSERT INTO school (id, name, level, slug, is_demo) VALUES (:id, 'A', 'primary', 'a', false)"),
            {"id": school_id},
        )
        for unit, heard in (("gate-1", "2026-11-16 00:07:00.000000"), ("gate-2", None)):
            session.execute(
                text(
                    "INSERT INTO device (id, school_id, name, token_hash, heartbeat_at) "
                    "VALUES (:id, :school, 'Cổng', '', :heard)"
                ),
                {"id": unit, "school": school_id, "heard": heard},
            )
    migrations.upgrade(database)
    with database.reading() as session:
        [row] = session.scalars(select(UnitWatch)).all()
        assert (row.device_id, row.since.year, row.until, row.ended) == ("gate-1", 2000, MORNING, False)
    database.close()
