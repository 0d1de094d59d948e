"""A stand-in for the cloud: takes batches from a real broker, remembers, acknowledges. It can be told not to."""

import threading

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.contract import Ack, Heartbeat, Offline, SetAside, parse, topics
from edge.contract.events import read_batch
from edge.contract.wire import Unreadable


class Consumer:
    """`arrivals` is every seq in the order it came, repeats included."""

    def __init__(self, port: int, *, version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311) -> None:
        self.arrivals: list[int] = []
        self.health: list[Heartbeat | Offline] = []
        self.refuses: set[int] = set()
        self.ignores: set[int] = set()
        self.answers = True
        self.is_ready = threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id="cloud", clean_session=False, protocol=version
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self.is_ready.set()
        self._client.on_message = self._on_message
        self._client.connect_async("127.0.0.1", port)
        self._client.loop_start()

    @property
    def distinct(self) -> set[int]:
        return set(self.arrivals)

    def has(self, count: int) -> bool:
        return len(self.distinct) >= count

    @property
    def sends_per_event(self) -> float:
        return len(self.arrivals) / max(1, len(self.distinct))

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: paho.Client, *rest: object) -> None:
        client.subscribe([(topics.ALL_EVENTS, 1), (topics.ALL_HEALTH, 1)])

    def _on_message(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        if message.topic.endswith("health"):
            self.health.append(_health(bytes(message.payload)))
            return
        batch = read_batch(bytes(message.payload))
        seqs = [sighting.seq for sighting in batch.sightings() if not isinstance(sighting, tuple)]
        self.arrivals += seqs
        if self.answers and not self.ignores & set(seqs):
            ack = Ack(
                device=batch.device,
                stored=tuple(seq for seq in seqs if seq not in self.refuses),
                set_aside=tuple(SetAside(seq=seq, reason="person: not known") for seq in seqs if seq in self.refuses),
            )
            client.publish(topics.ack(batch.device), ack.encode(), qos=1)


def _health(payload: bytes) -> Heartbeat | Offline:
    try:
        return parse(Heartbeat, payload)
    except Unreadable:
        return parse(Offline, payload)
