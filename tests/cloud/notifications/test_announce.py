"""An arrival is worth one message for each guardian, in their language, about their own child alone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from cloud.accounts.tables import User
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications import queries
from cloud.notifications.announce import handlers
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel, PushAddress
from cloud.people.tables import Guardian, Guardianship
from edge.contract import Sighting
from tests.cloud.small_school import MORNING, WINDOW, SmallSchool, batch, sighting, small_school

BROWSER = PushAddress("https://push.example.vn/1", "p", "a")


@pytest.fixture
def school(database: Database) -> SmallSchool:
    school = small_school(database)
    with database.writing() as session:
        queries.add_browser(session, school.bob.user_id, BROWSER, now=MORNING)
    return school


def see(database: Database, *sightings: Sighting, now: datetime = MORNING) -> None:
    ingest(database, [Delivery("gate-1", batch(*sightings))], clock=lambda: now, window=WINDOW)
    outbox.dispatch(database, handlers(frozenset(Channel), lambda: now), lambda: now)


def messages(database: Database) -> list[Message]:
    with database.reading() as session:
        return list(session.scalars(select(Message).order_by(Message.queued_at, Message.channel)))


def test_a_guardian_is_told_once_by_the_first_channel_however_often_it_is_reported(
    database: Database, school: SmallSchool
) -> None:
    for _ in range(3):
        see(database, sighting(1, school.lan))
    [push] = messages(database)
    assert (push.channel, push.then) == ("web_push", "email")
    assert push.body == "Nguyễn Thị Lan (lớp 1A) đã đến trường lúc 07:07, ngày 16/11/2026."
    assert push.subject == "Nguyễn Thị Lan đã đến trường lúc 07:07"


def test_a_guardian_who_chose_english_reads_english(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        session.execute(update(User).where(User.id == school.bob.user_id).values(locale="en"))
    see(database, sighting(1, school.lan))
    assert {one.subject for one in messages(database)} == {"Nguyễn Thị Lan arrived at school at 07:07"}


def test_no_message_names_another_child_or_goes_to_another_family(database: Database, school: SmallSchool) -> None:
    see(database, sighting(1, school.lan), sighting(2, school.minh), sighting(3, school.stranger))
    assert {one.student_id for one in messages(database)} == {school.lan}
    assert not any("Minh" in one.body or "Hà" in one.body for one in messages(database))


def test_families_told_in_one_go_hear_each_of_their_own_child_with_one_set_of_queries(
    database: Database, school: SmallSchool
) -> None:
    with database.writing() as session:
        hoa = Guardian(school_id=school.id, full_name="Trần Thị Hoa", email="hoa@example.vn")
        session.add(hoa)
        session.flush()
        session.add(Guardianship(guardian_id=hoa.id, student_id=school.minh, may_see=True))
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    see(database, sighting(1, school.lan))
    alone = len(statements)
    statements.clear()
    tomorrow = MORNING + timedelta(days=1)
    see(database, sighting(2, school.lan, at=tomorrow), sighting(3, school.minh, at=tomorrow), now=tomorrow)
    event.remove(database.engine, "before_cursor_execute", count)
    told = {(one.student_id, one.channel, one.subject.split(" đã ")[0]) for one in messages(database)}
    assert told == {(school.lan, "web_push", "Nguyễn Thị Lan"), (school.minh, "email", "Trần Văn Minh")}
    assert len(statements) <= alone


def test_an_earlier_arrival_that_comes_late_is_told_as_a_correction(database: Database, school: SmallSchool) -> None:
    see(database, sighting(9, school.lan, at=MORNING + timedelta(minutes=25)), now=MORNING + timedelta(minutes=25))
    see(database, sighting(1, school.lan), now=MORNING + timedelta(minutes=40))
    first, last = messages(database)
    assert first.subject == "Nguyễn Thị Lan đã đến trường lúc 07:32"
    assert last.subject == "Đính chính: Nguyễn Thị Lan đã đến trường lúc 07:07"
    assert "Giờ báo trước đó, 07:32, là chưa đúng." in last.body


def test_nobody_is_woken_for_yesterday_s_arrival(database: Database, school: SmallSchool) -> None:
    see(database, sighting(1, school.lan), now=MORNING + timedelta(days=1))
    assert messages(database) == []


def test_only_channels_that_reach_the_guardian_are_used(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        queries.forget_browsers(session, [BROWSER.endpoint])
    see(database, sighting(1, school.lan))
    assert [one.channel for one in messages(database)] == ["email"]
