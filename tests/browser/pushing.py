"""Web Push as far as a browser without a push service goes.

Headless Chromium reaches no push service and so makes no subscription of its own: a page is given one that the test
makes, and the service worker a message that the browser's own tools hand to it.
"""

import json
from contextlib import suppress
from typing import Any

from playwright.sync_api import Page

from tests.services.push import Subscription
from tests.services.waiting import eventually

TRIES = 6
AGAIN_S = 5.0

SUBSCRIBE = """(subscription) => {
  let mine = null;
  const made = {
    endpoint: subscription.endpoint, toJSON: () => subscription, unsubscribe: async () => { mine = null; return true; },
  };
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey.length !== 87) throw new Error("not a key");
    return mine = made;
  };
  PushManager.prototype.getSubscription = async () => mine;
}"""


def will_subscribe(page: Page, subscription: Subscription) -> None:
    """From the next page on, the browser's push service hands out `subscription`."""
    as_json = {"endpoint": subscription.endpoint, "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth}}
    page.add_init_script(f"({SUBSCRIBE})({json.dumps(as_json)})")


def deliver(page: Page, origin: str, payload: str) -> None:
    """As the push service would, by the browser's own tools."""
    page.wait_for_function(
        "navigator.serviceWorker.getRegistration().then((one) => one?.active?.state === 'activated')"
    )
    tools = page.context.new_cdp_session(page)
    registrations: list[Any] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        # The browser tells of every profile's, also of those that another test has left.
        lambda event: registrations.extend(
            one for one in event["registrations"] if one["scopeURL"].startswith(origin) and not one["isDeleted"]
        ),
    )
    tools.send("ServiceWorker.enable")
    eventually(lambda: (page.wait_for_timeout(20), registrations)[1], saying="the browser tells of no service worker")

    for _ in range(TRIES):
        tools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": registrations[-1]["registrationId"], "data": payload},
        )
        # Again, as a push service does with what no phone has taken: the tool does not say whether a worker did.
        with suppress(AssertionError):
            eventually(lambda: shown(page), within_s=AGAIN_S)
            return
    raise AssertionError(f"no message was shown by {registrations[-1]}")


def shown(page: Page) -> list[dict[str, str]]:
    return list(
        page.evaluate(
            """navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
            .then((all) => all.map(({ title, body, lang }) => ({ title, body, lang })))"""
        )
    )


def tap(page: Page) -> None:
    """On the message that is shown. The worker complains that an event of ours waits for nothing, and goes on."""
    [worker] = page.context.service_workers
    worker.evaluate(
        """() => self.registration.getNotifications().then(([notification]) => {
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        })"""
    )
