"""Web Push (RFC 8030, 8291, 8292): encrypted for one browser, signed with the school's VAPID key."""

import logging
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
from py_vapid import Vapid02
from pydantic import BaseModel
from pywebpush import WebPusher, WebPushException

from cloud.notifications.rules import STILL_NEWS
from cloud.notifications.transport import Channel, Http, Outgoing, PushAddress, TransportError

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
LONGEST = 800
"""Letters of a body: Vietnamese ones take up to three bytes, and a push service takes 4 KB in all."""
GONE = frozenset({404, 410})
LATER = frozenset({429, 500, 502, 503, 504})
SIGNED_FOR = timedelta(hours=12)
"""A signature says for which push service and how long it is good, and nothing of the message; a day is the most."""


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
    reports = True

    def __init__(self, private_key: str, contact: str) -> None:
        """`private_key` as `diemdanh-cloud vapid-key` prints it. Raises ValueError if it is none."""
        self._vapid = Vapid02.from_string(private_key)
        self._contact = contact
        self._http = Http(TIMEOUT_S)
        self._signed: dict[str, tuple[datetime, str]] = {}
        """By push service: until when the signature is used, and what it is."""

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
            keys = {"p256dh": address.p256dh, "auth": address.auth}
            browser = WebPusher({"endpoint": address.endpoint, "keys": keys})
            body = browser.encode(_payload(outgoing).model_dump_json().encode())["body"]
        except (WebPushException, ValueError) as error:
            raise TransportError("the browser's keys are none", permanent=True) from error
        headers = {
            "Authorization": self._signature(address.endpoint, now),
            "Content-Encoding": "aes128gcm",
            "TTL": str(ttl_s),
            "Urgency": "high",
            "Topic": outgoing.id.hex,
        }
        try:
            status = self._http.client.post(address.endpoint, content=body, headers=headers).status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransportError(f"no push service there: {type(error).__name__}", permanent=False) from error
        if status > HTTPStatus.ACCEPTED:
            gone = frozenset({address.endpoint}) if status in GONE else frozenset()
            raise TransportError(f"the push service answered {status}", permanent=status not in LATER, gone=gone)

    def _signature(self, endpoint: str, now: datetime) -> str:
        """VAPID for the push service of this endpoint, used for half of the time that it is good for."""
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        until, signature = self._signed.get(audience, (now, ""))
        if not now < until <= now + SIGNED_FOR:
            expires_at = int((now + SIGNED_FOR).timestamp())
            claims = {"sub": self._contact, "aud": audience, "exp": expires_at}
            signature = self._vapid.sign(claims)["Authorization"]
            self._signed[audience] = now + SIGNED_FOR / 2, signature
        return signature


def _payload(outgoing: Outgoing) -> Payload:
    return Payload(
        title=outgoing.subject,
        body=outgoing.body if len(outgoing.body) <= LONGEST else f"{outgoing.body[:LONGEST]}…",
        lang=outgoing.locale,
        tag=outgoing.id.hex,
        url=outgoing.path,
        receipt=f"/push/receipts/{outgoing.id}",
    )
