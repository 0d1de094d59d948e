"""Messages are handled by the many and acknowledged afterwards; neither a fault nor a dead broker ends the consumer."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from cloud.kit.errors import Misconfigured, Unavailable
from cloud.kit.mqtt import Broker, Consumer, Handler, Message, Subscription
from edge.contract import Ack, topics
from scripts.loopback.amqtt_broker import Amqtt
from tests.cloud.unit_on_mqtt import unit_on_mqtt
from tests.services.mosquitto import Mosquitto
from tests.services.waiting import eventually

EVENTS = Subscription(topics.ALL_EVENTS, topics.shared(topics.ALL_EVENTS))


@contextmanager
def consuming(url: str, handle: Handler) -> Iterator[Consumer]:
    consumer, stop = Consumer(Broker(url), [EVENTS], handle), threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: consumer.connected, saying="the consumer did not connect")
        yield consumer
    finally:
        stop.set()
        thread.join()


class Keeper:
    """Keeps each payload and acknowledges it by its number."""

    def __init__(self, before: Callable[[Sequence[Message]], None] = lambda messages: None) -> None:
        self.kept: list[int] = []
        self.calls: list[int] = []
        self._before = before

    def __call__(self, messages: Sequence[Message]) -> Sequence[Message]:
        self._before(messages)
        self.calls.append(len(messages))
        numbers = [int(message.payload) for message in messages]
        self.kept += numbers
        return [Message(topics.ack("gate-1"), Ack(device="gate-1", stored=(number,)).encode()) for number in numbers]


def test_a_broker_with_little_room_loses_nothing_while_the_database_is_away(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, "allow_anonymous true\nmax_inflight_messages 1\nmax_queued_messages 1000\n")
    broker.start()
    is_back = threading.Event()

    def database_is_away(_: Sequence[Message]) -> None:
        if not is_back.is_set():
            raise Unavailable("the database is away:")

    keeper = Keeper(before=database_is_away)
    with consuming(broker.url, keeper) as consumer, unit_on_mqtt(broker.port) as unit:
        for number in range(1, 61):
            unit.report(b"%d" % number)
        is_back.set()
        eventually(lambda: unit.acknowledged() == set(range(1, 61)))
        assert consumer.connected
    broker.stop()
    assert keeper.kept == list(range(1, 61))


def test_many_messages_are_handled_together_and_each_is_answered(broker: Mosquitto) -> None:
    first_call = threading.Event()
    keeper = Keeper(before=lambda messages: None if first_call.is_set() else first_call.wait(5) and None)
    with consuming(broker.url, keeper), unit_on_mqtt(broker.port) as unit:
        for number in range(1, 16):
            unit.report(b"%d" % number)
        first_call.set()
        eventually(lambda: unit.acknowledged() == set(range(1, 16)))
    assert sorted(keeper.kept) == list(range(1, 16))
    assert max(keeper.calls) > 1


def test_while_the_database_is_away_messages_wait_and_none_is_lost(broker: Mosquitto) -> None:
    answers = iter([False, False, True])

    def away_at_first(messages: Sequence[Message]) -> None:
        if not next(answers, True):
            raise Unavailable("The database does not answer just now.")

    keeper = Keeper(before=away_at_first)
    with consuming(broker.url, keeper), unit_on_mqtt(broker.port) as unit:
        unit.report(b"1")
        eventually(lambda: unit.acknowledged() == {1})
    assert keeper.kept == [1]


def test_a_message_that_the_handler_cannot_take_does_not_keep_its_neighbours_out(broker: Mosquitto) -> None:
    gathered = threading.Event()

    def trip(messages: Sequence[Message]) -> None:
        gathered.wait(5)
        if any(message.payload == b"3" for message in messages):
            raise ZeroDivisionError

    keeper = Keeper(before=trip)
    with consuming(broker.url, keeper), unit_on_mqtt(broker.port) as unit:
        for number in range(1, 6):
            unit.report(b"%d" % number)
        gathered.set()
        eventually(lambda: unit.acknowledged() == {1, 2, 4, 5})


def test_a_broker_that_was_killed_is_found_again(broker: Mosquitto) -> None:
    keeper = Keeper()
    with consuming(broker.url, keeper) as consumer:
        broker.kill()
        eventually(lambda: not consumer.connected)
        broker.start()
        eventually(lambda: consumer.connected)
        with unit_on_mqtt(broker.port) as unit:
            unit.report(b"1")
            eventually(lambda: unit.acknowledged() == {1})


def test_with_mqtt_5_two_workers_share_the_messages(broker: Mosquitto) -> None:
    here, there = Keeper(), Keeper()
    with consuming(broker.url, here), consuming(broker.url, there), unit_on_mqtt(broker.port) as unit:
        for number in range(1, 41):
            unit.report(b"%d" % number)
        eventually(lambda: unit.acknowledged() == set(range(1, 41)))
    assert sorted(here.kept + there.kept) == list(range(1, 41))
    assert here.kept
    assert there.kept


def test_a_broker_that_speaks_3_1_1_only_is_enough(tmp_path: Path) -> None:
    amqtt = Amqtt(tmp_path)
    amqtt.start()
    keeper = Keeper()
    try:
        with consuming(amqtt.url, keeper), unit_on_mqtt(amqtt.port, protocol=mqtt.MQTTv311) as unit:
            unit.report(b"1")
            eventually(lambda: unit.acknowledged() == {1})
    finally:
        amqtt.stop()


@pytest.mark.parametrize("url", ["broker", "http://broker", "mqtt://", "mqtt://broker:many", "mqtt://[broker"])
def test_an_address_that_is_none_is_refused_at_start(url: str) -> None:
    with pytest.raises(Misconfigured, match="mqtt://HOST:1883"):
        Broker(url)


@pytest.mark.parametrize("lines", ["allow_anonymous false\n"])
def test_a_broker_that_refuses_us_is_said_to(tmp_path: Path, lines: str, caplog: pytest.LogCaptureFixture) -> None:
    closed = Mosquitto(tmp_path, lines)
    closed.start()
    consumer, stop = Consumer(Broker(closed.url), [EVENTS], Keeper()), threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: "check broker_user and broker_password" in caplog.text)
    finally:
        stop.set()
        thread.join()
        closed.stop()
