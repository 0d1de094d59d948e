"""The way up over HTTPS, for networks that block the broker: the same envelopes, the answer is the acknowledgement."""

import ssl
import time
from collections.abc import Callable

import httpx
from pydantic import SecretStr

from edge.contract import Ack, EventBatch, Heartbeat, Unreadable, parse
from edge.errors import Misconfigured, Unavailable

TIMEOUT_S = 10.0
ADVICE = {
    401: "check cloud_token",
    403: "check cloud_token and device",
    404: "check cloud_url, and that this unit is registered",
    413: "a proxy limits the size of a request",
    429: "the cloud asks for patience",
}


class HttpsLink:
    """Every batch is one request. What was not answered was not taken: sending it twice does no harm."""

    def __init__(
        self, url: str, device: str, token: SecretStr | None, tls: Callable[[], ssl.SSLContext] | None = None
    ) -> None:
        """`tls` where the unit has a certificate to show."""
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        try:
            self._client = httpx.Client(
                base_url=f"{url.rstrip('/')}/api/v1/devices/{device}/",
                headers=headers,
                timeout=TIMEOUT_S,
                verify=tls() if tls else True,
            )
            if self._client.base_url.scheme not in ("http", "https") or not self._client.base_url.host:
                raise ValueError("http:// or https:// is missing")
        except (httpx.InvalidURL, ValueError) as error:
            raise Misconfigured(f"cloud_url {url!r}: write it as https://HOST: {error}") from error
        self._acks: list[Ack] = []
        self._unanswered: frozenset[int] = frozenset()
        self._proven = False
        self._hears_heartbeats = True

    @property
    def proven(self) -> bool:
        return self._proven

    def send(self, number: int, batch: EventBatch) -> None:
        self._unanswered = frozenset({number})
        answer = self._post("events", batch.encode())
        if answer.status_code != httpx.codes.OK:
            raise Unavailable(_complaint(answer))
        try:
            self._acks.append(parse(Ack, answer.content))
        except Unreadable as error:
            raise Unavailable(f"{self._client.base_url}events: answered something else: {error}") from error
        self._unanswered = frozenset()
        self._proven = True

    def beat(self, heartbeat: Heartbeat) -> None:
        if not self._hears_heartbeats:
            return
        answer = self._post("health", heartbeat.encode())
        if answer.status_code == httpx.codes.NOT_FOUND:
            # A cloud that does not hear heartbeats this way takes batches all the same.
            self._hears_heartbeats = False
        elif not answer.is_success:
            raise Unavailable(_complaint(answer))
        else:
            self._proven = True

    def wait(self, seconds: float) -> list[Ack]:
        if not self._acks:
            time.sleep(seconds)
        acks, self._acks = self._acks, []
        return acks

    def not_taken(self) -> frozenset[int]:
        return self._unanswered

    def is_heard(self) -> bool:
        return True

    def take_unheard(self) -> frozenset[int]:
        return frozenset()

    def close(self) -> None:
        self._client.close()

    def _post(self, path: str, content: bytes) -> httpx.Response:
        try:
            return self._client.post(path, content=content, headers={"Content-Type": "application/json"})
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._client.base_url}{path}: no connection: {error}") from error


def _complaint(answer: httpx.Response) -> str:
    advice = ADVICE.get(answer.status_code, "events are kept and tried again")
    return f"{answer.request.url}: answered {answer.status_code}: {advice}"
