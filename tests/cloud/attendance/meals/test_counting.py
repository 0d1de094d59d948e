"""Locked portions and excused days, on both databases."""

import json
from datetime import datetime, time

import pytest
from sqlalchemy import select

from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.ingest import ingest
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.meals import counting, queries
from cloud.attendance.meals.events import MEAL_EXCUSE_REVOKED, MEAL_EXCUSED, MEALS_LOCKED
from cloud.attendance.meals.queries import Policy, Registered
from cloud.attendance.meals.rules import Portions
from cloud.attendance.reading import Delivery
from cloud.attendance.register.facts import Presence
from cloud.devices.tables import UnitWatch
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay
from tests.cloud.schoolhouse import MONDAY, SATURDAY, YEAR, at
from tests.cloud.small_school import WINDOW, SmallSchool, add_pupils, batch, sighting

TODAY = Stretch(MONDAY, HalfDay.MORNING, MONDAY, HalfDay.AFTERNOON)


@pytest.fixture
def kitchen(database: Database, a_school: SmallSchool) -> SmallSchool:
    """Lan and Minh eat at school; the cut-off is 08:00."""
    with database.writing() as session:
        queries.set_policy(session, a_school.id, Policy(time(8)))
        queries.register(session, Registered(a_school.lan, YEAR.first, None))
        queries.register(session, Registered(a_school.minh, YEAR.first, YEAR.last))
    return a_school


def lock(database: Database, school: SmallSchool, now: datetime) -> tuple[Portions, ...]:
    with database.writing() as session:
        return counting.lock_when_due(session, school.id, now)


def arrive(database: Database, student_id, clock: str, seq: int) -> None:
    ingest(
        database,
        [Delivery("gate-1", batch(sighting(seq, student_id, at=at(clock))))],
        clock=lambda: at(clock),
        window=WINDOW,
    )


def told(database: Database, topic: str) -> list[dict]:
    with database.reading() as session:
        return [
            json.loads(row) for row in session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == topic))
        ]


def test_portions_are_locked_once_at_the_cut_off_with_who_had_come_by_then(
    database: Database, kitchen: SmallSchool
) -> None:
    arrive(database, kitchen.lan, "07:20", 1)
    assert lock(database, kitchen, at("07:59")) == ()
    arrive(database, kitchen.minh, "08:20", 2)
    assert lock(database, kitchen, at("08:30")) == (Portions(kitchen.class_id, 1, 0),)
    assert lock(database, kitchen, at("08:31")) == ()
    [event] = told(database, MEALS_LOCKED)
    assert event["classes"] == [{"class_id": str(kitchen.class_id), "portions": 1, "in_doubt": 0}]


def test_no_school_or_no_meals_means_no_count(database: Database, kitchen: SmallSchool) -> None:
    assert lock(database, kitchen, at("09:00", SATURDAY)) == ()
    assert told(database, MEALS_LOCKED) == []


def test_an_excused_day_is_told_to_fees_and_taken_back_when_the_request_is(
    database: Database, kitchen: SmallSchool
) -> None:
    with database.writing() as session:
        request = ask_for_leave(session, kitchen.bob, kitchen.lan, TODAY, "Sốt", at("08:05"))
        decide_on_leave(session, kitchen.alice, request.id, ClaimState.APPROVED, now=at("08:30"))
        counting.settle(session, kitchen.id, MONDAY, at("20:00"))
    [event] = told(database, MEAL_EXCUSED)
    assert (event["student_id"], event["before_cut_off"]) == (str(kitchen.lan), False)
    with database.writing() as session:
        decide_on_leave(session, kitchen.bob, request.id, ClaimState.WITHDRAWN, now=at("21:00"))
    [revoked] = told(database, MEAL_EXCUSE_REVOKED)
    assert revoked["student_id"] == str(kitchen.lan)


def test_where_no_unit_watched_a_pupil_who_was_not_seen_is_in_doubt_and_no_portion_less(
    database: Database, kitchen: SmallSchool
) -> None:
    with database.writing() as session:
        session.delete(session.scalars(select(UnitWatch)).one())
    arrive(database, kitchen.lan, "07:20", 1)
    assert lock(database, kitchen, at("08:01")) == (Portions(kitchen.class_id, 1, 1),)


def test_where_units_missed_too_many_they_are_in_doubt_until_a_person_has_said_so(
    database: Database, kitchen: SmallSchool
) -> None:
    with database.writing() as session:
        add_pupils(session, kitchen, 5)
        for one in session.scalars(select(Student.id).where(Student.code.like("N%"))):
            queries.register(session, Registered(one, YEAR.first, None))
    arrive(database, kitchen.lan, "07:20", 1)
    with database.writing() as session:
        word = Word(kitchen.minh, Presence.ABSENT)
        overrule(session, kitchen.alice, MONDAY, HalfDay.MORNING, [word], reason="Điểm danh", now=at("07:55"))
    assert lock(database, kitchen, at("08:01")) == (Portions(kitchen.class_id, 1, 5),)
