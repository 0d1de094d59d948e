"""A unit's end of the broker: publishes what a test wants, and keeps what comes down."""

from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt

from edge.contract import Ack, parse, topics
from tests.services.waiting import eventually


class UnitOnMqtt:
    def __init__(self, port: int, device: str, protocol: int = mqtt.MQTTv5) -> None:
        self.device = device
        self.acks: list[Ack] = []
        self._listening = False
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTProtocolVersion(protocol))
        self._client.on_connect = lambda client, *_: client.subscribe(topics.ack(device), qos=1)
        self._client.on_subscribe = lambda *_: setattr(self, "_listening", True)
        self._client.on_message = lambda client, data, message: self.acks.append(parse(Ack, message.payload))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        eventually(lambda: self._listening, saying="the unit could not subscribe")

    def report(self, payload: bytes) -> None:
        self.publish(topics.events(self.device), payload)

    def publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1).wait_for_publish(10)

    def acknowledged(self) -> set[int]:
        return {seq for ack in list(self.acks) for seq in ack.stored}

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextmanager
def unit_on_mqtt(port: int, device: str = "gate-1", protocol: int = mqtt.MQTTv5) -> Iterator[UnitOnMqtt]:
    unit = UnitOnMqtt(port, device, protocol)
    yield unit
    unit.close()
