"""The MQTT link alone, on a real Mosquitto."""

import gc
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from uuid import UUID

import paho.mqtt.client as paho
import pytest

from edge.clock import SystemClock
from edge.contract import EventBatch, Method, Outcome, Sighting, topics
from edge.errors import Misconfigured, Unavailable
from edge.uplink.broker import Broker
from edge.uplink.mqtt import MqttConnector
from scripts.loopback.mosquitto import Mosquitto
from tests.edge.uplink.consumer import Consumer
from tests.services.narrow_broker import NarrowBroker
from tests.services.waiting import eventually

SESSION = UUID("01990000-0000-7000-8000-000000000001")


def connector(broker: Mosquitto) -> MqttConnector:
    return MqttConnector(Broker(broker.url, "gate-1", SESSION), SystemClock())


def open_sockets() -> set[str]:
    """By the kernel's own number of each: what earlier tests let go of meanwhile does not count."""
    found: set[str] = set()
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(one.readlink()))
    return {one for one in found if one.startswith("socket:")}


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_broker_that_refuses_is_said_with_what_to_check(tmp_path: Path):
    broker = Mosquitto(tmp_path, "allow_anonymous false\n")
    broker.start()
    with pytest.raises(Unavailable, match=r"refuses: Not authorized\. Check device and broker_password"):
        connector(broker).open()
    broker.stop()


@pytest.mark.usefixtures("without_collector")
def test_a_connection_that_comes_to_nothing_leaves_no_socket_open(tmp_path: Path):
    broker = Mosquitto(tmp_path, "allow_anonymous false\n")
    broker.start()
    before = open_sockets()
    for _ in range(3):
        with pytest.raises(Unavailable):
            connector(broker).open()
    broker.stop()
    with pytest.raises(Unavailable):
        connector(broker).open()
    assert open_sockets() <= before


@pytest.mark.usefixtures("without_collector")
def test_a_link_that_is_closed_or_lost_leaves_no_socket_open(broker: Mosquitto):
    before = open_sockets()
    connector(broker).open().close()
    _open_and_lose(broker)
    assert open_sockets() <= before


def _open_and_lose(broker: Mosquitto) -> None:
    link = connector(broker).open()
    broker.kill()
    with pytest.raises(Unavailable, match="connection lost"):
        deque(map(link.wait, repeat(0.05, 200)))
    link.close()


def test_an_acknowledgement_that_cannot_be_read_is_passed_over(broker: Mosquitto, caplog: pytest.LogCaptureFixture):
    link = connector(broker).open()
    stranger = paho.Client(paho.CallbackAPIVersion.VERSION2)
    stranger.connect("127.0.0.1", broker.port)
    stranger.loop_start()
    for payload in (b"\xff" * 50, b'{"v": 9}', b'{"v": 1, "device": "gate-1", "stored": [7]}'):
        stranger.publish(topics.ack("gate-1"), payload, qos=1).wait_for_publish(10)
    acks = eventually(lambda: link.wait(0.05), saying="the good one does not arrive")
    stranger.disconnect()
    stranger.loop_stop()
    link.close()
    assert [ack.stored for ack in acks] == [(7,)]
    assert caplog.text.count("acknowledgement passed over") == 2


@pytest.mark.parametrize("url", ["http://broker:1883", "mqtt://", "broker", "mqtt://broker:port"])
def test_a_broker_url_that_is_none_is_refused(url: str):
    with pytest.raises(Misconfigured, match="write it as mqtt://HOST"):
        Broker(url, "gate-1", SESSION)


def test_a_broker_gets_no_more_at_once_than_it_takes() -> None:
    broker = NarrowBroker(2)
    link = MqttConnector(Broker(broker.url, "gate-1", SESSION), SystemClock()).open()
    for number in range(1, 12):
        link.send(number, _batch(number))
    assert link.not_taken() == set(range(1, 12))
    eventually(lambda: not (link.wait(0.01) or link.not_taken()), saying="the broker does not take them")
    link.close()
    broker.close()
    assert (broker.most, broker.violated) == (2, False)


def test_a_mosquitto_that_takes_one_at_a_time_gets_everything(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, "allow_anonymous true\nmax_inflight_messages 1\n")
    broker.start()
    cloud = Consumer(broker.port)
    assert cloud.is_ready.wait(10)
    link = connector(broker).open()
    for number in range(1, 41):
        link.send(number, _batch(number))
    acked: set[int] = set()

    def everything() -> bool:
        acked.update(seq for ack in link.wait(0.01) for seq in ack.stored)
        return len(acked) == 40

    eventually(everything, saying="not all are acknowledged")
    assert cloud.arrivals == list(range(1, 41))
    link.close()
    cloud.close()
    broker.stop()


def _batch(number: int) -> EventBatch:
    clock = SystemClock()
    sighting = Sighting(
        seq=number, captured_at=clock.now(), clock=clock.reading(), outcome=Outcome.UNKNOWN, method=Method.FACE
    )
    return EventBatch(device="gate-1", session=SESSION, sent_at=clock.now(), events=(sighting,))
