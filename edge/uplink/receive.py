"""The roster's way down: over HTTPS, checked, applied, acknowledged. A notice by MQTT only says when to look."""

import base64
import binascii
import logging
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import SecretStr

from edge.backoff import Backoff
from edge.clock import Clock
from edge.contract import BriefingAck, BriefingKey, RosterAck, RosterKey, Unreadable, parse
from edge.contract.roster import SIGNER_HEADER, read_package
from edge.errors import EdgeError, Misconfigured, Rejected, Unavailable
from edge.store.delivered import DeliveredRoster, State
from edge.store.delivered_keys import DeliveredKeys

log = logging.getLogger(__name__)

Tls = Callable[[], ssl.SSLContext]
KeyT = TypeVar("KeyT", RosterKey, BriefingKey)

TIMEOUT_S = 30.0
LOOK_EVERY_S = 300.0
"""Without a notice: a broker may be blocked, a notice lost."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """`signer` is what the answer claims; whether it is believed is the receiver's to say."""

    body: bytes
    signer: bytes


class RosterClient:
    """Every method may raise Unavailable."""

    def __init__(self, url: str, device: str, token: SecretStr | None, tls: Tls | None = None) -> None:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        try:
            self._client = httpx.Client(
                base_url=f"{url.rstrip('/')}/api/v1/devices/{device}/",
                headers=headers,
                timeout=TIMEOUT_S,
                verify=tls() if tls else True,
            )
        except httpx.InvalidURL as error:
            raise Misconfigured(f"cloud_url {url!r}: write it as https://HOST: {error}") from error

    def fetch(self, *, have: int, key_id: str | None) -> Delivery | None:
        """None: nothing newer."""
        return self._fetch("roster", have, key_id)

    def key(self, key_id: str) -> bytes:
        return self._key(RosterKey, f"roster/keys/{key_id}")

    def acknowledge(self, ack: RosterAck) -> bool:
        """False: the cloud says that this is not what the version is."""
        return self._ask("POST", "roster/ack", content=ack.encode(), allowed=(httpx.codes.CONFLICT,)).is_success

    def fetch_briefing(self, *, have: int, holds: str, key_id: str | None) -> Delivery | None:
        """None: nothing newer, or a service from before there were briefings."""
        return self._fetch("briefing", have, key_id, allowed=(httpx.codes.NOT_FOUND,), holds=holds)

    def briefing_key(self, key_id: str) -> bytes:
        return self._key(BriefingKey, f"briefing/keys/{key_id}")

    def acknowledge_briefing(self, ack: BriefingAck) -> bool:
        """False: the cloud says that this is not what the version is."""
        return self._ask("POST", "briefing/ack", content=ack.encode(), allowed=(httpx.codes.CONFLICT,)).is_success

    def _fetch(
        self, what: str, have: int, key_id: str | None, allowed: tuple[int, ...] = (), **more: str
    ) -> Delivery | None:
        question = {"have": str(have), **more} | ({"key": key_id} if key_id else {})
        answer = self._ask("GET", what, params=question, allowed=allowed)
        if answer.status_code != httpx.codes.OK:
            return None
        try:
            signer = base64.urlsafe_b64decode(answer.headers.get(SIGNER_HEADER, ""))
        except binascii.Error as error:
            raise Unavailable(f"{answer.request.url}: its signer is not base64") from error
        return Delivery(answer.content, signer)

    def _key(self, kind: type[KeyT], path: str) -> bytes:
        answer = self._ask("GET", path)
        try:
            return parse(kind, answer.content).key
        except Unreadable as error:
            raise Unavailable(f"{answer.request.url}: answered something else: {error}") from error

    def close(self) -> None:
        self._client.close()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: bytes | None = None,
        allowed: tuple[int, ...] = (),
    ) -> httpx.Response:
        try:
            answer = self._client.request(
                method, path, params=params, content=content, headers={"Content-Type": "application/json"}
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._client.base_url}{path}: no connection: {error}") from error
        if not answer.is_success and answer.status_code not in allowed:
            raise Unavailable(f"{answer.request.url.copy_with(query=None)}: answered {answer.status_code}")
        return answer


class RosterDownlink:
    """One thread's. `bring_up_to_date` may be called as often as you like."""

    def __init__(
        self, client: RosterClient, roster: DeliveredRoster, keys: DeliveredKeys, device: str, clock: Clock
    ) -> None:
        self._client = client
        self._roster = roster
        self._keys = keys
        self._device = device
        self._clock = clock
        self._begin_anew = False

    def bring_up_to_date(self) -> bool:
        """Returns whether something was applied.

        Raises Unavailable, Rejected for a roster that is older or does not come out right, and Unreadable for one that
        is not our cloud's. Whatever it raises, the roster that is here stays as it was.
        """
        self._acknowledge()
        state = self._roster.state()
        if state.key_id is not None:
            self._keys.keep_only(state.key_id)
        delivery = self._client.fetch(have=0 if self._begin_anew else state.version, key_id=state.key_id)
        if delivery is None:
            if state.key_id is not None and self._keys.get(state.key_id) is None:
                self._keys.put(state.key_id, self._client.key(state.key_id))
                self._roster.key_has_come()
            return False
        self._apply(delivery, state)
        self._begin_anew = False
        self._acknowledge()
        return True

    def _apply(self, delivery: Delivery, state: State) -> None:
        signer = state.signer or delivery.signer
        package = read_package(delivery.body, lambda signature, signed: fits(signer, signature, signed))
        if package.device != self._device:
            raise Rejected(f"a roster for {package.device}, not for this unit: refused")
        self._roster.check(package)
        if state.signer is None:
            self._roster.pin(signer)
        key_id = str(package.key_id)
        if self._keys.get(key_id) is None:
            self._keys.put(key_id, self._client.key(key_id))
        self._roster.apply(package, now=self._clock.now())
        self._keys.keep_only(key_id)
        log.info("roster applied version=%d entries=%d erased=%d", package.version, len(package.entries),
                 len(package.erase))  # fmt: skip

    def _acknowledge(self) -> None:
        if ack := self._roster.unsent():
            self._begin_anew = not self._client.acknowledge(ack)
            self._roster.sent()


class Downlink(Protocol):
    def bring_up_to_date(self) -> bool: ...


def watch(
    open_downlinks: Callable[[], Sequence[Downlink]],
    news: threading.Event,
    stopping: threading.Event,
    backoff: Backoff,
) -> None:
    """Look at once, whenever there is `news`, and every LOOK_EVERY_S. Runs in a thread of its own until `stopping`."""
    downlinks = open_downlinks()
    while not stopping.is_set():
        news.clear()
        wait_s = LOOK_EVERY_S
        try:
            for downlink in downlinks:
                try:
                    downlink.bring_up_to_date()
                except Unavailable:
                    raise
                except (EdgeError, Unreadable) as error:
                    log.error("%s not taken: %s", type(downlink).__name__, error)
            backoff.succeeded()
        except Unavailable as error:
            wait_s = backoff.next_s()
            log.warning("roster not looked at next_try_s=%.1f: %s", wait_s, error)
        news.wait(wait_s)


def fits(signer: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(signer).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
