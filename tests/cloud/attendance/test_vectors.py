"""The rules' vectors as a school lives them, through ingest, desk and schedule, on both databases. Alone, without a
database, they are in register/test_rules.py and meals/test_rules.py."""

import json
from contextlib import closing
from datetime import datetime, time
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.attendance import schedule
from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.ingest import ingest
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.meals import counting, queries
from cloud.attendance.meals.events import MEAL_EXCUSED
from cloud.attendance.meals.queries import Policy, Registered
from cloud.attendance.meals.rules import Portions
from cloud.attendance.reading import Delivery
from cloud.attendance.register import entry_queries
from cloud.attendance.register.counting import count
from cloud.attendance.register.facts import Permission, Presence, Status
from cloud.attendance.tables import Observation
from cloud.biometrics.consent import Said, record
from cloud.biometrics.keyring import open_keyring
from cloud.biometrics.queries.templates import template_count
from cloud.biometrics.rules import Answer, How, Party
from cloud.biometrics.templates import View, enrol
from cloud.kit.db import Database
from cloud.kit.errors import Conflict
from cloud.kit.outbox import OutboxEvent
from cloud.people.tables import Guardianship
from cloud.school.calendar.facts import HalfDay
from edge.contract import Sighting
from tests.cloud.schoolhouse import MONDAY, SATURDAY, YEAR, at
from tests.cloud.small_school import WINDOW, SmallSchool, batch, sighting

MORNING = HalfDay.MORNING
A_FACE = View("m", 0.9, bytes(256))


def report(database: Database, *sightings: Sighting, now: datetime, device: str = "gate-1") -> None:
    ingest(database, [Delivery(device, batch(*sightings, device=device))], clock=lambda: now, window=WINDOW)


def says(database: Database, student_id: UUID) -> Status:
    with database.reading() as session:
        return entry_queries.entries_of(session, [student_id], MONDAY)[student_id, MORNING].status


def test_0731_is_present_0736_is_six_minutes_late_and_two_units_or_ten_copies_change_neither(
    database: Database, a_school: SmallSchool
) -> None:
    for _ in range(10):
        report(database, sighting(1, a_school.lan, at=at("07:31")), now=at("07:37"))
    report(database, sighting(2, a_school.minh, at=at("07:36")), now=at("07:37"))
    report(database, sighting(1, a_school.lan, at=at("07:31:20")), now=at("07:38"), device="gate-2")
    report(database, sighting(9, a_school.lan, at=at("09:00", SATURDAY)), now=at("09:01", SATURDAY))
    schedule.refresh(database, a_school.id, at("08:00"))
    schedule.refresh(database, a_school.id, at("10:00", SATURDAY))
    lan, minh = says(database, a_school.lan), says(database, a_school.minh)
    assert (lan.presence, lan.late_minutes, lan.permission) == (Presence.PRESENT, 0, None)
    assert (minh.presence, minh.late_minutes) == (Presence.PRESENT, 6)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Observation)) == 4
        assert entry_queries.entries_of(session, [a_school.lan, a_school.minh], SATURDAY) == {}


def test_notice_at_0805_is_p_and_the_meal_of_that_day_is_neither_cooked_nor_refunded(
    database: Database, a_school: SmallSchool
) -> None:
    with database.writing() as session:
        queries.set_policy(session, a_school.id, Policy(time(8)))
        for student_id in (a_school.lan, a_school.minh):
            queries.register(session, Registered(student_id, YEAR.first, None))
    report(database, sighting(1, a_school.minh, at=at("07:20")), now=at("07:21"))
    with database.writing() as session:
        today = Stretch(MONDAY, MORNING, MONDAY, HalfDay.AFTERNOON)
        request = ask_for_leave(session, a_school.bob, a_school.lan, today, "Sốt", at("08:05"))
        locked = counting.lock_when_due(session, a_school.id, at("08:30"))
        decide_on_leave(session, a_school.alice, request.id, ClaimState.APPROVED, now=at("09:00"))
    schedule.refresh(database, a_school.id, at("20:00"))
    with database.writing() as session:
        counting.settle(session, a_school.id, MONDAY, at("20:01"))
    assert locked == (Portions(a_school.class_id, 1, 0),)
    assert (says(database, a_school.lan).presence, says(database, a_school.lan).permission) == (
        Presence.ABSENT,
        Permission.PERMITTED,
    )
    with database.reading() as session:
        events = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == MEAL_EXCUSED)).all()
        assert count(entry_queries.absences_of(session, a_school.lan, YEAR)).days == 1
    told = [json.loads(one) for one in events]
    assert [(one["student_id"], one["before_cut_off"]) for one in told] == [(str(a_school.lan), False)]


def test_a_child_without_consent_is_marked_all_the_same_and_a_withdrawal_leaves_every_row(
    database: Database, a_school: SmallSchool, tmp_path: Path
) -> None:
    with closing(open_keyring(f"sqlite:///{tmp_path}/keys.sqlite3", "a secret of thirty-two characters")) as keyring:
        with database.writing() as session, pytest.raises(Conflict, match="not_asked"):
            enrol(session, keyring, a_school.lan, [A_FACE], made_by=a_school.alice.user_id, now=at("07:00"))
        with database.writing() as session:
            word = Word(a_school.lan, Presence.PRESENT)
            overrule(session, a_school.alice, MONDAY, MORNING, [word], reason="Thấy trong lớp", now=at("07:50"))
        assert says(database, a_school.lan).presence is Presence.PRESENT
        with database.writing() as session:
            answer(session, a_school, Answer.GRANTED)
            enrol(session, keyring, a_school.lan, [A_FACE], made_by=a_school.alice.user_id, now=at("08:00"))
            assert template_count(session, a_school.lan) == 1
        report(database, sighting(1, a_school.lan, at=at("07:20")), now=at("08:10"))
        with database.writing() as session:
            answer(session, a_school, Answer.WITHDRAWN)
    schedule.refresh(database, a_school.id, at("20:00"))
    assert says(database, a_school.lan).presence is Presence.PRESENT
    with database.reading() as session:
        assert template_count(session, a_school.lan) == 0
        seen = select(func.count()).select_from(Observation).where(Observation.student_id == a_school.lan)
        assert session.scalar(seen) == 1


def answer(session: Session, school: SmallSchool, said: Answer) -> None:
    """Of Lan's father, and her own, as nobody knows how old she is."""
    guardian = session.scalars(select(Guardianship.guardian_id).where(Guardianship.student_id == school.lan)).one()
    for party, guardian_id in ((Party.GUARDIAN, guardian), (Party.CHILD, None)):
        one = Said(
            student_id=school.lan, party=party, guardian_id=guardian_id, answer=said, how=How.IN_PERSON,
            wording_version=1, wording_language="vi", decided_at=at("07:55"), scan_id=None,
        )  # fmt: skip
        record(session, one, recorded_by=school.alice.user_id, now=at("07:55"))
