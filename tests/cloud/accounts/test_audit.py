"""The log of changes: a chain of its own for each school, which neither a fault nor a hand changes unnoticed."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cloud.accounts import audit_queries as audit
from cloud.accounts.audit_chain import BEGINNING
from cloud.biometrics import guards
from cloud.kit.db import Database
from tests.cloud.small_school import MORNING, SmallSchool, small_school


def note(database: Database, school: SmallSchool, count: int = 3) -> None:
    for number in range(count):
        with database.writing() as session:
            audit.note(
                session, school.id, school.alice.user_id, "role.taken", number, {"role": "guard"},
                now=MORNING + timedelta(microseconds=number),
            )  # fmt: skip


def test_entries_follow_each_other_and_name_who_did_it(database: Database) -> None:
    school = small_school(database)
    note(database, school)
    with database.reading() as session:
        entries = audit.entries(session, school.id)
        assert [(one.number, one.subject, one.actor) for one in entries] == [
            (3, "2", "alice"), (2, "1", "alice"), (1, "0", "alice"),
        ]  # fmt: skip
        assert [one.previous for one in entries] == [entries[1].digest, entries[2].digest, BEGINNING]
        assert audit.first_broken(session, school.id) is None


def test_the_database_refuses_to_change_or_remove_an_entry(database: Database) -> None:
    school = small_school(database)
    note(database, school)
    for statement in ("UPDATE audit_entry SET subject = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
            session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_entry SET subject = 'x' WHERE number = 2", 2),
        ("UPDATE audit_entry SET digest = previous WHERE number = 1", 1),
        ("DELETE FROM audit_entry WHERE number = 2", 2),
        ("DELETE FROM audit_entry WHERE number = 3", 3),
        ("DELETE FROM audit_entry", 1),
    ],
)
def test_whoever_goes_around_the_database_is_seen(database: Database, statement: str, broken: int) -> None:
    school = small_school(database)
    note(database, school)
    with database.engine.begin() as connection:
        guards.take_down(connection)
        connection.execute(text(statement))
        guards.put_up(connection)
    with database.reading() as session:
        assert audit.first_broken(session, school.id) == broken


def test_what_is_undone_is_not_noted(database: Database) -> None:
    school = small_school(database)

    def undone() -> None:
        with database.writing() as session:
            audit.note(session, school.id, None, "something", now=MORNING)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    with database.reading() as session:
        assert audit.entries(session, school.id) == []


def test_two_at_once_stand_one_after_the_other(database: Database) -> None:
    school = small_school(database)
    hands = [threading.Thread(target=note, args=(database, school, 5)) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    with database.reading() as session:
        assert len(audit.entries(session, school.id)) == 20
        assert audit.first_broken(session, school.id) is None
