"""SMS through an aggregator, in one small form that each of them can be brought to (README.md)."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from cloud.notifications.sms_text import fitted, is_unicode, without_diacritics
from cloud.notifications.transport import Channel, Http, Outgoing, TransportError

TIMEOUT_S = 10.0
TAKEN = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT})
"""Conflict: a message of this id was taken before."""
OURS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
"""Not this message's fault: a person has to mend the token."""
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class Sms:
    channel = Channel.SMS

    def __init__(
        self, url: str, token: str, sender: str, *, diacritics: bool, most_segments: int, reports: bool = False
    ) -> None:
        """Raises ValueError for a `url` that is none."""
        self.reports = reports
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise ValueError("write https://HOST/PATH")
        self._http = Http(TIMEOUT_S)
        self._url = url
        self._token = token
        self._sender = sender
        self._diacritics = diacritics
        self._most_segments = most_segments

    def send(self, outgoing: Outgoing, now: datetime) -> frozenset[str]:
        if outgoing.phone is None:
            raise TransportError("the guardian has no phone number", permanent=True)
        subject, body = outgoing.subject, outgoing.body
        if not self._diacritics:
            subject, body = without_diacritics(subject), without_diacritics(body)
        text = fitted(subject, body, most=self._most_segments)
        message = {
            "id": str(outgoing.id),
            "from": self._sender,
            "to": outgoing.phone,
            "text": text,
            "unicode": is_unicode(text),
        }
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            response = self._http.client.post(self._url, json=message, headers=headers)
        except httpx.HTTPError as error:
            raise TransportError(f"no SMS service there: {type(error).__name__}", permanent=False) from error
        status = response.status_code
        if status not in TAKEN:
            passing = status in OURS or status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR
            raise TransportError(f"the SMS service answered {status}", permanent=not passing)
        return frozenset()
