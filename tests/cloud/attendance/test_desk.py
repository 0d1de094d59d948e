"""Leave and corrections: what people do, what the register then says, and who may not."""

from datetime import datetime

import pytest

from cloud.accounts.access import Actor
from cloud.attendance import schedule
from cloud.attendance.desk import Word, ask_for_leave, decide_on_leave, overrule
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.queries import Request
from cloud.attendance.register import entry_queries, keeping
from cloud.attendance.register.counting import count
from cloud.attendance.register.facts import Permission, Presence, Status
from cloud.kit.db import Database
from cloud.kit.errors import Forbidden, Invalid, NotFound, Refused
from cloud.school.calendar.facts import HalfDay
from tests.cloud.schoolhouse import MONDAY, SATURDAY, YEAR, at
from tests.cloud.small_school import SmallSchool

MORNING = HalfDay.MORNING
TODAY = Stretch(MONDAY, MORNING, MONDAY, HalfDay.AFTERNOON)


def ask(database: Database, school: SmallSchool, now: datetime, actor: Actor | None = None) -> Request:
    with database.writing() as session:
        return ask_for_leave(session, actor or school.bob, school.lan, TODAY, "Sốt", now)


def decide(database: Database, actor: Actor, request: Request, after: ClaimState, now: datetime) -> Request:
    with database.writing() as session:
        return decide_on_leave(session, actor, request.id, after, note="Đã gọi", now=now)


def say(database: Database, actor: Actor, word: Word, *, reason: str = "Thấy trong lớp", day=MONDAY) -> None:
    with database.writing() as session:
        overrule(session, actor, day, MORNING, [word], reason=reason, now=at("09:00"))


def refresh(database: Database, school: SmallSchool, now: datetime) -> None:
    schedule.refresh(database, school.id, now)


def status(database: Database, school: SmallSchool) -> Status:
    with database.reading() as session:
        return entry_queries.entries_of(session, [school.lan], MONDAY)[school.lan, MORNING].status


def test_a_late_approval_turns_k_into_p_keeps_history_and_leaves_the_count(
    database: Database, a_school: SmallSchool
) -> None:
    refresh(database, a_school, at("20:00"))
    with database.reading() as session:
        counted = count(entry_queries.absences_of(session, a_school.lan, YEAR)).days
    request = ask(database, a_school, at("20:30"))
    decided = decide(database, a_school.alice, request, ClaimState.APPROVED, at("21:00"))
    assert decided.claim.state is ClaimState.APPROVED
    assert (status(database, a_school).presence, status(database, a_school).permission) == (
        Presence.ABSENT,
        Permission.PERMITTED,
    )
    with database.reading() as session:
        assert count(entry_queries.absences_of(session, a_school.lan, YEAR)).days == counted == 1
        changes = [
            (change.permission, change.by)
            for change in entry_queries.history(session, a_school.lan, MONDAY)
            if change.half is MORNING
        ]
        steps = [(step.state, step.by, step.note) for step in leave.history(session, request.id)]
    assert changes == [("K", None), ("P", a_school.alice.user_id)]
    assert steps == [
        (ClaimState.REQUESTED, a_school.bob.user_id, ""),
        (ClaimState.APPROVED, a_school.alice.user_id, "Đã gọi"),
    ]


def test_a_request_that_waits_is_notice_enough_to_alarm_nobody(database: Database, a_school: SmallSchool) -> None:
    ask(database, a_school, at("07:00"))
    refresh(database, a_school, at("08:00"))
    with database.writing() as session:
        assert keeping.tell_absences(session, a_school.id, at("08:02")) == 1


def test_withdrawing_turns_p_back_into_k(database: Database, a_school: SmallSchool) -> None:
    request = ask(database, a_school, at("06:30"))
    decide(database, a_school.alice, request, ClaimState.APPROVED, at("06:40"))
    refresh(database, a_school, at("08:00"))
    assert status(database, a_school).permission is Permission.PERMITTED
    decide(database, a_school.bob, request, ClaimState.WITHDRAWN, at("09:00"))
    assert status(database, a_school).permission is Permission.NOT_PERMITTED


def test_the_same_leave_is_asked_for_once(database: Database, a_school: SmallSchool) -> None:
    ask(database, a_school, at("06:30"))
    with pytest.raises(Refused, match="first_day"):
        ask(database, a_school, at("06:31"))


def test_a_school_sees_what_waits_for_it(database: Database, a_school: SmallSchool) -> None:
    request = ask(database, a_school, at("06:30"))
    with database.reading() as session:
        assert [(one.id, name) for one, name in leave.waiting(session, a_school.id)] == [(request.id, "Nguyễn Thị Lan")]


def test_only_a_guardian_asks_and_only_the_school_approves(database: Database, a_school: SmallSchool) -> None:
    for stranger in (a_school.charlie, a_school.dave, a_school.alice):
        with pytest.raises(NotFound):
            ask(database, a_school, at("06:30"), stranger)
    request = ask(database, a_school, at("06:30"))
    for outsider in (a_school.charlie, a_school.dave):
        with pytest.raises(NotFound):
            decide(database, outsider, request, ClaimState.APPROVED, at("06:40"))
    with pytest.raises(Forbidden):
        decide(database, a_school.bob, request, ClaimState.APPROVED, at("06:40"))


def test_a_correction_holds_against_the_machine_and_keeps_who_and_why(
    database: Database, a_school: SmallSchool
) -> None:
    refresh(database, a_school, at("08:00"))
    say(database, a_school.alice, Word(a_school.lan, Presence.PRESENT, late_minutes=12))
    refresh(database, a_school, at("10:00"))
    now = status(database, a_school)
    assert (now.presence, now.late_minutes, now.by_person) == (Presence.PRESENT, 12, True)
    with database.reading() as session:
        last = entry_queries.history(session, a_school.lan, MONDAY)[-1]
    assert (last.because, last.by) == ("person_said", a_school.alice.user_id)


def test_taking_a_word_back_lets_the_rules_decide_again(database: Database, a_school: SmallSchool) -> None:
    say(database, a_school.alice, Word(a_school.lan, Presence.PRESENT))
    with database.writing() as session:
        overrule(session, a_school.alice, MONDAY, MORNING, [Word(a_school.lan, None)], reason="Nhầm", now=at("09:05"))
    assert status(database, a_school).presence is Presence.ABSENT


def test_outsiders_and_parents_correct_nothing(database: Database, a_school: SmallSchool) -> None:
    word = Word(a_school.lan, Presence.PRESENT)
    for outsider in (a_school.charlie, a_school.dave):
        with pytest.raises(NotFound):
            say(database, outsider, word)
    with pytest.raises(Forbidden):
        say(database, a_school.bob, word)


def test_a_correction_says_why_and_makes_sense(database: Database, a_school: SmallSchool) -> None:
    with pytest.raises(Invalid, match="reason"):
        say(database, a_school.alice, Word(a_school.lan, Presence.PRESENT), reason=" ")
    with pytest.raises(Invalid, match="not happened"):
        say(database, a_school.alice, Word(a_school.lan, Presence.PRESENT), day=SATURDAY)
    with pytest.raises(Invalid, match="present or absent"):
        say(database, a_school.alice, Word(a_school.lan, Presence.ASK))
    with pytest.raises(Invalid, match="was late"):
        say(database, a_school.alice, Word(a_school.lan, Presence.ABSENT, late_minutes=3))


def test_a_class_is_marked_in_one_go_or_not_at_all(database: Database, a_school: SmallSchool) -> None:
    words = [Word(a_school.minh, Presence.PRESENT), Word(a_school.stranger, Presence.PRESENT)]
    with pytest.raises(NotFound), database.writing() as session:
        overrule(session, a_school.alice, MONDAY, MORNING, words, reason="Điểm danh", now=at("09:00"))
    with database.reading() as session:
        assert entry_queries.entries_of(session, [a_school.minh], MONDAY) == {}
