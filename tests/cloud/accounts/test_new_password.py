"""A code for a new password, in both databases: single use, short-lived, one at a time."""

from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError, Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.accounts import history_queries, new_password, queries
from cloud.accounts.codes import new_code
from cloud.accounts.history import Change
from cloud.accounts.new_password import LIFE
from cloud.accounts.tables import PendingStep, User
from cloud.kit.db import Database
from cloud.kit.errors import NotFound
from tests.cloud.small_school import MORNING, add_school


@pytest.fixture
def bob(database: Database) -> UUID:
    with database.writing() as session:
        return add_school(session).bob.user_id


def make(database: Database, user_id: UUID, now: datetime = MORNING) -> str:
    with database.writing() as session:
        return new_password.make_code(session, user_id, by_id=None, by_name="alice", school_id=None, now=now)


def works(database: Database, code: str, now: datetime = MORNING) -> bool:
    with database.reading() as session:
        return new_password.owner_of(session, code, now) is not None


def test_a_code_lives_a_week_and_an_older_one_dies_with_a_newer(database: Database, bob: UUID) -> None:
    first = make(database, bob)
    assert works(database, first.lower(), MORNING + LIFE - timedelta(seconds=1))
    assert not works(database, first, MORNING + LIFE)
    second = make(database, bob)
    assert [works(database, first), works(database, second)] == [False, True]
    with database.reading() as session:
        assert second not in session.scalars(select(PendingStep.token_hash)).all()
        told = history_queries.recent(session, bob)
        assert {(one.what, one.by_name, one.read_at) for one in told} == {(Change.PASSWORD_CODE, "alice", None)}


def test_of_two_at_the_same_moment_one_chooses(database: Database, bob: UUID) -> None:
    code, chosen = make(database, bob), []

    def try_it(number: int) -> None:
        with database.writing() as session:
            try:
                new_password.choose(session, code, f"hash {number}", MORNING)
            except NotFound:
                return
        chosen.append(number)

    threads = [Thread(target=try_it, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [number] = chosen
    with database.reading() as session:
        assert queries.user(session, bob).password_hash == f"hash {number}"


def test_of_two_who_make_one_at_the_same_moment_one_code_holds(
    database: Database, bob: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, codes = Barrier(2), []

    def new_code_of_both() -> str:
        with suppress(BrokenBarrierError):
            both.wait(0.3)
        return new_code()

    monkeypatch.setattr(new_password, "new_code", new_code_of_both)
    threads = [Thread(target=lambda: codes.append(make(database, bob))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [works(database, code) for code in codes].count(True) == 1


def test_a_closed_account_is_opened_by_no_code(database: Database, bob: UUID) -> None:
    code = make(database, bob)
    with database.writing() as session:
        session.get_one(User, bob).disabled_at = MORNING
    assert not works(database, code)
    with pytest.raises(NotFound):
        make(database, bob)
