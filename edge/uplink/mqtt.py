"""The way up over MQTT: one connection, version 5 or 3.1.1."""

import logging
from collections import deque
from collections.abc import Callable

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.clock import Clock
from edge.contract import Ack, EventBatch, Heartbeat, Offline, Unreadable, parse, topics
from edge.errors import Unavailable
from edge.uplink.broker import Broker

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
KEEP_ALIVE_S = 15
SESSION_EXPIRY_S = 3600
"""Acknowledgements that arrive while we are away wait at the broker for so long."""
GOODBYE_S = 1.0
UNSUPPORTED_PROTOCOL_VERSION = 132
"""MQTT 5.0, section 3.2.2.2: the reason code 0x84."""
RECEIVE_MAXIMUM = 20
"""Messages under way at most, as paho has it; a broker of MQTT 5 may say less (section 3.2.2.3.3)."""
NO_MATCHING_SUBSCRIBERS = 16
"""MQTT 5.0, section 3.4.2.1: the reason code 0x10. The broker took it, and threw it away."""


class SpeaksOlder(Unavailable):
    """The broker turned MQTT 5 away, or hung up on it without a word."""


class MqttConnector:
    """Opens links, and remembers which version the broker speaks."""

    def __init__(self, broker: Broker, clock: Clock, roster_news: Callable[[], None] = lambda: None) -> None:
        self._broker = broker
        self._clock = clock
        self._roster_news = roster_news
        self._version = MQTTProtocolVersion.MQTTv5

    def open(self) -> "MqttLink":
        """Connected and subscribed, or Unavailable."""
        try:
            return MqttLink(self._broker, self._version, self._clock, self._roster_news)
        except SpeaksOlder:
            link = MqttLink(self._broker, MQTTProtocolVersion.MQTTv311, self._clock, self._roster_news)
            log.info("broker speaks MQTT 3.1.1 only")
            self._version = MQTTProtocolVersion.MQTTv311
            return link


class MqttLink:
    """One connection, driven by whoever calls `wait`; a new link is a new paho client, so nothing is carried over."""

    def __init__(
        self, broker: Broker, version: MQTTProtocolVersion, clock: Clock, roster_news: Callable[[], None] = lambda: None
    ) -> None:
        self._broker = broker
        self._roster_news = roster_news
        self._clock = clock
        self._acks: list[Ack] = []
        self._under_way: dict[int, int | None] = {}
        """paho's message id to the sender's number (None: a heartbeat)."""
        self._waiting: deque[tuple[str, bytes, int | None]] = deque()
        """Topic, payload and number of what the broker has no room for yet: paho does not heed the receive maximum."""
        self._receive_maximum = RECEIVE_MAXIMUM
        self._connected: ReasonCode | None = None
        self._subscribed: list[ReasonCode] | None = None
        self._proven = False
        self._unheard: set[int] = set()
        self._is_heard = False
        self._client = self._make_client(version)
        try:
            self._open(version)
        except BaseException:
            self._let_go()
            raise

    @property
    def proven(self) -> bool:
        return self._proven

    def send(self, number: int, batch: EventBatch) -> None:
        self._publish(topics.events(self._broker.device), batch.encode(), number)

    def beat(self, heartbeat: Heartbeat) -> None:
        self._publish(topics.health(self._broker.device), heartbeat.encode(), None)

    def wait(self, seconds: float) -> list[Ack]:
        self._turn(seconds)
        acks, self._acks = self._acks, []
        return acks

    def not_taken(self) -> frozenset[int]:
        waiting = (number for _, _, number in self._waiting)
        return frozenset(number for number in (*self._under_way.values(), *waiting) if number is not None)

    def is_heard(self) -> bool:
        return self._is_heard

    def take_unheard(self) -> frozenset[int]:
        unheard, self._unheard = frozenset(self._unheard), set()
        return unheard

    def close(self) -> None:
        try:
            self._publish(topics.health(self._broker.device), self._last_words(), None)
            deadline_s = self._clock.monotonic_s() + GOODBYE_S
            while (self._waiting or None in self._under_way.values()) and self._clock.monotonic_s() < deadline_s:
                self._turn(0.05)
        except Unavailable:
            pass
        self._let_go()

    def _make_client(self, version: MQTTProtocolVersion) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.device,
            clean_session=None if version is MQTTProtocolVersion.MQTTv5 else False,
            protocol=version,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.will_set(topics.health(self._broker.device), self._last_words(), qos=1)
        if self._broker.password is not None:
            client.username_pw_set(self._broker.device, self._broker.password)
        if self._broker.uses_tls:
            client.tls_set_context(self._broker.tls())
        client.on_connect = self._on_connect
        client.on_subscribe = lambda client, data, mid, codes, properties: setattr(self, "_subscribed", codes)
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _let_go(self) -> None:
        self._client.disconnect()
        # The client and we hold each other: its sockets would stay open until the collector comes round.
        self._client.on_connect = self._client.on_subscribe = self._client.on_publish = self._client.on_message = None

    def _last_words(self) -> bytes:
        return Offline(device=self._broker.device, session=self._broker.session).encode()

    def _open(self, version: MQTTProtocolVersion) -> None:
        newest = version is MQTTProtocolVersion.MQTTv5
        try:
            if newest:
                properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
                properties.SessionExpiryInterval = SESSION_EXPIRY_S
                self._client.connect(
                    self._broker.host, self._broker.port, KEEP_ALIVE_S, clean_start=False, properties=properties
                )
            else:
                self._client.connect(self._broker.host, self._broker.port, KEEP_ALIVE_S)
        except OSError as error:
            raise Unavailable(f"{self._broker.url}: no connection: {error}") from error
        try:
            self._turn_until(lambda: self._connected is not None, "did not answer")
        except Unavailable as error:
            if newest and self._connected is None:
                raise SpeaksOlder(str(error)) from error
            raise
        device = self._broker.device
        self._client.subscribe([(topic(device), 1) for topic in (topics.ack, topics.roster, topics.briefing)])
        self._turn_until(lambda: self._subscribed is not None, "did not confirm the subscription")
        if any(code.is_failure for code in self._subscribed or ()):
            raise Unavailable(
                f"{self._broker.url}: reading {topics.ack(self._broker.device)} is refused: check its ACL."
            )

    def _turn_until(self, done: Callable[[], bool], complaint: str) -> None:
        deadline_s = self._clock.monotonic_s() + CONNECT_TIMEOUT_S
        while not done():
            if self._clock.monotonic_s() > deadline_s:
                raise Unavailable(f"{self._broker.url}: the broker {complaint} within {CONNECT_TIMEOUT_S:.0f} s")
            self._turn(0.1)

    def _turn(self, seconds: float) -> None:
        code = self._client.loop(seconds)
        refused = self._connected
        if refused is not None and refused.is_failure:
            said = f"{self._broker.url}: the broker refuses: {refused}. Check device and broker_password."
            raise SpeaksOlder(said) if refused.value == UNSUPPORTED_PROTOCOL_VERSION else Unavailable(said)
        if code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise Unavailable(f"{self._broker.url}: connection lost: {paho.error_string(code)}")
        self._send_waiting()

    def _publish(self, topic: str, payload: bytes, number: int | None) -> None:
        self._waiting.append((topic, payload, number))
        self._send_waiting()

    def _send_waiting(self) -> None:
        while self._waiting and len(self._under_way) < self._receive_maximum:
            self._send_now(*self._waiting.popleft())

    def _send_now(self, topic: str, payload: bytes, number: int | None) -> None:
        told = self._client.publish(topic, payload, qos=1)
        self._under_way[told.mid] = number
        if told.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise Unavailable(f"{self._broker.url}: connection lost: {paho.error_string(told.rc)}")

    def _on_connect(
        self,
        client: paho.Client,
        data: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._connected = reason
        said = getattr(properties, "ReceiveMaximum", RECEIVE_MAXIMUM)
        self._receive_maximum = max(1, min(said, RECEIVE_MAXIMUM))

    def _on_publish(
        self, client: paho.Client, data: object, mid: int, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._proven = True
        number = self._under_way.pop(mid, None)
        self._is_heard = reason.value != NO_MATCHING_SUBSCRIBERS
        if number is not None and not self._is_heard:
            self._unheard.add(number)

    def _on_message(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        if message.topic in (topics.roster(self._broker.device), topics.briefing(self._broker.device)):
            # It only says that it is time to look; what counts is what HTTPS then answers.
            self._roster_news()
            return
        try:
            self._acks.append(parse(Ack, bytes(message.payload)))
        except Unreadable as error:
            log.warning("acknowledgement passed over bytes=%d: %s", len(message.payload), error)
