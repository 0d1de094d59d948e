"""Web Push as far as a browser without a push service goes (pushing.py).

What lies between is tested in tests/cloud/notifications, with a push service that decrypts.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cloud.notifications.tables import PushSubscription
from cloud.notifications.vapid import new_private_key
from tests.browser.conftest import Visit
from tests.browser.pushing import deliver, shown, tap, will_subscribe
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.services.push import PushService
from tests.services.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.whole_browser]


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    with open_house(database, vapid_private_key=new_private_key()) as house:
        yield house
    database.close()


def endpoints(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(PushSubscription.endpoint)))


def allowed_to_notify(visit: Visit, house: House) -> Page:
    page = visit("bob", "/children")
    page.context.grant_permissions(["notifications"], origin=house.url)
    page.reload()
    return page


def test_a_parent_asks_for_messages_and_takes_the_wish_back(house: House, visit: Visit, push: PushService) -> None:
    subscription = push.subscribe()
    page = allowed_to_notify(visit, house)
    will_subscribe(page, subscription)
    page.reload()
    page.get_by_role("button", name="Báo cho tôi trên máy này").click()
    expect(page.get_by_text("Điện thoại này sẽ báo khi con đến trường.")).to_be_visible()
    assert endpoints(house) == [subscription.endpoint]
    page.get_by_role("button", name="Tắt thông báo trên máy này").click()
    expect(page.get_by_role("button", name="Báo cho tôi trên máy này")).to_be_visible()
    eventually(lambda: endpoints(house) == [])


def test_without_a_push_service_the_page_says_so_in_plain_words(house: House, visit: Visit) -> None:
    page = allowed_to_notify(visit, house)
    page.reload()
    page.get_by_role("button", name="Báo cho tôi trên máy này").click()
    expect(page.get_by_role("alert")).to_contain_text("Chưa bật được")
    assert endpoints(house) == []


def test_the_service_worker_shows_a_message_and_confirms_it(house: House, visit: Visit) -> None:
    page = allowed_to_notify(visit, house)
    message = {
        "title": "Nguyễn Thị Lan đã đến trường lúc 07:07", "body": "Nguyễn Thị Lan (lớp 1A)", "lang": "vi",
        "tag": "one", "url": "/children", "receipt": "/push/receipts/01990000-0000-7000-8000-000000000000",
    }  # fmt: skip
    with page.context.expect_event("request", lambda request: "/push/receipts/" in request.url) as confirmed:
        deliver(page, house.url, json.dumps(message))
    assert confirmed.value.method == "POST"
    assert shown(page) == [{"title": message["title"], "body": message["body"], "lang": "vi"}]
    deliver(page, house.url, json.dumps(message))
    assert len(shown(page)) == 1
    with page.context.expect_event("request", lambda request: request.url.endswith("/opened")) as opened:
        tap(page)
    assert opened.value.url.endswith(f"{message['receipt']}/opened")
    assert shown(page) == []


def test_a_message_that_nobody_can_read_still_shows_something(house: House, visit: Visit) -> None:
    page = allowed_to_notify(visit, house)
    deliver(page, house.url, "not json")
    eventually(lambda: [one["title"] for one in shown(page)] == ["Điểm danh"])
