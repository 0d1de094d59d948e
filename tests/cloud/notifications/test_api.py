"""A browser of one's own can be told, and nobody else's; a receipt needs nothing but what came in the message."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from cloud.accounts.rules import GUARDIAN_LIFETIME
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications import queries
from cloud.notifications.announce import handlers
from cloud.notifications.device_queries import devices_of
from cloud.notifications.rules import is_acceptable_endpoint
from cloud.notifications.sending import send_due
from cloud.notifications.tables import Message, PushSubscription
from cloud.notifications.transport import Channel, PushAddress
from cloud.notifications.vapid import new_private_key
from cloud.notifications.web_push import WebPush
from tests.cloud.notifications.test_following import Provider
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.cloud.small_school import MORNING, sighting
from tests.services.push import PushService, Subscription

KEY = new_private_key()


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database, vapid_private_key=KEY) as house:
        yield house


def as_json(subscription: Subscription) -> dict[str, object]:
    return {
        "endpoint": subscription.endpoint,
        "expirationTime": None,
        "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
    }


def subscriptions(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(PushSubscription.endpoint)))


def test_from_a_browser_s_wish_to_the_receipt_of_a_message(house: House, push: PushService) -> None:
    with house.visit("bob") as client:
        assert len(client.get("/push/key").json()["key"]) == 87
        assert client.post("/push/subscriptions", json=as_json(push.subscribe())).status_code == 204
    house.report(sighting(1, house.school.lan))
    outbox.dispatch(house.database, handlers({Channel.WEB_PUSH}, house.clock), house.clock)
    send_due(house.database, WebPush(KEY, "mailto:it@school.example"), house.clock)
    [delivery] = push.deliveries
    assert "Nguyễn Thị Lan đã đến trường" in delivery.text
    with house.visit() as stranger, house.database.reading() as session:
        message_id = session.scalars(select(Message.id)).one()
        assert f"/push/receipts/{message_id}" in delivery.text
        assert stranger.post(f"/push/receipts/{uuid4()}").status_code == 404
        assert stranger.post(f"/push/receipts/{message_id}").status_code == 204
    with house.database.reading() as session:
        assert session.scalars(select(Message.state)).one() == "delivered"


def test_who_taps_on_a_message_has_read_it_and_it_had_arrived_even_if_nothing_said_so(house: House) -> None:
    opened = house.clock.now
    with house.database.writing() as session:
        queries.add_browser(
            session, house.school.bob.user_id, PushAddress("https://push.example.vn/1", "p", "a"), now=opened
        )
    house.report(sighting(1, house.school.lan))
    outbox.dispatch(house.database, handlers({Channel.WEB_PUSH}, house.clock), house.clock)
    send_due(house.database, Provider(Channel.WEB_PUSH), house.clock)
    with house.database.reading() as session:
        message_id = session.scalars(select(Message.id)).one()
    with house.visit() as stranger:
        assert stranger.post(f"/push/receipts/{uuid4()}/opened").status_code == 404
        assert stranger.post(f"/push/receipts/{message_id}/opened").status_code == 204
        house.clock.now += timedelta(minutes=1)
        assert stranger.post(f"/push/receipts/{message_id}/opened").status_code == 204
    with house.database.reading() as session:
        said = session.execute(select(Message.state, Message.delivered_at, Message.read_at)).one()
    assert tuple(said) == ("delivered", opened, opened)


def test_a_wish_is_taken_back_by_whoever_had_it_alone(house: House, push: PushService) -> None:
    subscription = push.subscribe()
    with house.visit("bob") as bob, house.visit("erin") as erin, house.visit() as stranger:
        bob.post("/push/subscriptions", json=as_json(subscription))
        for other in (erin, stranger):
            other.request("DELETE", "/push/subscriptions", json={"endpoint": subscription.endpoint})
            assert subscriptions(house) == [subscription.endpoint]
        assert bob.request("DELETE", "/push/subscriptions", json={"endpoint": subscription.endpoint}).status_code == 204
    assert subscriptions(house) == []


def test_a_browser_is_told_as_long_as_its_session_lasts_and_a_renewed_one_goes_on(
    house: House, push: PushService
) -> None:
    mine, lost = push.subscribe(), push.subscribe()
    with house.visit("bob") as here, house.visit("bob") as there, house.visit("erin") as erin:
        here.post("/push/subscriptions", json=as_json(mine))
        there.post("/push/subscriptions", json=as_json(lost))
        there.post("/login", data={"login": "bob", "password": PASSWORD})
        assert there.get("/account").text.count('name="reference"') == 1
        erin.post("/account/sessions/ended")
        assert sorted(subscriptions(house)) == sorted([mine.endpoint, lost.endpoint])
        here.post("/account/sessions/ended")
        assert subscriptions(house) == [mine.endpoint]
        with house.database.reading() as session:
            user_id = house.school.bob.user_id
            assert len(queries.browsers_of(session, [user_id], house.clock())[user_id]) == 1
            assert len(devices_of(session, user_id, house.clock())) == 1
            over = house.clock() + GUARDIAN_LIFETIME
            assert queries.browsers_of(session, [user_id], over)[user_id] == devices_of(session, user_id, over) == []
        here.post("/login", data={"login": "erin", "password": PASSWORD})
        assert subscriptions(house) == []


@pytest.mark.parametrize(
    ("endpoint", "accepted"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://web.push.apple.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://192.168.1.1/x", False),
        ("https://169.254.169.254/latest", False),
        ("https://[fd00::1]/x", False),
        ("https://router/x", False),
        ("https://db.internal/x", False),
        ("http://127.0.0.1:5432/x", False),
        ("https://[bad", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_a_public_push_service_is_posted_to(endpoint: str, accepted: bool) -> None:
    assert is_acceptable_endpoint(endpoint, allow_loopback=False) is accepted


def test_loopback_is_a_push_service_only_in_a_trial_on_one_machine(database: Database, push: PushService) -> None:
    with (
        open_house(database, vapid_private_key=KEY, public_url="http://diemdanh.school.example") as house,
        house.visit("bob") as bob,
    ):
        assert bob.post("/push/subscriptions", json=as_json(push.subscribe())).status_code == 422


def test_the_latest_browsers_of_a_user_count(house: House) -> None:
    user_id = house.school.bob.user_id
    with house.database.writing() as session:
        for n in range(queries.MAX_BROWSERS + 3):
            address = PushAddress(f"https://push.example.vn/{n}", "p", "a")
            queries.add_browser(session, user_id, address, now=MORNING + timedelta(seconds=n))
        kept = queries.browsers_of(session, [user_id], MORNING)[user_id]
    assert [address.endpoint.rpartition("/")[2] for address in kept] == [
        str(n) for n in range(3, queries.MAX_BROWSERS + 3)
    ]


def test_the_devices_that_are_told_have_names_and_are_taken_off_by_their_own_user_alone(house: House) -> None:
    browser = {"endpoint": "https://push.example.vn/1", "keys": {"p256dh": "BA", "auth": "BA"}}
    a_phone = {"user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"}
    with house.visit("bob") as bob, house.visit("erin") as erin:
        bob.post("/push/subscriptions", json=browser, headers=a_phone)
        page = bob.get("/account/devices").text
        assert "Android · Chrome" in page
        assert "Android" not in erin.get("/account/devices").text
        [removed] = re.findall(r"/account/devices/[^/]+/removed", page)
        erin.post(removed)
        assert subscriptions(house) == [browser["endpoint"]]
        bob.post(removed)
        assert subscriptions(house) == []
