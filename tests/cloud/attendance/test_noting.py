"""Leave that a family phones in and staff write down counts as an approved request does, on both databases."""

import json
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from cloud.accounts.access import Actor, Grant, Role
from cloud.accounts.audit_queries import entries
from cloud.attendance import schedule
from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.events import LEAVE_ASKED, LEAVE_DECIDED
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.queries import Request
from cloud.attendance.meals import counting, queries
from cloud.attendance.meals.events import MEAL_EXCUSE_REVOKED, MEAL_EXCUSED
from cloud.attendance.meals.queries import Policy, Registered
from cloud.attendance.noting import note_leave
from cloud.attendance.register import entry_queries, keeping
from cloud.attendance.register.counting import count
from cloud.attendance.register.facts import Permission, Presence
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from cloud.kit.outbox import OutboxEvent
from cloud.people.tables import Guardian, Guardianship
from cloud.school.calendar.facts import HalfDay
from tests.cloud.schoolhouse import MONDAY, SATURDAY, YEAR, at
from tests.cloud.small_school import SmallSchool

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
TUESDAY = MONDAY + timedelta(days=1)
SUNDAY_EVENING = at("19:30", MONDAY - timedelta(days=1))
THREE_DAYS = Stretch(MONDAY, MORNING, MONDAY + timedelta(days=2), AFTERNOON)
TODAY = Stretch(MONDAY, MORNING, MONDAY, AFTERNOON)


def note(
    database: Database,
    school: SmallSchool,
    stretch: Stretch = THREE_DAYS,
    *,
    told_at: datetime = SUNDAY_EVENING,
    now: datetime = SUNDAY_EVENING,
    actor: Actor | None = None,
) -> Request:
    with database.writing() as session:
        return note_leave(
            session, actor or school.alice, school.lan, stretch, "Sốt", told_by="Mẹ em Lan", told_at=told_at, now=now
        )


def told(database: Database, topic: str) -> list[dict]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == topic).order_by(OutboxEvent.id))
        return [json.loads(row) for row in rows]


def test_whom_a_parent_excused_on_sunday_is_p_on_each_day_and_alarms_nobody(
    database: Database, a_school: SmallSchool
) -> None:
    request = note(database, a_school)
    for day in (MONDAY, TUESDAY):
        schedule.refresh(database, a_school.id, at("07:50", day))
        with database.writing() as session:
            assert keeping.tell_absences(session, a_school.id, at("08:00", day)) == 1, "of Minh alone"
        schedule.refresh(database, a_school.id, at("20:00", day))
    with database.reading() as session:
        entry = entry_queries.entries_of(session, [a_school.lan], TUESDAY)[a_school.lan, AFTERNOON]
        assert count(entry_queries.absences_of(session, a_school.lan, YEAR)).days == 2
        [step] = leave.history(session, request.id)
        logged = [(one.action, one.details) for one in entries(session, a_school.id)]
    assert (entry.status.presence, entry.status.permission) == (Presence.ABSENT, Permission.PERMITTED)
    assert (step.state, step.by, step.at) == (ClaimState.APPROVED, a_school.alice.user_id, SUNDAY_EVENING)
    assert logged == [("leave.noted", {"from": "2026-11-16", "until": "2026-11-18"})]
    [event] = told(database, LEAVE_DECIDED)
    assert (event["after"], event["is_note"], told(database, LEAVE_ASKED)) == ("approved", True, [])


def test_a_k_of_the_roll_becomes_p_by_leave_that_is_approved_afterwards_and_a_later_word_outranks_both(
    database: Database, a_school: SmallSchool
) -> None:
    def morning() -> Permission | None:
        with database.reading() as session:
            return entry_queries.entries_of(session, [a_school.lan], MONDAY)[a_school.lan, MORNING].status.permission

    def call(now: datetime) -> None:
        word = Word(a_school.lan, Presence.ABSENT, permission=Permission.NOT_PERMITTED)
        with database.writing() as session:
            overrule(session, a_school.alice, MONDAY, MORNING, [word], reason="Điểm danh", now=now)

    call(at("07:40"))
    assert morning() is Permission.NOT_PERMITTED
    with database.writing() as session:
        request = ask_for_leave(session, a_school.bob, a_school.lan, TODAY, "Sốt", at("08:00"))
    assert morning() is Permission.NOT_PERMITTED
    with database.writing() as session:
        decide_on_leave(session, a_school.alice, request.id, ClaimState.APPROVED, now=at("09:00"))
    assert morning() is Permission.PERMITTED
    with database.reading() as session:
        assert count(entry_queries.absences_of(session, a_school.lan, YEAR)).days == 1
    call(at("09:30"))
    assert morning() is Permission.NOT_PERMITTED


@pytest.mark.parametrize(("told_at", "before"), [("07:55", True), ("08:05", False)])
def test_a_meal_is_excused_by_when_the_family_told_whenever_that_is_written_down(
    database: Database, a_school: SmallSchool, told_at: str, before: bool
) -> None:
    with database.writing() as session:
        queries.set_policy(session, a_school.id, Policy(time(8)))
        queries.register(session, Registered(a_school.lan, YEAR.first, None))
    request = note(database, a_school, TODAY, told_at=at(told_at), now=at("09:30"))
    with database.writing() as session:
        counting.settle(session, a_school.id, MONDAY, at("20:00"))
    [event] = told(database, MEAL_EXCUSED)
    assert (event["student_id"], event["before_cut_off"]) == (str(a_school.lan), before)
    with database.writing() as session:
        decide_on_leave(session, a_school.alice, request.id, ClaimState.WITHDRAWN, note="Em đã đến", now=at("10:00"))
    assert [one["student_id"] for one in told(database, MEAL_EXCUSE_REVOKED)] == [str(a_school.lan)]


def test_what_was_written_down_wrongly_is_taken_back_with_its_reason_and_the_family_hears_it(
    database: Database, a_school: SmallSchool
) -> None:
    request = note(database, a_school, TODAY, told_at=at("07:00"), now=at("07:00"))
    schedule.refresh(database, a_school.id, at("08:00"))
    with pytest.raises(Invalid, match="say why"), database.writing() as session:
        decide_on_leave(session, a_school.alice, request.id, ClaimState.WITHDRAWN, now=at("09:00"))
    with database.writing() as session:
        taken = decide_on_leave(
            session, a_school.alice, request.id, ClaimState.WITHDRAWN, note="Nhầm em khác", now=at("09:00")
        )
    assert taken.claim.state is ClaimState.WITHDRAWN
    with database.reading() as session:
        entry = entry_queries.entries_of(session, [a_school.lan], MONDAY)[a_school.lan, MORNING]
    assert entry.status.permission is Permission.NOT_PERMITTED
    assert [(one["before"], one["after"], one["note"]) for one in told(database, LEAVE_DECIDED)] == [
        ("requested", "approved", ""),
        ("approved", "withdrawn", "Nhầm em khác"),
    ]
    note(database, a_school, TODAY, told_at=at("09:00"), now=at("09:01"))


def test_one_time_has_one_leave(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        tuesday = Stretch(TUESDAY, MORNING, TUESDAY, AFTERNOON)
        asked = ask_for_leave(session, a_school.bob, a_school.lan, tuesday, "Sốt", SUNDAY_EVENING)
    with pytest.raises(Conflict, match="asked for leave for 17/11/2026 already"):
        note(database, a_school)
    with database.writing() as session:
        decide_on_leave(session, a_school.alice, asked.id, ClaimState.REJECTED, now=SUNDAY_EVENING)
    note(database, a_school)
    with pytest.raises(Conflict, match="There is leave for 16/11/2026 – 18/11/2026 already"):
        note(database, a_school, Stretch(MONDAY + timedelta(days=2), AFTERNOON, MONDAY + timedelta(days=3), MORNING))
    with pytest.raises(Refused, match="There is leave for"), database.writing() as session:
        ask_for_leave(session, a_school.bob, a_school.lan, THREE_DAYS, "Sốt", SUNDAY_EVENING)


@pytest.mark.parametrize("last", [SATURDAY, YEAR.last])
def test_a_leave_ends_on_a_school_day(database: Database, a_school: SmallSchool, last) -> None:
    with pytest.raises(Invalid, match=f"{last:%d/%m/%Y}|More than 60"):
        note(database, a_school, Stretch(MONDAY, MORNING, last, AFTERNOON))


def test_the_office_writes_down_and_takes_back_but_decides_on_no_request(
    database: Database, a_school: SmallSchool
) -> None:
    clerk = replace(a_school.alice, grants=(Grant(Role.CLERK, a_school.id),))
    by_teacher = note(database, a_school)
    with database.writing() as session:
        taken = decide_on_leave(session, clerk, by_teacher.id, ClaimState.WITHDRAWN, note="Nhầm em", now=SUNDAY_EVENING)
    assert taken.claim.state is ClaimState.WITHDRAWN
    own = note(database, a_school, actor=clerk)
    nurse = replace(clerk, grants=(Grant(Role.HEALTH_STAFF, a_school.id),))
    for outsider, refusal in ((nurse, Forbidden), (a_school.charlie, NotFound), (a_school.dave, NotFound)):
        with pytest.raises(refusal), database.writing() as session:
            decide_on_leave(session, outsider, own.id, ClaimState.WITHDRAWN, note="-", now=SUNDAY_EVENING)
    with database.writing() as session:
        friday = MONDAY + timedelta(days=4)
        asked = ask_for_leave(
            session, a_school.bob, a_school.lan, Stretch(friday, MORNING, friday, MORNING), "Sốt", SUNDAY_EVENING
        )
    for after in (ClaimState.APPROVED, ClaimState.REJECTED, ClaimState.WITHDRAWN):
        with pytest.raises(Forbidden), database.writing() as session:
            decide_on_leave(session, clerk, asked.id, after, note="-", now=SUNDAY_EVENING)
    with pytest.raises(Conflict, match="waits for a decision"):
        note(database, a_school, Stretch(friday, MORNING, friday, AFTERNOON), actor=clerk)


def test_only_who_may_writes_leave_down_and_not_for_their_own_child(database: Database, a_school: SmallSchool) -> None:
    for outsider in (a_school.charlie, a_school.dave):
        with pytest.raises(NotFound):
            note(database, a_school, actor=outsider)
    nurse = replace(a_school.alice, grants=(Grant(Role.HEALTH_STAFF, a_school.id),))
    for reader in (a_school.bob, nurse):
        with pytest.raises(Forbidden):
            note(database, a_school, actor=reader)
    with database.writing() as session:
        own = Guardian(school_id=a_school.id, user_id=a_school.alice.user_id, full_name="alice")
        session.add(own)
        session.flush()
        session.add(Guardianship(guardian_id=own.id, student_id=a_school.lan))
    with pytest.raises(Forbidden, match="own child"):
        note(database, a_school)
    with database.reading() as session:
        assert leave.requests_of(session, a_school.lan) == []
