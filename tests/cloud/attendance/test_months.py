"""On PostgreSQL sightings and days are kept by month: from the day of the update on, made ahead, let go whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cloud import migrations
from cloud.attendance.ingest import ingest
from cloud.attendance.queries import months
from cloud.attendance.reading import Delivery
from cloud.kit.db import Database, open_database
from edge.contract import Ack
from tests.cloud.migrated import Open
from tests.cloud.small_school import MORNING, WINDOW, SmallSchool, batch, sighting, small_school

BEFORE_MONTHS = "0026"
BEFORE_REGISTER = "0037"
IN_MARCH = datetime(2026, 3, 2, 0, 7, tzinfo=UTC)


@pytest.fixture
def database(postgres_url: str, open_migrated: Open) -> Iterator[Database]:
    database = open_migrated(postgres_url)
    yield database
    database.close()


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def send(database: Database, payload: bytes, at: datetime = MORNING) -> tuple[int, ...]:
    [answer] = ingest(database, [Delivery("gate-1", payload)], clock=lambda: at, window=WINDOW)
    assert isinstance(answer, Ack)
    return answer.stored


def where(database: Database, table: str = "observation") -> list[str]:
    """The part that each row is in, in the order of its key."""
    with database.reading() as session:
        return list(session.scalars(text(f"SELECT tableoid::regclass::text FROM {table} ORDER BY 1")))


def test_a_database_with_rows_is_divided_and_knows_them_again(postgres_url: str) -> None:
    database = open_database(postgres_url)
    migrations.upgrade(database, BEFORE_MONTHS)
    seen = [("2026-01-31T23:59:59.999999Z", 1, True), ("2026-03-02T00:07:00Z", 2, True),
            ("1970-01-01T00:09Z", 3, False), ("2031-07-01T00:00Z", 4, True)]  # fmt: skip
    with database.writing() as session:
        for statement in (
            "INSERT INTO school (id, name, level, slug, is_demo)"
            " VALUES ('00000000-0000-7000-8000-000000000001', 'A', 'primary', 'a', false)",
            "INSERT INTO device (id, school_id, name, token_hash)"
            " VALUES ('gate-1', '00000000-0000-7000-8000-000000000001', 'gate-1', '-')",
            *(
                "INSERT INTO observation (device_id, seq, school_id, candidates, outcome, method, captured_at,"
                " received_at, boot_id, monotonic_ms, clock_trusted) VALUES"
                f" ('gate-1', {seq}, '00000000-0000-7000-8000-000000000001', '[]', 'unknown', 'face', '{captured_at}',"
                f" '{captured_at}', '6f1f9a52-6a1f-4d57-9d0c-4f27b8f6f001', 0, {trusted})"
                for captured_at, seq, trusted in seen
            ),
        ):
            session.execute(text(statement.replace(":", r"\:")))
    migrations.upgrade(database)
    assert where(database) == [
        "months.observation_2026_01", "months.observation_2026_03", "months.observation_other",
        "months.observation_undated",
    ]  # fmt: skip
    again = sighting(2, at=IN_MARCH), sighting(5, at=IN_MARCH)
    assert send(database, batch(*again)) == (2, 5)
    assert len(where(database)) == len(seen) + 1
    database.close()


def test_a_register_with_rows_is_divided_as_it_is(postgres_url: str) -> None:
    database = open_database(postgres_url)
    migrations.upgrade(database, BEFORE_REGISTER)
    one = "'00000000-0000-7000-8000-00000000000{}'".format
    days = ("2026-01-30", "2026-03-02", "2026-03-03")
    with database.writing() as session:
        for statement in (
            f"INSERT INTO school (id, name, level, slug, is_demo) VALUES ({one(1)}, 'A', 'primary', 'a', false)",
            f"INSERT INTO school_class (id, school_id, name, grade) VALUES ({one(2)}, {one(1)}, '1A', 1)",
            "INSERT INTO student (id, school_id, class_id, code, full_name, search_name)"
            f" VALUES ({one(3)}, {one(1)}, {one(2)}, '1', 'Lan', 'lan')",
            *(
                "INSERT INTO register_entry (student_id, day, half, school_id, class_id, presence, late_minutes,"
                f" left_early_minutes, by_person, reasons, changed_at) VALUES ({one(3)}, '{day}', 'morning', {one(1)},"
                f" {one(2)}, 'present', 0, 0, false, '[]', '{day}')"
                for day in days
            ),
            *(
                "INSERT INTO register_change (id, student_id, day, half, presence, late_minutes, left_early_minutes,"
                f" because, at) VALUES ({one(4 + number)}, {one(3)}, '{day}', 'morning', 'absent', 0, 0, 'x', '{day}')"
                for number, day in enumerate(days)
            ),
        ):
            session.execute(text(statement))
    migrations.upgrade(database)
    for table in ("register_entry", "register_change"):
        assert where(database, table) == [f"months.{table}_2026_0{month}" for month in (1, 3, 3)]
    same = text(f"INSERT INTO register_entry SELECT * FROM register_entry WHERE day = '{days[0]}'")
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(same)
    database.close()


def test_months_are_made_ahead_and_take_what_came_before_they_were_there(
    database: Database, school: SmallSchool
) -> None:
    years_on = MORNING + timedelta(days=800)
    send(database, batch(sighting(1, school.lan, at=years_on)), at=years_on)
    assert where(database) == ["months.observation_other"]
    for expected in (len(months.ALL) * (months.AHEAD + 1), 0):
        with database.writing() as session:
            assert len(months.make_ahead(session, years_on)) == expected
    assert where(database) == [f"months.observation_{years_on:%Y_%m}"]
    assert where(database, "presence") == [f"months.presence_{years_on:%Y_%m}"]
    assert send(database, batch(sighting(1, school.lan, at=years_on)), at=years_on) == (1,)
    assert len(where(database)) == 1


def test_whole_months_are_let_go(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        # The schema was made on whatever day it is.
        for now in (IN_MARCH, MORNING):
            months.make_ahead(session, now)
    send(database, batch(sighting(1, school.lan, at=IN_MARCH), sighting(2, school.lan)))
    with database.writing() as session:
        assert "observation_2026_03" in months.drop_before(session, MORNING)
    assert where(database) == [f"months.observation_{MORNING:%Y_%m}"]


def test_a_day_is_read_from_its_own_month_on(database: Database, school: SmallSchool) -> None:
    """Whatever months are older are not looked into, though a clock may have been wrong by years."""
    with database.writing() as session:
        # The schema was made on whatever day it is.
        for now in (IN_MARCH, MORNING):
            months.make_ahead(session, now)
        plan = "\n".join(
            session.scalars(
                text(
                    "EXPLAIN SELECT FROM observation WHERE filed_at >= '2026-11-15T17:00Z'"
                    " OR filed_at < '2022-11-16T17:00Z'".replace(":", r"\:")
                )
            )
        )
    assert "observation_2026_11" in plan
    assert "observation_undated" in plan
    assert "observation_2026_03" not in plan
