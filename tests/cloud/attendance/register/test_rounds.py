"""What a round looks at, so that a province's registers cost what has changed in them; and days closed, each once."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.attendance import schedule, scores
from cloud.attendance.register import check_queries, checking, keeping, round_queries
from cloud.attendance.register.tables import RegisterCheck
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.school.queries import school_by_slug
from tests.cloud.attendance.register.test_keeping import NIGHT, arrive, refresh
from tests.cloud.migrated import Open
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import SmallSchool, add_school, sighting

SUNDAY = MONDAY - timedelta(days=1)
LookedAt = Callable[[datetime], int]


@pytest.fixture
def looked_at(database: Database, a_school: SmallSchool, monkeypatch: pytest.MonkeyPatch) -> LookedAt:
    """How many pupils' days a round at that moment looks at."""
    found: list[int] = []
    to_look_at = round_queries.to_look_at

    def counted(*what, **more):
        those = to_look_at(*what, **more)
        found.extend(len(one.student_ids) for one in those)
        return those

    def look(now: datetime) -> int:
        found.clear()
        with database.reading() as session:
            keeping.stale(session, a_school.id, now)
        return sum(found)

    monkeypatch.setattr(round_queries, "to_look_at", counted)
    return look


def test_between_midnight_and_the_bell_only_who_was_seen_is_looked_at(
    database: Database, a_school: SmallSchool, looked_at: LookedAt
) -> None:
    assert looked_at(at("00:01")) == 2
    refresh(database, a_school, at("00:01"))
    assert looked_at(at("07:00")) == 0
    arrive(database, sighting(1, a_school.minh, at=at("07:20")), now=at("07:21"))
    assert looked_at(at("07:22")) == 1
    refresh(database, a_school, at("07:22"))
    assert looked_at(at("07:29")) == 0
    assert looked_at(at("07:30")) == 1
    refresh(database, a_school, at("08:00"))
    # Before the afternoon's bell nobody's afternoon is decided.
    assert looked_at(at("12:00")) == 0


def test_where_no_class_is_taught_nobody_is_looked_at(looked_at: LookedAt) -> None:
    assert looked_at(at("09:00", SUNDAY)) == 0


def test_a_doubt_is_looked_at_again_when_a_unit_is_heard_of(
    database: Database, a_school: SmallSchool, looked_at: LookedAt
) -> None:
    with database.writing() as session:
        session.get_one(Device, "gate-1").heartbeat_at = at("06:00")
    refresh(database, a_school, at("08:00"))
    assert looked_at(at("08:10")) == 0
    with database.writing() as session:
        session.get_one(Device, "gate-1").heartbeat_at = at("08:11")
    assert looked_at(at("08:12")) == 2


@pytest.fixture
def another(database: Database, a_school: SmallSchool) -> UUID:
    with database.reading() as session:
        found = school_by_slug(session, "b")
    assert found
    return found


def days_checked(database: Database, school_id: UUID) -> list[date]:
    with database.reading() as session:
        own = select(RegisterCheck.day).where(RegisterCheck.school_id == school_id)
        return list(session.scalars(own.order_by(RegisterCheck.day)))


def close_all(database: Database, now: datetime, put_off: set[UUID]) -> None:
    while schedule.close_next(database, lambda: now, put_off):
        pass


def test_every_day_is_closed_once_also_those_on_which_the_service_was_off(
    database: Database, a_school: SmallSchool
) -> None:
    close_all(database, NIGHT, set())
    assert days_checked(database, a_school.id) == [MONDAY]
    close_all(database, NIGHT + timedelta(days=3), set())
    assert days_checked(database, a_school.id) == [MONDAY + timedelta(days=one) for one in range(4)]
    close_all(database, NIGHT + timedelta(days=60), set())
    assert len(days_checked(database, a_school.id)) == 4 + schedule.CATCH_UP_DAYS


def test_the_night_also_judges_how_near_faces_come(
    database: Database, a_school: SmallSchool, another: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[UUID] = []
    monkeypatch.setattr(scores, "judge", lambda _, school_id, __: judged.append(school_id))
    close_all(database, NIGHT, set())
    assert sorted(judged) == sorted([a_school.id, another])


def test_a_school_that_cannot_be_closed_keeps_no_other_waiting(
    database: Database, a_school: SmallSchool, another: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = checking.close

    def fails(session, school_id, *rest):
        if school_id == a_school.id:
            raise ZeroDivisionError
        return close(session, school_id, *rest)

    put_off: set[UUID] = set()
    with monkeypatch.context() as patched:
        patched.setattr(checking, "close", fails)
        close_all(database, NIGHT, put_off)
    assert put_off == {a_school.id}
    assert (days_checked(database, a_school.id), days_checked(database, another)) == ([], [MONDAY])
    close_all(database, NIGHT, set())
    assert days_checked(database, a_school.id) == [MONDAY]


def test_two_workers_close_two_schools(postgres_url: str, open_migrated: Open) -> None:
    """On SQLite the second one waits for the first."""
    with closing(open_migrated(postgres_url)) as database:
        with database.writing() as session:
            ours = add_school(session).id
            other = school_by_slug(session, "b")
        with database.writing() as one, database.writing() as another:
            taken = {check_queries.take_unchecked(session, MONDAY, but=set()) for session in (one, another)}
            assert check_queries.take_unchecked(another, MONDAY, but=set()) in taken
        assert taken == {ours, other}


def test_a_worker_that_is_told_to_stop_has_few_schools_in_hand(
    database: Database, a_school: SmallSchool, another: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[UUID] = []
    monkeypatch.setattr(schedule, "AT_ONCE", 1)
    monkeypatch.setattr(schedule, "keep_up", lambda _, school_id, __: done.append(school_id))
    rounds = schedule.Rounds(database, lambda: at("01:00"))
    assert [(rounds.make(), len(done)) for _ in range(3)] == [(1, 1), (1, 2), (0, 2)]
    assert set(done) == {a_school.id, another}
