"""Which browsers are known, in both databases."""

from datetime import timedelta
from uuid import UUID

import pytest

from cloud.accounts import device_queries as queries
from cloud.accounts.rules import DEVICE_LIFETIME
from cloud.kit.db import Database
from tests.cloud.small_school import MORNING, SmallSchool, add_school


@pytest.fixture
def school(database: Database) -> SmallSchool:
    with database.writing() as session:
        return add_school(session)


def came_in(database: Database, token: str, user_id: UUID, *, before: str = "", days: int = 0, most: int = 20) -> None:
    now = MORNING + timedelta(days=days)
    with database.writing() as session:
        if before:
            queries.renew(session, before, token)
        queries.add(session, token, user_id, expires_at=now + DEVICE_LIFETIME, most=most)


def known(database: Database, token: str, *, days: int = 0) -> set[str]:
    now = MORNING + timedelta(days=days)
    with database.reading() as session:
        return {login for login in ("alice", "bob") if queries.knows(session, token, login, now)}


def test_a_browser_is_known_for_those_who_came_in_with_it_and_by_its_latest_token(
    database: Database, school: SmallSchool
) -> None:
    came_in(database, "first", school.alice.user_id)
    assert known(database, "first") == {"alice"}
    came_in(database, "second", school.bob.user_id, before="first")
    assert (known(database, "first"), known(database, "second")) == (set(), {"alice", "bob"})
    came_in(database, "third", school.alice.user_id, before="second")
    assert known(database, "third") == {"alice", "bob"}


def test_a_browser_is_known_for_a_year_after_the_last_log_in(database: Database, school: SmallSchool) -> None:
    came_in(database, "first", school.alice.user_id)
    came_in(database, "second", school.bob.user_id, before="first", days=100)
    assert known(database, "second", days=364) == {"alice", "bob"}
    assert known(database, "second", days=365) == {"bob"}
    came_in(database, "third", school.alice.user_id, before="second", days=400)
    assert known(database, "third", days=464) == {"alice", "bob"}
    assert known(database, "third", days=465) == {"alice"}


def test_of_one_user_the_latest_are_kept(database: Database, school: SmallSchool) -> None:
    came_in(database, "bob's", school.bob.user_id)
    for day in range(4):
        came_in(database, f"day {day}", school.alice.user_id, days=day, most=3)
    assert [known(database, f"day {day}") for day in range(4)] == [set(), {"alice"}, {"alice"}, {"alice"}]
    assert known(database, "bob's") == {"bob"}
