"""Portions on top of a locked count, on both databases: everybody who is here once, and nobody twice."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.attendance import schedule
from cloud.attendance.desk import Word, overrule
from cloud.attendance.meals import counting, queries, sheet_queries, supplement_queries, supplementing
from cloud.attendance.meals.events import MEALS_LOCKED, MEALS_SUPPLEMENTED
from cloud.attendance.meals.queries import Policy, Registered
from cloud.attendance.meals.rules import Portions
from cloud.attendance.register.facts import Presence
from cloud.devices.tables import UnitWatch
from cloud.kit.db import Database
from cloud.kit.errors import Conflict
from cloud.kit.outbox import OutboxEvent
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay
from tests.cloud.schoolhouse import MONDAY, YEAR, at
from tests.cloud.small_school import SmallSchool, add_pupils

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def locked(database: Database, a_school: SmallSchool) -> SmallSchool:
    """Lan, Minh and five more eat here; no unit watched and no roll was called, so all are in doubt at 08:00."""
    with database.writing() as session:
        session.delete(session.scalars(select(UnitWatch)).one())
        add_pupils(session, a_school, 5)
        queries.set_policy(session, a_school.id, Policy(time(8), "bep@example.vn"))
        for one in session.scalars(select(Student.id).where(Student.school_id == a_school.id)):
            queries.register(session, Registered(one, YEAR.first, None))
        queries.register(session, Registered(a_school.minh, YEAR.first, None, diet="ăn chay"))
        assert counting.lock_when_due(session, a_school.id, at("08:01")) == (Portions(a_school.class_id, 0, 7),)
        sheet_queries.mark_sent(session, sheet_queries.claim_due(session, at("08:01"))[0], at("08:01"))
    return a_school


def call_the_roll(
    database: Database, school: SmallSchool, present: Iterable[UUID], absent: Iterable[UUID] = (), clock: str = "08:20"
) -> None:
    words = [Word(one, Presence.PRESENT) for one in present] + [Word(one, Presence.ABSENT) for one in absent]
    with database.writing() as session:
        overrule(session, school.alice, MONDAY, HalfDay.MORNING, words, reason="Điểm danh", now=at(clock))


def waiting(database: Database, school: SmallSchool) -> set[UUID]:
    with database.reading() as session:
        return {one.student_id for one in supplementing.confirmed_since(session, school.id, MONDAY)}


def supplement(database: Database, school: SmallSchool, clock: str, on: date = MONDAY) -> int:
    with database.writing() as session:
        by = school.alice.user_id
        assert by
        return supplementing.supplement(session, school.id, MONDAY, by=by, now=at(clock, on))


def test_who_is_confirmed_after_the_cut_off_is_added_once_and_the_lock_stays(
    database: Database, locked: SmallSchool
) -> None:
    assert waiting(database, locked) == set()
    call_the_roll(database, locked, [locked.lan, locked.minh])
    assert waiting(database, locked) == {locked.lan, locked.minh}
    assert supplement(database, locked, "08:30") == 2
    with pytest.raises(Conflict):
        supplement(database, locked, "08:31")
    others = others_than(database, locked)
    call_the_roll(database, locked, others[:3], absent=others[3:], clock="08:40")
    assert supplement(database, locked, "08:45") == 3
    with database.reading() as session:
        first, second = supplement_queries.supplements(session, locked.id, MONDAY)
        [count] = sheet_queries.counts(session, locked.id, MONDAY)
        eaten = sheet_queries.eaten(session, locked.id, MONDAY, MONDAY)
        assert sheet_queries.eaten_days(session, locked.lan, MONDAY, MONDAY) == {MONDAY}
        assert sheet_queries.diet_lines(session, locked.id, MONDAY) == (), "those of the locked count"
        assert supplement_queries.in_doubt(session, locked.id, MONDAY) == {}, "two were called absent"
        [due] = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == MEALS_LOCKED))
    assert (first.number, first.portions, first.at, first.by_class) == (1, 2, at("08:30"), "1A: 2")
    assert [(line.diet, line.portions) for line in first.lines] == [("", 1), ("ăn chay", 1)]
    assert (second.number, second.portions, second.at) == (2, 3, at("08:45"))
    assert count == Portions(locked.class_id, 0, 7)
    assert eaten == dict.fromkeys([locked.lan, locked.minh, *others[:3]], 1)
    assert json.loads(due)["classes"][0]["portions"] == 0


def others_than(database: Database, school: SmallSchool) -> list[UUID]:
    with database.reading() as session:
        ids = session.scalars(select(Student.id).where(Student.school_id == school.id).order_by(Student.id))
        return [one for one in ids if one not in (school.lan, school.minh)]


def test_fees_and_the_kitchen_are_told_of_each_supplement(database: Database, locked: SmallSchool) -> None:
    call_the_roll(database, locked, [locked.lan])
    supplement(database, locked, "08:30")
    with database.writing() as session:
        [payload] = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == MEALS_SUPPLEMENTED))
        [due] = sheet_queries.claim_due(session, at("08:30"))
    told = json.loads(payload)
    assert (told["number"], told["day"]) == (1, str(MONDAY))
    assert told["classes"] == [{"class_id": str(locked.class_id), "portions": 1}]
    assert due.email == "bep@example.vn"
    assert MEALS_SUPPLEMENTED in schedule.HEARD_BY_NOBODY


def test_who_is_not_registered_is_no_portion(database: Database, locked: SmallSchool) -> None:
    gone, *_ = others_than(database, locked)
    with database.writing() as session:
        queries.take_out(session, gone, YEAR.first)
    call_the_roll(database, locked, [locked.minh, gone])
    assert waiting(database, locked) == {locked.minh}


def test_who_was_absent_at_the_cut_off_and_came_late_eats_too(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        queries.set_policy(session, a_school.id, Policy(time(8)))
        for one in (a_school.lan, a_school.minh):
            queries.register(session, Registered(one, YEAR.first, None))
    call_the_roll(database, a_school, [a_school.lan], absent=[a_school.minh], clock="07:50")
    with database.writing() as session:
        assert counting.lock_when_due(session, a_school.id, at("08:01")) == (Portions(a_school.class_id, 1, 0),)
    call_the_roll(database, a_school, [a_school.minh], clock="08:25")
    assert supplement(database, a_school, "08:30") == 1
    with database.reading() as session:
        eaten = sheet_queries.eaten(session, a_school.id, MONDAY, MONDAY)
    assert eaten == {a_school.lan: 1, a_school.minh: 1}


def test_only_the_day_itself_is_added_to_and_only_once_it_is_locked(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        queries.set_policy(session, a_school.id, Policy(time(8)))
        queries.register(session, Registered(a_school.lan, YEAR.first, None))
    call_the_roll(database, a_school, [a_school.lan], clock="07:40")
    with pytest.raises(Conflict):
        supplement(database, a_school, "07:50")
    with database.writing() as session:
        counting.lock_when_due(session, a_school.id, at("08:00"))
    assert waiting(database, a_school) == set(), "who was counted at the cut-off is in it"
    with pytest.raises(Conflict):
        supplement(database, a_school, "08:00", TUESDAY)


def test_the_kitchen_confirms_what_it_was_shown(database: Database, locked: SmallSchool) -> None:
    call_the_roll(database, locked, [locked.lan])
    supplement(database, locked, "08:30")
    call_the_roll(database, locked, [locked.minh], clock="08:35")
    supplement(database, locked, "08:40")
    with database.writing() as session:
        supplementing.receive(session, locked.id, MONDAY, 1, None, at("08:41"))
        got = [one.received_at for one in supplement_queries.supplements(session, locked.id, MONDAY)]
    assert got == [at("08:41"), None]


def test_two_who_tap_at_once_add_nobody_twice(database: Database, locked: SmallSchool) -> None:
    call_the_roll(database, locked, [locked.lan, locked.minh])

    def tap(_: int) -> int:
        try:
            return supplement(database, locked, "08:30")
        except Conflict:
            return 0

    with ThreadPoolExecutor(4) as hands:
        assert sorted(hands.map(tap, range(4))) == [0, 0, 0, 2]
