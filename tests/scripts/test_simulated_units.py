"""The simulated units of `scripts/bench province` against a real broker: what they say of themselves is so."""

import asyncio
import sys
import time
from collections import Counter
from uuid import uuid4

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge.contract import Ack, EventBatch, topics
from scripts.province_parts import units
from scripts.province_parts.morning import Coming
from tests.services.mosquitto import Mosquitto


class Service:
    """Reads what the units send, and acknowledges every batch from its `deaf` th sending on."""

    def __init__(self, broker: Mosquitto, deaf: int) -> None:
        self.read: Counter[tuple[str, int]] = Counter()
        self._deaf = deaf
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", broker.port)
        self._client.subscribe(topics.ALL_EVENTS, 1)
        self._client.loop_start()

    def _take(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        batch = EventBatch.model_validate_json(message.payload)
        seqs = [sighting.seq for sighting in batch.events]
        self.read.update((batch.device, seq) for seq in seqs)
        if self.read[batch.device, seqs[0]] > self._deaf:
            client.publish(topics.ack(batch.device), Ack(device=batch.device, stored=tuple(seqs)).encode(), 1)

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def run(monkeypatch: pytest.MonkeyPatch, gates: dict[str, list[Coming]], port: int) -> dict[str, float]:
    monkeypatch.setattr(sys, "stdin", _Begins())
    return asyncio.run(units.run(gates, port))


class _Begins:
    def readline(self) -> str:
        return f"{time.time()}\n"


@pytest.mark.parametrize("deaf", [0, 1])
def test_every_unit_reports_everybody_and_again_what_was_not_acknowledged(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch, deaf: int
) -> None:
    monkeypatch.setattr(units, "ACK_TIMEOUT_S", 0.5)
    gates = {f"unit-{number}": [Coming(0.1 * at, uuid4()) for at in range(5)] for number in range(4)}
    service = Service(broker, deaf)
    end = run(monkeypatch, gates, broker.port)
    service.leave()
    assert set(service.read) == {(device, seq) for device in gates for seq in range(1, 6)}
    assert min(service.read.values()) > deaf
    assert (end["acknowledged"], end["sends"]) == (20, service.read.total())


def test_what_nobody_acknowledges_stays_with_the_unit(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "GIVE_UP_S", 0.5)
    end = run(monkeypatch, {"unit-0": [Coming(0.0, uuid4())]}, broker.port)
    assert (end["acknowledged"], end["sends"]) == (0, 1)
