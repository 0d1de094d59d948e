"""What providers say later: it counts once, a final failure leads to the next channel, and nobody else is believed."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.notifications import queries
from cloud.notifications.following import follow_up
from cloud.notifications.preferences import FALL_BACK_AFTER
from cloud.notifications.queries import NewMessage
from cloud.notifications.rules import STILL_NEWS
from cloud.notifications.sending import send_due
from cloud.notifications.sms import Sms
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel
from cloud.notifications.zalo_tokens import ZaloTokens, store_refresh_token
from cloud.notifications.zns import Zns
from cloud.people.tables import Guardian
from scripts.loopback.sms import RECEIPT_TOKEN, TOKEN, ShortMessage
from scripts.loopback.zalo import APP_ID, APP_SECRET, OA_SECRET, TEMPLATE_ID
from scripts.loopback.zalo import Zns as Taken
from tests.cloud.pages.people import SECRET, House, open_house
from tests.cloud.small_school import MORNING
from tests.services.sms import SmsService
from tests.services.zalo import Zalo

LATER = MORNING + timedelta(minutes=2)


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    """Of a school whose providers tell of deliveries."""
    with open_house(database, zalo_app_id=APP_ID, zalo_oa_secret=OA_SECRET, sms_receipt_token=RECEIPT_TOKEN) as house:
        house.clock.now = LATER
        yield house


def say(house: House, channel: Channel, then: str) -> UUID:
    """An arrival to bob, by this channel and then by those."""
    with house.database.writing() as session:
        bob = session.scalars(select(Guardian).where(Guardian.user_id == house.school.bob.user_id)).one()
        bob.phone = "84987654321"
        message = NewMessage(
            house.school.id, bob.id, house.school.lan, channel, "arrived", "Lan", "Lan đã đến.", f"key:{channel}",
            MORNING, then=then, fall_back_at=MORNING + FALL_BACK_AFTER,
        )  # fmt: skip
        queries.queue(session, [message], now=MORNING)
        return session.scalars(select(Message.id)).one()


def by_sms(house: House, sms: SmsService, *, reports: bool = True) -> ShortMessage:
    transport = Sms(sms.url, TOKEN, "TRUONG A", diacritics=True, most_segments=3, reports=reports)
    send_due(house.database, transport, lambda: MORNING)
    return sms.messages[-1]


def by_zalo(house: House, zalo: Zalo, *, reports: bool = True) -> Taken:
    store_refresh_token(house.database, SecretStr(SECRET), "refresh 0", MORNING)
    tokens = ZaloTokens(house.database, SECRET, APP_ID, APP_SECRET, zalo.url)
    transport = Zns(tokens, zalo.url, TEMPLATE_ID, APP_SECRET, reports=reports)
    send_due(house.database, transport, lambda: MORNING)
    return zalo.messages[-1]


def messages(house: House) -> list[tuple[str, str, bool]]:
    """Channel, state, and whether it is known to have arrived."""
    with house.database.reading() as session:
        rows = session.scalars(select(Message).order_by(Message.queued_at, Message.id))
        return [(one.channel, one.state, one.delivered_at is not None) for one in rows]


def test_an_sms_that_arrived_is_delivered_once_and_goes_no_further(house: House, sms: SmsService) -> None:
    message_id = say(house, Channel.SMS, "email")
    taken, to = by_sms(house, sms), f"{house.url}/receipts/sms"
    assert sms.report(taken, "on its way", to) == 200
    assert messages(house) == [("sms", "sent", False)]
    assert sms.report(taken, "delivered", to) == 200
    house.clock.now = LATER + timedelta(minutes=1)
    assert [sms.report(taken, status, to) for status in ("delivered", "failed")] == [200, 200]
    assert messages(house) == [("sms", "delivered", True)]
    with house.database.reading() as session:
        assert session.get_one(Message, message_id).delivered_at == LATER
    assert follow_up(house.database, lambda: MORNING + FALL_BACK_AFTER) == 0


def test_an_sms_that_never_arrives_goes_by_the_next_channel_at_once_and_only_once(
    house: House, sms: SmsService
) -> None:
    say(house, Channel.SMS, "email")
    taken, to = by_sms(house, sms), f"{house.url}/receipts/sms"
    assert [sms.report(taken, "failed", to) for _ in range(2)] == [200, 200]
    assert messages(house) == [("sms", "failed", False), ("email", "queued", False)]
    with house.database.reading() as session:
        [failure] = session.scalars(select(Message.failure).where(Message.channel == "sms"))
    assert failure == "the SMS service gave it up: absent subscriber"
    assert sms.report(taken, "delivered", to) == 200, "it came after all"
    assert messages(house)[0] == ("sms", "delivered", True)


def test_what_fails_when_it_is_no_news_any_more_goes_no_further(house: House, sms: SmsService) -> None:
    say(house, Channel.SMS, "email")
    taken = by_sms(house, sms)
    house.clock.now = MORNING + STILL_NEWS + timedelta(seconds=1)
    assert sms.report(taken, "failed", f"{house.url}/receipts/sms") == 200
    assert messages(house) == [("sms", "failed", False)]


def test_without_a_word_of_it_in_time_the_next_channel_is_tried_where_words_are_to_be_had(
    house: House, sms: SmsService, zalo: Zalo
) -> None:
    say(house, Channel.ZALO, "sms,email")
    by_zalo(house, zalo)
    late = MORNING + FALL_BACK_AFTER
    assert follow_up(house.database, lambda: late) == 1
    transport = Sms(sms.url, TOKEN, "A", diacritics=True, most_segments=3)
    send_due(house.database, transport, lambda: late)
    assert messages(house) == [("zalo", "sent", False), ("sms", "sent", False)]
    assert follow_up(house.database, lambda: late + timedelta(days=1)) == 0, "this one does not report: its word counts"


def test_zalo_s_signed_event_says_that_a_message_arrived(house: House, zalo: Zalo) -> None:
    say(house, Channel.ZALO, "sms")
    taken = by_zalo(house, zalo)
    assert [zalo.say_received(taken, f"{house.url}/receipts/zalo") for _ in range(2)] == [200, 200]
    assert messages(house) == [("zalo", "delivered", True)]
    assert follow_up(house.database, lambda: MORNING + FALL_BACK_AFTER) == 0


def test_what_is_forged_is_refused_and_changes_nothing(house: House, sms: SmsService, zalo: Zalo) -> None:
    say(house, Channel.ZALO, "sms")
    taken, to = by_zalo(house, zalo), f"{house.url}/receipts/zalo"
    assert zalo.say_received(taken, to, oa_secret=APP_SECRET) == 403, "the app's key is another one"
    assert zalo.say_received(taken, to, app_id="1002") == 403
    body = {"event_name": "user_received_message", "app_id": APP_ID, "timestamp": "1",
            "message": {"tracking_id": taken.tracking_id}}  # fmt: skip
    assert httpx.post(to, json=body).status_code == 403, "not signed"
    assert httpx.post(to, content=b"{").status_code == 403
    claimed = ShortMessage(str(UUID(taken.tracking_id)), "", "", "", unicode=False)
    assert sms.report(claimed, "delivered", f"{house.url}/receipts/sms", token="a guess") == 403
    assert httpx.post(f"{house.url}/receipts/sms", json={"id": claimed.id, "status": "delivered"}).status_code == 403
    assert messages(house) == [("zalo", "sent", False)]


def test_what_is_true_and_none_of_ours_is_taken_and_changes_nothing(house: House, sms: SmsService, zalo: Zalo) -> None:
    say(house, Channel.ZALO, "email")
    taken, to = by_zalo(house, zalo), f"{house.url}/receipts/sms"
    unknown = ShortMessage(str(uuid4()), "", "", "", unicode=False)
    by_zalo_too = ShortMessage(str(UUID(taken.tracking_id)), "", "", "", unicode=False)
    for one in (unknown, by_zalo_too):
        assert [sms.report(one, status, to) for status in ("delivered", "failed")] == [200, 200]
    of_zalo = Taken("", "", "", uuid4().hex), Taken("", "", "", "not ours")
    assert [zalo.say_received(one, f"{house.url}/receipts/zalo") for one in of_zalo] == [200, 200]
    followed = {"event_name": "follow", "app_id": APP_ID, "timestamp": 1, "message": {"tracking_id": taken.tracking_id}}
    assert zalo.post_event(followed, f"{house.url}/receipts/zalo") == 200
    assert messages(house) == [("zalo", "sent", False)]
    headers = {"Authorization": f"Bearer {RECEIPT_TOKEN}"}
    assert httpx.post(to, json={"status": "delivered"}, headers=headers).status_code == 422


def test_a_receipt_before_we_knew_that_it_was_sent_holds(house: House, sms: SmsService) -> None:
    message_id = say(house, Channel.SMS, "email")
    early = ShortMessage(str(message_id), "", "", "", unicode=False)
    to = f"{house.url}/receipts/sms"
    assert sms.report(early, "failed", to) == 200
    assert messages(house) == [("sms", "queued", False)], "nobody has handed it over yet"
    with house.database.writing() as session:
        claimed = queries.claim(session, Channel.SMS, now=MORNING)
    assert sms.report(early, "failed", to) == 200
    with house.database.writing() as session:
        queries.mark_sent(session, claimed, reported=True, now=LATER)
    assert messages(house) == [("sms", "failed", False), ("email", "queued", False)]
