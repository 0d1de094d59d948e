"""The heartbeat is the truth, the last will a hint, and a stale will nothing."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from cloud.devices.queries import UnitHealth, record_heartbeat, record_will, units_health
from cloud.devices.rules import UnitState, unit_state
from cloud.kit.db import Database
from edge.contract import CameraState, Heartbeat, LivenessState, Offline
from tests.cloud.small_school import MORNING, SESSION, SmallSchool, small_school

BEAT = timedelta(seconds=30)
LATER_SESSION = UUID("01990000-0000-7000-8000-000000000002")


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def beat(database: Database, session_id: UUID = SESSION, *, at: datetime = MORNING, backlog: int = 0) -> bool:
    heartbeat = Heartbeat(
        device="gate-1",
        session=session_id,
        sent_at=at,
        software="0.1.0",
        clock_trusted=True,
        uptime_s=93,
        backlog=backlog,
        camera=CameraState.OK,
        liveness=LivenessState.MISSING,
    )
    with database.writing() as session:
        return record_heartbeat(session, heartbeat, now=at)


def will(database: Database, session_id: UUID = SESSION, *, at: datetime = MORNING) -> None:
    with database.writing() as session:
        record_will(session, Offline(device="gate-1", session=session_id), now=at)


def gate_1(database: Database, school: SmallSchool) -> UnitHealth:
    with database.reading() as session:
        return next(unit for unit in units_health(session, school.alice) if unit.id == "gate-1")


def state(database: Database, school: SmallSchool, *, after_s: float = 0) -> UnitState:
    unit = gate_1(database, school)
    now = MORNING + timedelta(seconds=after_s)
    return unit_state(heartbeat_at=unit.heartbeat_at, will_at=unit.will_at, now=now, heartbeat=BEAT)


def test_a_unit_is_offline_after_two_missed_beats(database: Database, school: SmallSchool) -> None:
    assert state(database, school) is UnitState.NEVER
    assert beat(database)
    assert state(database, school, after_s=59) is UnitState.ONLINE
    assert gate_1(database, school).liveness == "missing"
    assert state(database, school, after_s=76) is UnitState.OFFLINE


def test_a_will_raises_doubt_until_the_next_beat(database: Database, school: SmallSchool) -> None:
    beat(database)
    will(database)
    assert state(database, school) is UnitState.DOUBTFUL
    beat(database)
    assert state(database, school) is UnitState.ONLINE


def test_the_will_of_an_earlier_session_is_ignored(database: Database, school: SmallSchool) -> None:
    beat(database)
    beat(database, LATER_SESSION)
    will(database, SESSION)
    assert state(database, school) is UnitState.ONLINE


def test_a_beat_that_was_overtaken_changes_nothing(database: Database, school: SmallSchool) -> None:
    beat(database, at=MORNING + timedelta(seconds=30), backlog=3)
    beat(database, at=MORNING, backlog=9)
    assert gate_1(database, school).backlog == 3


def test_an_absurd_counter_is_shown_as_the_largest(database: Database, school: SmallSchool) -> None:
    beat(database, backlog=10**30)
    assert gate_1(database, school).backlog == 2**31 - 1


def test_a_beat_of_a_unit_that_nobody_registered_says_so(database: Database) -> None:
    assert not beat(database)


def test_units_are_shown_to_their_own_school(database: Database, school: SmallSchool) -> None:
    with database.reading() as session:
        shown = {
            actor.display_name: [unit.id for unit in units_health(session, actor)]
            for actor in (school.alice, school.bob, school.dave)
        }
    assert shown == {"alice": ["gate-1", "gate-2"], "bob": [], "dave": ["other-gate"]}
