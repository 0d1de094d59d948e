"""Several messages are under way at once: how many, whose, and what is kept when the database or a provider is away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kit.db import Database
from cloud.kit.errors import Unavailable
from cloud.notifications import queries
from cloud.notifications.queries import NewMessage
from cloud.notifications.sending import AT_ONCE, Sending, send_due
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel, Outgoing, PushAddress
from cloud.people.tables import Guardian
from tests.cloud.small_school import MORNING, SmallSchool, small_school
from tests.services.waiting import eventually


class Provider:
    """Answers when it is told to; `most` were with it at the same moment."""

    channel = Channel.ZALO
    reports = False

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.taken: list[Outgoing] = []
        self.most = self._now = 0
        self._lock = threading.Lock()

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        with self._lock:
            self.taken.append(outgoing)
            self._now += 1
            self.most = max(self.most, self._now)
        self.may_answer.wait(20)
        with self._lock:
            self._now -= 1
        return frozenset()


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def queue(database: Database, school: SmallSchool, count: int, *, first: int = 0) -> None:
    with database.writing() as session:
        guardians = session.execute(select(Guardian.id, Guardian.school_id).order_by(Guardian.email)).all()
        for number in range(first, first + count):
            guardian_id, school_id = guardians[number % len(guardians)]
            text = f"to {guardian_id}"
            key = f"{number}"
            message = NewMessage(school_id, guardian_id, school.lan, Channel.ZALO, "k", text, text, key, MORNING)
            queries.queue(session, [message], now=MORNING)


def sent(database: Database) -> int:
    with database.reading() as session:
        return list(session.scalars(select(Message.state))).count("sent")


def test_as_many_as_may_be_are_with_the_provider_and_no_more_until_their_answers_are_written_down(
    database: Database, school: SmallSchool
) -> None:
    provider, most = Provider(), AT_ONCE[Channel.ZALO]
    queue(database, school, 2 * most + 1)
    sending = Sending(database, provider, lambda: MORNING)
    assert [sending.step() for _ in range(2)] == [most, most]
    eventually(lambda: provider.most == most)
    provider.may_answer.set()
    while sending.step():
        assert len(provider.taken) <= sent(database) + most
    sending.close()
    assert (len(provider.taken), provider.most, sent(database)) == (2 * most + 1, most, 2 * most + 1)


def test_each_message_has_its_own_reader_s_addresses(database: Database, school: SmallSchool) -> None:
    provider = Provider()
    provider.may_answer.set()
    with database.writing() as session:
        for guardian in session.scalars(select(Guardian)):
            guardian.phone = f"84{str(guardian.id)[-12:]}"
            if guardian.user_id:
                address = PushAddress(f"https://push.example/{guardian.id}", "p", "a")
                queries.add_browser(session, guardian.user_id, address, now=MORNING)
    queue(database, school, 6)
    send_due(database, provider, lambda: MORNING)
    for one in provider.taken:
        reader = one.body.removeprefix("to ")
        assert one.phone == f"84{reader[-12:]}"
        assert {browser.endpoint.rpartition("/")[2] for browser in one.browsers} <= {reader}
    assert sum(len(one.browsers) for one in provider.taken) >= 2


def test_an_answer_that_could_not_be_written_down_is_written_later_and_the_message_goes_once(
    database: Database, school: SmallSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider()
    provider.may_answer.set()
    queue(database, school, 3)
    sending = Sending(database, provider, lambda: MORNING)
    sending.step()

    @contextmanager
    def away() -> Iterator[Session]:
        raise Unavailable("The database does not answer just now.")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(database, "writing", away)
        with pytest.raises(Unavailable):
            sending.step()
    assert sent(database) == 0
    while sending.step():
        pass
    sending.close()
    assert (sent(database), len(provider.taken)) == (3, 3)


def test_who_does_not_answer_keeps_nobody_else_waiting_and_is_waited_for_at_the_end(
    database: Database, school: SmallSchool
) -> None:
    class OneHangs(Provider):
        def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
            with self._lock:
                first = not self.taken
                self.taken.append(outgoing)
            if first:
                self.may_answer.wait(20)
            return frozenset()

    provider, most = OneHangs(), AT_ONCE[Channel.ZALO]
    queue(database, school, 2 * most)
    sending = Sending(database, provider, lambda: MORNING)
    eventually(lambda: sending.step() == 1)
    assert sent(database) == 2 * most - 1
    provider.may_answer.set()
    sending.close()
    assert sent(database) == 2 * most
