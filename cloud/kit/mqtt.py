"""Taking messages from a broker: a handler sees many at once, and each is acknowledged after the handler is done.

MQTT 5 with a subscription that all workers share, or 3.1.1 with a plain one: then every worker sees every message,
and the handler's idempotence makes that right. Nothing depends on the broker keeping anything: sessions begin clean.
"""

import logging
import random
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from cloud.kit.errors import Misconfigured, Unavailable

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
KEEP_ALIVE_S = 30
LONGEST_WAIT_S = 30.0
AT_ONCE = 400
"""Messages in one call of the handler."""
TAKES_AT_MOST = 2 * AT_ONCE
"""Told to a broker of MQTT 5: while the database is away, the rest waits there and not in this process."""
SENDS_AT_MOST = 20
"""Replies under way, as paho has it; a broker of MQTT 5 may say less (section 3.2.2.3.3), which paho does not heed."""


@dataclass(frozen=True, slots=True)
class Broker:
    """`url` is mqtt:// or mqtts:// with host and port."""

    url: str
    user: str | None = None
    password: str | None = None
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    """For mqtts://; made anew for every connection, so that a renewed certificate is taken up."""

    def __post_init__(self) -> None:
        """Raises Misconfigured."""
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in {"mqtt", "mqtts"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise Misconfigured(f"broker_url {self.url!r}: write it as mqtt://HOST:1883 or mqtts://HOST:8883")


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    payload: bytes


Handler = Callable[[Sequence[Message]], Sequence[Message]]
"""Takes messages in, returns what to publish. Unavailable means: the same again later. Any other exception means that
one of them is beyond it; they are then handed over one by one, and the one at fault is dropped."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`shared` is the same topic with a share's name before it, for MQTT 5."""

    topic: str
    shared: str


class Consumer:
    """Runs in one thread until told to stop; a broker that is away is tried again with growing, jittered waits."""

    def __init__(self, broker: Broker, subscriptions: Sequence[Subscription], handle: Handler) -> None:
        self._broker = broker
        self._subscriptions = subscriptions
        self._handle = handle
        self._connection: _Connection | None = None

    @property
    def connected(self) -> bool:
        return self._connection is not None

    def run(self, stop: threading.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                with self._connect() as self._connection:
                    failures = 0
                    self._consume(self._connection, stop)
            except Unavailable as error:
                failures += 1
                wait_s = random.uniform(0.2, min(2.0**failures, LONGEST_WAIT_S))
                log.warning("%s; again in %.1f s", error, wait_s)
                stop.wait(wait_s)
            finally:
                self._connection = None

    def _connect(self) -> "_Connection":
        try:
            return _Connection(self._broker, self._subscriptions, MQTTProtocolVersion.MQTTv5)
        except _SpeaksOlder:
            log.info("the broker speaks MQTT 3.1.1 only: every worker will see every message")
            return _Connection(self._broker, self._subscriptions, MQTTProtocolVersion.MQTTv311)

    def _consume(self, connection: "_Connection", stop: threading.Event) -> None:
        failures, not_before = 0, 0.0
        while not stop.is_set():
            connection.receive(wait_s=0.2)
            if not connection.pending or time.monotonic() < not_before:
                continue
            batch = connection.pending[:AT_ONCE]
            try:
                replies = self._handled([message for message, _ in batch])
            except Unavailable as error:
                failures += 1
                wait_s = min(0.2 * 2**failures, LONGEST_WAIT_S)
                not_before = time.monotonic() + wait_s
                log.warning("%s %d messages wait %.1f s", error, len(connection.pending), wait_s)
                continue
            failures = 0
            connection.finish(batch, replies)

    def _handled(self, messages: Sequence[Message]) -> Sequence[Message]:
        try:
            return self._handle(messages)
        except Unavailable:
            raise
        except Exception:
            log.exception("%d messages could not be handled together", len(messages))
            if len(messages) == 1:
                return []
        return [reply for message in messages for reply in self._handled([message])]


class _SpeaksOlder(Unavailable):
    """The broker turned MQTT 5 away, or hung up on it without a word."""


class _Connection:
    """One connection, driven by whoever calls `receive`; nothing is carried over to the next one."""

    def __init__(self, broker: Broker, subscriptions: Sequence[Subscription], version: MQTTProtocolVersion) -> None:
        self.pending: list[tuple[Message, int]] = []
        """Received and not acknowledged yet, each with paho's message id."""
        self._url = broker.url
        self._newest = version is MQTTProtocolVersion.MQTTv5
        self._replies: deque[Message] = deque()
        """Not sent yet: the broker has no room for them."""
        self._under_way: set[int] = set()
        """paho's ids of replies that the broker has not taken."""
        self._receive_maximum = SENDS_AT_MOST
        self._answer: ReasonCode | None = None
        self._granted: list[ReasonCode] | None = None
        self._client = self._make_client(broker, version)
        self._open(subscriptions)

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()

    def receive(self, *, wait_s: float) -> None:
        """Wait for a message, then take what has come with it."""
        self._turn(wait_s)
        before = -1
        while before < len(self.pending) < AT_ONCE:
            before = len(self.pending)
            self._turn(0)

    def finish(self, batch: Sequence[tuple[Message, int]], replies: Sequence[Message]) -> None:
        """Send the replies as the broker has room for them, and tell it that the messages need not come again: they
        are stored, and whoever misses a reply asks again."""
        self._replies.extend(replies)
        self._send_replies()
        for _, mid in batch:
            self._client.ack(mid, qos=1)
        del self.pending[: len(batch)]

    def _send_replies(self) -> None:
        while self._replies and len(self._under_way) < self._receive_maximum:
            reply = self._replies.popleft()
            self._under_way.add(self._client.publish(reply.topic, reply.payload, qos=1).mid)

    def _make_client(self, broker: Broker, version: MQTTProtocolVersion) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"worker-{uuid4().hex}",
            protocol=version,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        if urlsplit(broker.url).scheme == "mqtts":
            client.tls_set_context(broker.tls())
        client.on_connect = self._on_connect
        client.on_subscribe = lambda client, data, mid, codes, properties: setattr(self, "_granted", codes)
        client.on_publish = lambda client, data, mid, reason, properties: self._under_way.discard(mid)
        client.on_message = lambda client, data, message: self.pending.append(
            (Message(message.topic, bytes(message.payload)), message.mid)
        )
        return client

    def _open(self, subscriptions: Sequence[Subscription]) -> None:
        parts = urlsplit(self._url)
        port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
        try:
            properties = None
            if self._newest:
                properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
                properties.ReceiveMaximum = TAKES_AT_MOST
            self._client.connect(parts.hostname or "", port, KEEP_ALIVE_S, properties=properties)
        except OSError as error:
            raise Unavailable(f"{self._url}: no connection: {error}") from error
        try:
            self._turn_until(lambda: self._answer is not None, "did not answer")
        except Unavailable as error:
            raise (_SpeaksOlder(str(error)) if self._newest and self._answer is None else error) from error
        self._client.subscribe([(one.shared if self._newest else one.topic, 1) for one in subscriptions])
        self._turn_until(lambda: self._granted is not None, "did not confirm the subscriptions")
        if any(code.is_failure for code in self._granted or ()):
            raise Unavailable(f"{self._url}: the broker refuses the subscriptions: check its access list")
        log.info("connected to %s with MQTT %s", self._url, "5" if self._newest else "3.1.1")

    def _turn_until(self, done: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + CONNECT_TIMEOUT_S
        while not done():
            if time.monotonic() > deadline:
                raise Unavailable(f"{self._url}: the broker {complaint} within {CONNECT_TIMEOUT_S:.0f} s")
            self._turn(0.1)

    def _turn(self, wait_s: float) -> None:
        code = self._client.loop(wait_s)
        if self._answer is not None and self._answer.is_failure:
            problem = f"{self._url}: the broker refuses: {self._answer}; check broker_user and broker_password"
            too_new = self._newest and self._answer.getName() == "Unsupported protocol version"
            raise _SpeaksOlder(problem) if too_new else Unavailable(problem)
        if code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise Unavailable(f"{self._url}: connection lost: {paho.error_string(code)}")
        self._send_replies()

    def _on_connect(
        self,
        client: paho.Client,
        data: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._answer = reason
        said = getattr(properties, "ReceiveMaximum", SENDS_AT_MOST)
        self._receive_maximum = max(1, min(said, SENDS_AT_MOST))
