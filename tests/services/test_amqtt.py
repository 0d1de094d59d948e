"""The demo's stand-in broker speaks MQTT 3.1.1."""

from pathlib import Path

import paho.mqtt.client as mqtt

from scripts.loopback.amqtt_broker import Amqtt
from tests.services.waiting import eventually


def test_amqtt_carries_a_message(tmp_path: Path) -> None:
    broker = Amqtt(tmp_path)
    broker.start()
    try:
        seen: list[bytes] = []
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
        client.on_connect = lambda *_: client.subscribe("diemdanh/v1/+/up/events", qos=1)
        client.on_subscribe = lambda *_: client.publish("diemdanh/v1/gate-1/up/events", b"hello", qos=1)
        client.on_message = lambda _client, _data, message: seen.append(message.payload)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        eventually(lambda: seen == [b"hello"])
        client.disconnect()
        client.loop_stop()
    finally:
        broker.stop()
