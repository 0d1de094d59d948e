"""Transactions and moments behave the same on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError, StatementError

from cloud.kit.db import Database, among, insert, insert_new, insert_rows, open_database
from cloud.kit.errors import Unavailable
from cloud.kit.ids import new_id
from cloud.kit.outbox import OutboxEvent

MOMENT = datetime(2026, 11, 16, 0, 31, 4, 250_000, tzinfo=UTC)


def event(moment: datetime = MOMENT) -> OutboxEvent:
    return OutboxEvent(topic="t", payload="{}", available_at=moment)


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxEvent)) or 0


def test_many_rows_go_in_at_once_and_only_new_keys_are_reported(database: Database) -> None:
    rows = [
        {"id": new_id(), "topic": "Điểm danh", "payload": '{"a": "\\"\'%s"}', "available_at": MOMENT, "attempts": n}
        for n in range(3)
    ]
    with database.writing() as session:
        assert insert_new(session, OutboxEvent, rows[:2]) == {(row["id"],) for row in rows[:2]}
        assert insert_new(session, OutboxEvent, rows) == {(rows[2]["id"],)}
        assert insert_new(session, OutboxEvent, []) == set()
        stored = session.scalars(select(OutboxEvent).order_by(OutboxEvent.attempts)).all()
    said = [(one.id, one.topic, one.payload, one.available_at, one.attempts) for one in stored]
    assert said == [tuple(row.values()) for row in rows]


def test_a_moment_comes_back_aware_in_utc_from_any_zone(database: Database) -> None:
    with database.writing() as session:
        session.add(event(MOMENT.astimezone(timezone(timedelta(hours=7)))))
    with database.reading() as session:
        stored = session.scalars(select(OutboxEvent)).one().available_at
    assert stored == MOMENT
    assert stored.tzinfo is UTC


def test_a_naive_moment_is_refused(database: Database) -> None:
    with database.writing() as session:
        session.add(event(datetime(2026, 11, 16)))
        with pytest.raises(StatementError, match="time zone"):
            session.flush()
        session.rollback()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as session:
            session.add(event())
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert count(database) == 0


def test_a_reader_does_not_wait_for_a_writer_and_sees_only_what_is_committed(database: Database) -> None:
    with database.writing() as session:
        session.add(event())
        session.flush()
        assert count(database) == 0
    assert count(database) == 1


def test_writers_that_read_first_do_not_fail_each_other(database: Database) -> None:
    """A deferred transaction that turns into a write fails at once on SQLite; ours waits its turn instead."""

    def add_one() -> None:
        for _ in range(10):
            with database.writing() as session:
                session.scalar(select(func.count()).select_from(OutboxEvent))
                session.add(event())

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 40


def test_a_database_that_does_not_answer_is_unavailable_and_not_a_fault(tmp_path: Path) -> None:
    nowhere = open_database(f"sqlite:///{tmp_path}/no/such/folder/db.sqlite3")
    with pytest.raises(Unavailable), nowhere.reading() as session:
        session.scalar(select(func.count()).select_from(OutboxEvent))


def test_a_reading_transaction_refuses_to_write_and_the_next_writing_one_does_not(database: Database) -> None:
    for number in (1, 2):
        with database.reading() as session:
            with pytest.raises(DBAPIError, match=r"read.?only"):
                session.execute(delete(OutboxEvent))
            session.rollback()
        with database.writing() as session:
            session.add(event())
        assert count(database) == number


def test_rows_are_replaced_at_once_and_found_among_many(database: Database) -> None:
    rows = [{"id": new_id(), "topic": "t", "payload": "{}", "available_at": MOMENT, "attempts": 0} for _ in range(5)]
    with database.writing() as session:
        insert_rows(session, insert(session, OutboxEvent), rows)
        again = insert(session, OutboxEvent)
        again = again.on_conflict_do_update(index_elements=["id"], set_={"payload": again.excluded.payload})
        insert_rows(session, again, [{**row, "payload": 'Đ"\\'} for row in rows[:2]])
    ids = [row["id"] for row in rows]
    with database.reading() as session:
        for wanted in (ids[:3], ids[:1], [], [new_id()]):
            found = session.scalars(select(OutboxEvent.id).where(among(session, OutboxEvent.id, wanted)))
            assert set(found) == set(wanted) & set(ids)
        changed = session.scalars(select(OutboxEvent.id).where(OutboxEvent.payload == 'Đ"\\'))
        assert set(changed) == set(ids[:2])
