"""An absence without notice is told to the pupil's own guardians, and so is that it was wrong."""

import pytest
from sqlalchemy import select

from cloud.attendance import schedule
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications.announce import handlers
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel
from tests.cloud.schoolhouse import at, give_calendar
from tests.cloud.small_school import WINDOW, SmallSchool, add_school, batch, sighting


@pytest.fixture
def school(database: Database) -> SmallSchool:
    with database.writing() as session:
        small = add_school(session)
        give_calendar(session, small.id)
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
    seen = batch(sighting(1, school.lan, at=at("07:05")))
    ingest(database, [Delivery("gate-1", seen)], clock=lambda: at("07:55"), window=WINDOW)
    moment[0] = "07:56"
    subjects = [subject for subject, _ in work(rounds, database, moment[0])]
    assert "Đính chính: Nguyễn Thị Lan có mặt ở trường" in subjects
    assert subjects.count("Nguyễn Thị Lan chưa có mặt ở trường") == 1


def test_the_rounds_are_made_once_a_minute_and_closed_once_a_night(
    database: Database, school: SmallSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(schedule, "keep_up", lambda *_: done.append("kept up"))
    monkeypatch.setattr(schedule, "close_yesterday", lambda *_: done.append("closed"))
    moment = ["01:29:00"]
    rounds = schedule.Rounds(database, lambda: at(moment[0]))
    for clock in ("01:29:00", "01:29:30", "01:30:00", "01:30:30", "01:31:00"):
        moment[0] = clock
        rounds.make()
    assert done == ["kept up", "kept up", "closed", "kept up"]
