"""Web Push (RFC 8030, 8291, 8292): encrypted for one browser, signed with the school's VAPID key."""

import logging
from datetime import datetime

import requests
from py_vapid import Vapid02
from pydantic import BaseModel
from pywebpush import WebPushException, webpush

from cloud.notifications.rules import STILL_NEWS
from cloud.notifications.transport import Channel, Outgoing, PushAddress, TransportError

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
LONGEST = 800
"""Letters of a body: Vietnamese ones take up to three bytes, and a push service takes 4 KB in all."""
GONE = frozenset({404, 410})
LATER = frozenset({429, 500, 502, 503, 504})


class Payload(BaseModel):
    """What the service worker in `static/sw.js` reads. `tag` makes a double replace the first; `receipt` is ours."""

    title: str
    body: str
    lang: str
    tag: str
    url: str
    receipt: str


class WebPush:
    channel = Channel.WEB_PUSH

    def __init__(self, private_key: str, contact: str) -> None:
        """`private_key` as `diemdanh-cloud vapid-key` prints it. Raises ValueError if it is none."""
        self._vapid = Vapid02.from_string(private_key)
        self._contact = contact

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        """One browser that took it is enough: to try again would show it there twice."""
        gone: set[str] = set()
        failures: list[TransportError] = []
        for address in outgoing.browsers:
            try:
                self._send_to(address, outgoing, now)
            except TransportError as error:
                failures.append(error)
                gone |= error.gone
        if len(failures) < len(outgoing.browsers):
            return frozenset(gone)
        if not failures:
            raise TransportError("no browser of theirs takes Web Push", permanent=True)
        passing = next((failure for failure in failures if not failure.permanent), None)
        raise TransportError(str(passing or failures[0]), permanent=passing is None, gone=frozenset(gone))

    def _send_to(self, address: PushAddress, outgoing: Outgoing, now: datetime) -> None:
        ttl_s = max(0, int((outgoing.happened_at + STILL_NEWS - now).total_seconds()))
        try:
            webpush(
                {"endpoint": address.endpoint, "keys": {"p256dh": address.p256dh, "auth": address.auth}},
                _payload(outgoing).model_dump_json(),
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._contact},
                ttl=ttl_s,
                timeout=TIMEOUT_S,
                headers={"Urgency": "high", "Topic": outgoing.id.hex},
            )
        except WebPushException as error:
            status = error.response.status_code if error.response is not None else 0
            gone = frozenset({address.endpoint}) if status in GONE else frozenset()
            permanent = status not in LATER
            raise TransportError(f"the push service answered {status}", permanent=permanent, gone=gone) from error
        except requests.RequestException as error:
            raise TransportError(f"no push service there: {type(error).__name__}", permanent=False) from error
        except ValueError as error:
            raise TransportError("the browser's keys are none", permanent=True) from error


def _payload(outgoing: Outgoing) -> Payload:
    return Payload(
        title=outgoing.subject,
        body=outgoing.body if len(outgoing.body) <= LONGEST else f"{outgoing.body[:LONGEST]}…",
        lang=outgoing.locale,
        tag=outgoing.id.hex,
        url=outgoing.path,
        receipt=f"/push/receipts/{outgoing.id}",
    )
