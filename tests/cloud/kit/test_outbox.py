"""What happened is handed on once, whoever is killed, whatever fails."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.school.tables import School
from tests.cloud.small_school import MORNING


class Named(BaseModel):
    name: str


def put(database: Database, *names: str) -> None:
    with database.writing() as session:
        for name in names:
            outbox.put(session, "t", Named(name=name), now=MORNING)


def found_school(session: Session, payload: str) -> None:
    """A handler: what it writes tells how often it has run."""
    name = Named.model_validate_json(payload).name
    session.add(School(name=name, level="primary", slug=name))


def schools(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(School.name)))


def dispatch(
    database: Database, at: datetime = MORNING, handle_one: Callable[[Session, str], None] = found_school
) -> int:
    return outbox.dispatch(database, {"t": outbox.each(handle_one)}, lambda: at)


def test_an_event_is_handled_once(database: Database) -> None:
    put(database, "a", "b")
    assert [dispatch(database) for _ in range(3)] == [2, 0, 0]
    assert schools(database) == ["a", "b"]


def test_an_event_of_a_transaction_that_failed_never_was(database: Database) -> None:
    with database.writing() as session:
        outbox.put(session, "t", Named(name="a"), now=MORNING)
        session.rollback()
    assert dispatch(database) == 0


def test_what_was_claimed_by_a_worker_that_died_comes_back_after_the_lease(database: Database) -> None:
    put(database, "a")
    with database.writing() as session:
        assert len(outbox.claim(session, now=MORNING)) == 1
    assert dispatch(database) == 0
    assert dispatch(database, MORNING + outbox.LEASE) == 1
    assert schools(database) == ["a"]


def test_a_worker_whose_lease_ran_out_cannot_handle_what_another_has_claimed(database: Database) -> None:
    put(database, "a")
    with database.writing() as session:
        late = outbox.claim(session, now=MORNING)
    with database.writing() as session:
        current = outbox.claim(session, now=MORNING + outbox.LEASE)
    for events in (late, current, current, late):
        outbox.handle(database, events, {"t": outbox.each(found_school)}, MORNING)
    assert schools(database) == ["a"]


def test_events_of_one_topic_come_together_and_none_overtakes_another_topic(database: Database) -> None:
    with database.writing() as session:
        for topic, name in (("t", "a"), ("t", "b"), ("u", "c"), ("t", "d")):
            outbox.put(session, topic, Named(name=name), now=MORNING)
    came: list[tuple[str, list[str]]] = []

    def hears(topic: str) -> outbox.Handler:
        def handler(_: Session, payloads: Sequence[str]) -> None:
            came.append((topic, [Named.model_validate_json(payload).name for payload in payloads]))

        return handler

    outbox.dispatch(database, {"t": hears("t"), "u": hears("u")}, lambda: MORNING)
    assert came == [("t", ["a", "b"]), ("u", ["c"]), ("t", ["d"])]


def test_a_failure_undoes_its_own_writes_keeps_its_neighbours_and_is_tried_again(database: Database) -> None:
    put(database, "a", "bad", "c")

    def fail_for_bad(session: Session, payload: str) -> None:
        found_school(session, payload)
        session.flush()
        if "bad" in payload:
            raise RuntimeError("not today")

    assert dispatch(database, handle_one=fail_for_bad) == 3
    assert schools(database) == ["a", "c"]
    with database.reading() as session:
        failed = session.scalars(select(OutboxEvent).where(OutboxEvent.done_at.is_(None))).one()
    assert failed.failure == "RuntimeError: not today"
    assert dispatch(database) == 0
    assert dispatch(database, MORNING + timedelta(seconds=2)) == 1
    assert schools(database) == ["a", "bad", "c"]


def test_a_topic_that_nobody_handles_waits_and_says_so(database: Database) -> None:
    put(database, "a")
    outbox.dispatch(database, {}, lambda: MORNING)
    with database.reading() as session:
        assert session.scalars(select(OutboxEvent.failure)).one() == "no handler for t"


def test_what_was_handled_long_ago_is_forgotten_and_what_waits_is_not(database: Database) -> None:
    put(database, "a")
    dispatch(database)
    put(database, "b")
    kept = []
    for moment in (MORNING + outbox.KEPT, MORNING + outbox.KEPT + timedelta(seconds=1)):
        outbox.sweep(database, lambda moment=moment: moment)
        with database.reading() as session:
            kept.append(sorted(session.scalars(select(OutboxEvent.payload))))
    assert kept == [['{"name":"a"}', '{"name":"b"}'], ['{"name":"b"}']]


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (5, 16), (13, 3600), (400, 3600)])
def test_waits_grow_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert outbox.retry_after(attempts) == timedelta(seconds=seconds)


def test_workers_share_the_work_and_do_none_of_it_twice(database: Database) -> None:
    put(database, *(f"s{n:03}" for n in range(60)))
    claimed: list[UUID] = []

    def work() -> None:
        while True:
            with database.writing() as session:
                events = outbox.claim(session, now=MORNING, limit=7)
            if not events:
                return
            claimed.extend(event.id for event in events)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(claimed), len(set(claimed))) == (60, 60)
