"""Messages go out over the real protocols; each failure is treated as what it is."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.notifications import queries
from cloud.notifications.mail import Mail
from cloud.notifications.queries import NewMessage, State
from cloud.notifications.sending import send_due
from cloud.notifications.tables import Message, PushSubscription
from cloud.notifications.transport import Channel, Outgoing, PushAddress, Transport, TransportError
from cloud.notifications.vapid import new_private_key
from cloud.notifications.web_push import WebPush
from cloud.people.tables import Guardian
from tests.cloud.small_school import MORNING, SmallSchool, small_school
from tests.services.push import PushService, Subscription
from tests.services.smtp import Mail as MailServer

SUBJECT, BODY = "Nguyễn Thị Lan đã đến trường lúc 07:07", "Nguyễn Thị Lan (lớp 1A) đã đến trường."
DEAD_PORT = 9


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


@pytest.fixture
def web_push() -> WebPush:
    return WebPush(new_private_key(), "mailto:it@school.example")


def mail_by(server: MailServer) -> Mail:
    return Mail(server.url, "Trường A <no-reply@school.example>", "https://diemdanh.school.example")


def queue(database: Database, school: SmallSchool, channel: Channel) -> UUID:
    with database.writing() as session:
        guardian_id = session.scalars(select(Guardian.id).where(Guardian.user_id == school.bob.user_id)).one()
        queries.queue(
            session,
            [NewMessage(school.id, guardian_id, school.lan, channel, "arrived", SUBJECT, BODY, "key", MORNING)],
            now=MORNING,
        )
        return session.scalars(select(Message.id)).one()


def subscribe(database: Database, school: SmallSchool, subscription: Subscription) -> None:
    address = PushAddress(subscription.endpoint, subscription.p256dh, subscription.auth)
    with database.writing() as session:
        queries.add_browser(session, school.bob.user_id, address, now=MORNING)


def message(database: Database) -> Message:
    with database.reading() as session:
        return session.scalars(select(Message)).one()


def send(database: Database, transport: Transport, at: datetime = MORNING) -> State:
    send_due(database, transport, lambda: at)
    return State(message(database).state)


def test_web_push_reaches_the_browser_encrypted_signed_and_intact(
    database: Database, school: SmallSchool, push: PushService, web_push: WebPush
) -> None:
    subscribe(database, school, push.subscribe())
    message_id = queue(database, school, Channel.WEB_PUSH)
    assert send(database, web_push) is State.SENT
    assert message(database).sent_at == MORNING
    [delivery] = push.deliveries
    shown = json.loads(delivery.text)
    assert (shown["title"], shown["body"], shown["lang"]) == (SUBJECT, BODY, "vi")
    assert shown["receipt"] == f"/push/receipts/{message_id}"
    headers = {name.lower(): value for name, value in delivery.headers.items()}
    assert headers["authorization"].startswith("vapid t=")
    assert headers["ttl"] == str(12 * 3600)
    assert headers["topic"] == message_id.hex


def test_all_of_a_guardian_s_browsers_are_told(
    database: Database, school: SmallSchool, push: PushService, web_push: WebPush
) -> None:
    for _ in range(2):
        subscribe(database, school, push.subscribe())
    queue(database, school, Channel.WEB_PUSH)
    assert send(database, web_push) is State.SENT
    assert len(push.deliveries) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    database: Database, school: SmallSchool, push: PushService, web_push: WebPush, status: int
) -> None:
    subscribe(database, school, push.subscribe())
    queue(database, school, Channel.WEB_PUSH)
    push.status = status
    assert send(database, web_push) is State.FAILED
    with database.reading() as session:
        assert session.scalars(select(PushSubscription)).all() == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_push_service_in_trouble_is_tried_again_later(
    database: Database, school: SmallSchool, push: PushService, web_push: WebPush, status: int
) -> None:
    subscribe(database, school, push.subscribe())
    queue(database, school, Channel.WEB_PUSH)
    push.status = status
    assert send(database, web_push) is State.QUEUED
    push.status = 201
    assert send(database, web_push) is State.QUEUED
    assert send(database, web_push, MORNING + timedelta(seconds=2)) is State.SENT


def test_a_message_that_push_refuses_is_not_tried_again(
    database: Database, school: SmallSchool, push: PushService, web_push: WebPush
) -> None:
    subscribe(database, school, push.subscribe())
    queue(database, school, Channel.WEB_PUSH)
    push.status = 400
    assert send(database, web_push) is State.FAILED
    assert message(database).failure == "the push service answered 400"


def test_a_push_service_that_is_not_there_and_keys_that_are_none_are_told_apart(
    database: Database, school: SmallSchool, push: PushService, web_push: WebPush
) -> None:
    good = push.subscribe()
    for endpoint, p256dh, permanent in (
        (f"http://127.0.0.1:{DEAD_PORT}/x", good.p256dh, False),
        (good.endpoint, "nonsense", True),
    ):
        outgoing = Outgoing(
            school.lan, SUBJECT, BODY, "vi", MORNING, browsers=(PushAddress(endpoint, p256dh, good.auth),)
        )
        with pytest.raises(TransportError) as caught:
            web_push.send(outgoing, MORNING)
        assert caught.value.permanent is permanent


def test_mail_arrives_with_its_diacritics_and_a_lasting_id(
    database: Database, school: SmallSchool, mail: MailServer
) -> None:
    message_id = queue(database, school, Channel.EMAIL)
    assert send(database, mail_by(mail)) is State.SENT
    [received] = mail.messages
    assert (received["Subject"], received["To"]) == (SUBJECT, "bob@example.vn")
    assert received["Message-ID"] == f"<{message_id}@school.example>"
    assert received.get_content().split() == [*BODY.split(), "https://diemdanh.school.example"]


@pytest.mark.parametrize(
    ("answer", "state"), [("451 later", State.QUEUED), ("550 no such user", State.FAILED), ("552 full", State.FAILED)]
)
def test_a_mail_server_s_answer_decides_whether_to_try_again(
    database: Database, school: SmallSchool, mail: MailServer, answer: str, state: State
) -> None:
    mail.answer = answer
    queue(database, school, Channel.EMAIL)
    assert send(database, mail_by(mail)) is state


def test_without_a_mail_server_a_message_waits_until_it_is_no_news(database: Database, school: SmallSchool) -> None:
    nowhere = Mail(f"smtp://127.0.0.1:{DEAD_PORT}", "a@school.example", "https://x")
    queue(database, school, Channel.EMAIL)
    assert send(database, nowhere) is State.QUEUED
    assert send(database, nowhere, MORNING + timedelta(hours=13)) is State.FAILED


def test_what_a_killed_worker_had_claimed_is_sent_after_its_lease(
    database: Database, school: SmallSchool, mail: MailServer
) -> None:
    queue(database, school, Channel.EMAIL)
    with database.writing() as session:
        queries.claim(session, Channel.EMAIL, now=MORNING)
    assert send(database, mail_by(mail)) is State.QUEUED
    assert send(database, mail_by(mail), MORNING + queries.LEASE) is State.SENT


def test_a_worker_whose_lease_ran_out_cannot_speak_for_the_next_one(database: Database, school: SmallSchool) -> None:
    queue(database, school, Channel.EMAIL)
    with database.writing() as session:
        [late] = queries.claim(session, Channel.EMAIL, now=MORNING)
        [current] = queries.claim(session, Channel.EMAIL, now=MORNING + queries.LEASE)
        queries.mark_failed(session, late, failure="too late to say so", now=MORNING)
    assert message(database).state == State.QUEUED
    with database.writing() as session:
        queries.mark_sent(session, [current], reported=False, now=MORNING)
        queries.mark_retry(session, current, at=MORNING, failure="twice")
    assert (message(database).state, message(database).failure) == (State.SENT, None)


def test_a_fault_of_ours_keeps_the_message(database: Database, school: SmallSchool) -> None:
    class Broken:
        channel = Channel.EMAIL
        reports = False

        def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
            raise ZeroDivisionError

    queue(database, school, Channel.EMAIL)
    assert send(database, Broken()) is State.QUEUED


def test_a_receipt_counts_once_and_even_before_we_know_that_it_was_sent(
    database: Database, school: SmallSchool, mail: MailServer
) -> None:
    message_id = queue(database, school, Channel.EMAIL)

    def receipt(at: datetime) -> bool:
        with database.writing() as session:
            return queries.mark_delivered(session, message_id, now=at)

    assert receipt(MORNING)
    assert send(database, mail_by(mail)) is State.DELIVERED
    assert receipt(MORNING + timedelta(minutes=1))
    assert message(database).delivered_at == MORNING
    with database.writing() as session:
        assert not queries.mark_delivered(session, school.lan, now=MORNING)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Mail("http://x", "a@b.vn", "https://x"), "smtp://"),
        (lambda: Mail("smtp://x", "nobody", "https://x"), "sender"),
        (lambda: WebPush("not a key", "mailto:a@b.vn"), "key"),
    ],
)
def test_a_wrong_setting_is_a_value_error(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()
