"""An absence without notice is told to the pupil's own guardians, and so is that it was wrong."""

from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.attendance import schedule
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.attendance.register.facts import Mark, Presence
from cloud.attendance.register.keeping import recompute
from cloud.attendance.register.queries import add_mark
from cloud.attendance.register.replanning import on_plan_changed
from cloud.attendance.register.round_queries import take_rounds
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.kit.ids import new_id
from cloud.notifications.announce import handlers
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel
from cloud.school.calendar.changing import changing
from cloud.school.calendar.events import PLAN_CHANGED
from cloud.school.calendar.facts import DayRule, HalfDay, RuleKind, Span
from cloud.school.calendar.setup import add_rules
from tests.cloud.schoolhouse import MONDAY, at, give_calendar
from tests.cloud.small_school import WINDOW, SmallSchool, add_school, batch, sighting, watching


@pytest.fixture
def school(database: Database) -> SmallSchool:
    with database.writing() as session:
        small = add_school(session)
        give_calendar(session, small.id)
        watching(session)
    return small


def work(rounds: schedule.Rounds, database: Database, clock: str) -> list[tuple[str, str]]:
    rounds.make()
    outbox.dispatch(database, handlers(frozenset(Channel), lambda: at(clock)), lambda: at(clock))
    with database.reading() as session:
        rows = session.execute(select(Message.subject, Message.body).order_by(Message.queued_at, Message.id))
        return [(subject, body) for subject, body in rows]


def test_a_parent_hears_of_an_absence_after_the_bell_and_of_its_correction(
    database: Database, school: SmallSchool
) -> None:
    moment = ["07:30"]
    rounds = schedule.Rounds(database, lambda: at(moment[0]))
    assert work(rounds, database, moment[0]) == []
    moment[0] = "07:48"
    assert work(rounds, database, moment[0]) == []
    moment[0] = "07:50"
    [(subject, body)] = work(rounds, database, moment[0])
    assert subject == "Nguyễn Thị Lan chưa có mặt ở trường"
    assert "Đến 07:50 ngày 16/11/2026" in body
    assert "Minh" not in body
    with database.reading() as session:
        paths = session.scalars(select(Message.path).where(Message.subject == subject)).all()
        assert set(paths) == {f"/children/{school.lan}/leave"}
    seen = batch(sighting(1, school.lan, at=at("07:05")))
    ingest(database, [Delivery("gate-1", seen)], clock=lambda: at("07:55"), window=WINDOW)
    moment[0] = "07:56"
    subjects = [subject for subject, _ in work(rounds, database, moment[0])]
    assert "Đính chính: Nguyễn Thị Lan có mặt ở trường" in subjects
    assert subjects.count("Nguyễn Thị Lan chưa có mặt ở trường") == 1


def test_a_child_who_came_after_all_and_is_missing_again_in_the_afternoon_is_told_of_again(
    database: Database, school: SmallSchool
) -> None:
    moment = ["07:48"]
    rounds = schedule.Rounds(database, lambda: at(moment[0]))
    work(rounds, database, moment[0])
    moment[0] = "07:50"
    work(rounds, database, moment[0])
    seen = batch(sighting(1, school.lan, at=at("07:05")))
    ingest(database, [Delivery("gate-1", seen)], clock=lambda: at("07:55"), window=WINDOW)
    moment[0] = "07:56"
    work(rounds, database, moment[0])
    said = Mark(id=new_id(), half=HalfDay.AFTERNOON, at=at("13:50"), presence=Presence.ABSENT)
    with database.writing() as session:
        add_mark(
            session, school_id=school.id, student_id=school.lan, day=MONDAY, mark=said, reason="",
            by=school.alice.user_id,
        )  # fmt: skip
        recompute(session, school.id, MONDAY, [school.lan], now=at("13:50"))
    for moment[0] in ("13:51", "13:53", "13:55"):
        subjects = [subject for subject, _ in work(rounds, database, moment[0])]
        assert subjects.count("Nguyễn Thị Lan chưa có mặt ở trường") == 2


def test_a_parent_who_was_told_of_an_absence_hears_that_the_half_day_is_off(
    database: Database, school: SmallSchool
) -> None:
    moment = ["07:48"]
    rounds = schedule.Rounds(database, lambda: at(moment[0]))
    work(rounds, database, moment[0])
    moment[0] = "07:50"
    told = work(rounds, database, moment[0])
    assert [subject for subject, _ in told] == ["Nguyễn Thị Lan chưa có mặt ở trường"]
    now = at("09:00")
    with database.writing() as session, changing(session, school.id, Span(MONDAY, MONDAY), now=now, sure=True):
        add_rules(session, school.id, [DayRule(MONDAY, RuleKind.OFF, "Bão")])
    heard = {**handlers(frozenset(Channel), lambda: now), PLAN_CHANGED: on_plan_changed(lambda: now)}
    while outbox.dispatch(database, heard, lambda: now):
        pass
    moment[0] = "09:01"
    [_, (subject, body)] = work(rounds, database, moment[0])
    assert subject == "Đính chính: Nguyễn Thị Lan được nghỉ học buổi sáng"
    assert "được nghỉ học buổi sáng ngày 16/11/2026. Tin báo vắng trước đó không còn đúng." in body


def test_the_rounds_are_made_once_a_minute_and_closed_once_a_night(
    database: Database, school: SmallSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(
        schedule, "keep_up", lambda _, school_id, __: done.append("kept up") if school_id == school.id else None
    )
    monkeypatch.setattr(schedule, "close_next", lambda *_: done.append("closed"))
    moment = ["01:29:00"]
    rounds = schedule.Rounds(database, lambda: at(moment[0]))
    for clock in ("01:29:00", "01:29:30", "01:30:00", "01:30:30", "01:31:00"):
        moment[0] = clock
        rounds.make()
    assert done == ["kept up", "kept up", "closed", "kept up"]


def test_workers_share_the_rounds_and_what_one_that_died_had_taken_comes_round_again(
    database: Database, school: SmallSchool
) -> None:
    def taken(clock: str, limit: int) -> list[UUID]:
        with database.writing() as session:
            last_before = at(clock) - schedule.KEEP_UP_EVERY
            return take_rounds(session, last_before=last_before, now=at(clock), limit=limit)

    first, second = taken("07:30:00", 1), taken("07:30:01", 9)
    assert len(first) == len(second) == 1
    assert school.id in first + second
    assert taken("07:30:59", 9) == []
    assert taken("07:31:00", 9) == first
    assert taken("07:31:01", 9) == second
