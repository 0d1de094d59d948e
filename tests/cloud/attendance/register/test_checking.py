"""The nightly check finds what was planted, mends what follows from the facts, and leaves the rest to a person."""

import json
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from cloud.accounts.tables import AuditEntry
from cloud.attendance.desk import Word, overrule
from cloud.attendance.register import check_queries, checking, entry_queries
from cloud.attendance.register.entries import Entry
from cloud.attendance.register.events import ABSENCES_ADD_UP
from cloud.attendance.register.facts import Permission, Policy, Presence, Reason, Rule, Status
from cloud.attendance.register.queries import set_policy
from cloud.attendance.register.tables import AttendanceMark, RegisterEntry
from cloud.attendance.tables import Presence as PresenceRow
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.school.calendar.facts import HalfDay
from edge.contract import Outcome
from tests.cloud.attendance.register.test_keeping import NIGHT, arrive, close, refresh, status, told
from tests.cloud.schoolhouse import MONDAY, YEAR, at
from tests.cloud.small_school import SmallSchool, sighting

MORNING = HalfDay.MORNING


def found(database: Database, school: SmallSchool) -> list[tuple[UUID, str, bool]]:
    with database.reading() as session:
        return [(one.student_id, one.kind, one.settled) for one in check_queries.findings(session, school.id, MONDAY)]


def test_what_somebody_patched_is_found_and_mended_with_its_history(database: Database, a_school: SmallSchool) -> None:
    arrive(database, sighting(1, a_school.minh, at=at("07:20")), now=at("07:21"))
    refresh(database, a_school, at("20:00"))
    with database.writing() as session:
        session.get_one(RegisterEntry, (a_school.lan, MONDAY, "morning")).presence = "present"
    assert close(database) == 1
    assert status(database, a_school).presence is Presence.ABSENT
    assert found(database, a_school) == [(a_school.lan, "differed", True)]
    assert close(database) == 0
    with database.reading() as session:
        assert [one.presence for one in entry_queries.history(session, a_school.lan, MONDAY)][-1] == "absent"
        assert "register.mended" in session.scalars(select(AuditEntry.action)).all()
        [check] = check_queries.checks(session, a_school.id, 5)
    assert (check.day, check.half_days, check.found) == (MONDAY, 4, 1)


def test_a_persons_word_that_was_lost_is_left_for_a_person(database: Database, a_school: SmallSchool) -> None:
    refresh(database, a_school, at("20:00"))
    with database.writing() as session:
        word = Word(a_school.lan, Presence.PRESENT, left_early_minutes=5)
        overrule(session, a_school.alice, MONDAY, MORNING, [word], reason="Có mặt", now=at("20:01"))
        session.execute(delete(AttendanceMark))
    assert close(database) == 1
    assert status(database, a_school).by_person
    assert found(database, a_school) == [(a_school.lan, "lost_word", False)]
    with database.writing() as session:
        [one] = check_queries.findings(session, a_school.id, MONDAY)
        assert one.id
        checking.settle(session, a_school.alice, a_school.id, one.id, NIGHT)
    assert found(database, a_school) == [(a_school.lan, "lost_word", True)]


def test_a_day_that_ended_in_doubt_waits_until_it_is_decided(database: Database, a_school: SmallSchool) -> None:
    doubtful = sighting(1, at=at("07:20"), outcome=Outcome.ASK, candidates=(str(a_school.lan),))
    arrive(database, doubtful, sighting(2, a_school.minh, at=at("07:20")), now=at("07:21"))
    refresh(database, a_school, at("20:00"))
    assert close(database) == 0
    assert {(who, kind) for who, kind, settled in found(database, a_school) if not settled} == {
        (a_school.lan, "in_doubt")
    }
    with database.writing() as session:
        for half in HalfDay:
            word = [Word(a_school.lan, Presence.PRESENT)]
            overrule(session, a_school.alice, MONDAY, half, word, reason="Có mặt", now=NIGHT)
    close(database)
    assert all(settled for _, _, settled in found(database, a_school))


def test_times_at_the_gate_that_somebody_patched_are_mended(database: Database, a_school: SmallSchool) -> None:
    arrive(database, sighting(1, a_school.lan, at=at("07:20")), now=at("07:21"))
    with database.writing() as session:
        session.get_one(PresenceRow, (a_school.lan, MONDAY)).first_in_at = at("06:00")
    close(database)
    with database.reading() as session:
        assert session.get_one(PresenceRow, (a_school.lan, MONDAY)).first_in_at == at("07:20")
    assert (a_school.lan, "day_differed", True) in found(database, a_school)


def absent(database: Database, school: SmallSchool, days: int, first: date) -> None:
    """Both half-days of so many days in a row: each day counts once."""
    reasons = (Reason(Rule.NOT_SEEN, ()),)
    gone = Status(Presence.ABSENT, reasons, permission=Permission.PERMITTED)
    with database.writing() as session:
        for number in range(days):
            entries = [Entry(school.lan, school.class_id, half, gone) for half in HalfDay]
            entry_queries.write(session, school.id, first + timedelta(days=number), entries, by=None, now=at("20:00"))


def test_absences_that_add_up_are_told_once_at_each_figure(database: Database, a_school: SmallSchool) -> None:
    absent(database, a_school, 34, YEAR.first)
    with database.writing() as session:
        set_policy(session, a_school.id, Policy(warn_at=(35, 40)))
    arrive(database, sighting(1, a_school.lan, at=at("07:20")), now=at("07:21"))
    for _ in range(2):
        close(database)
    assert told(database, ABSENCES_ADD_UP) == []
    absent(database, a_school, 1, YEAR.first + timedelta(days=40))
    for _ in range(2):
        close(database)
    [event] = told(database, ABSENCES_ADD_UP)
    assert (event["student_id"], event["days"], event["limit"]) == (str(a_school.lan), 35, 45)
    absent(database, a_school, 6, YEAR.first + timedelta(days=41))
    close(database)
    with database.reading() as session:
        payloads = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == ABSENCES_ADD_UP)).all()
    assert sorted(json.loads(one)["days"] for one in payloads) == [35, 41]
