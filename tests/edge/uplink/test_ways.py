"""Every way up, driven as the service drives it: MQTT 5, MQTT 3.1.1, HTTPS, and from one to the other."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.clock import SystemClock
from edge.contract import Heartbeat, Offline
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.vital_signs import CameraState, VitalSigns, write
from scripts.loopback.amqtt_broker import Amqtt
from tests.edge.sightings import record
from tests.edge.uplink.conftest import Start
from tests.edge.uplink.consumer import Consumer
from tests.edge.uplink.web_cloud import WebCloud
from tests.services.mosquitto import Mosquitto
from tests.services.waiting import eventually


@pytest.fixture
def web_cloud() -> Iterator[WebCloud]:
    cloud = WebCloud()
    cloud.start()
    yield cloud
    cloud.stop()


def drained(outbox: Outbox, within_s: float = 30) -> None:
    eventually(lambda: outbox.backlog() == 0, within_s=within_s, saying="the outbox does not drain")


def in_order(arrivals: list[int]) -> list[int]:
    """As they came first: on a busy machine an answer may come after its batch went again."""
    return list(dict.fromkeys(arrivals))


def test_a_broker_that_knows_only_mqtt_3_1_1_is_served_all_the_same(
    outbox: Outbox, tmp_path: Path, start_uplink: Start
):
    old_broker = Amqtt(tmp_path)
    old_broker.start()
    cloud = Consumer(old_broker.port)
    try:
        assert cloud.is_ready.wait(10)
        seqs = record(outbox, 150)
        start_uplink(broker_url=old_broker.url)
        drained(outbox)
        assert cloud.distinct == set(seqs)
    finally:
        cloud.close()
        old_broker.kill()


def test_what_the_cloud_set_aside_is_kept_for_a_person(outbox: Outbox, cloud: Consumer, start_uplink: Start):
    seqs = record(outbox, 3)
    cloud.refuses = {seqs[1]}
    start_uplink()
    drained(outbox)
    assert outbox.counts().set_aside == 1


def test_what_the_cloud_does_not_acknowledge_stays(outbox: Outbox, cloud: Consumer, start_uplink: Start):
    record(outbox, 3)
    cloud.answers = False
    start_uplink(ack_timeout_s=0.2)
    eventually(lambda: len(cloud.arrivals) >= 9, saying="it is not tried again")
    assert outbox.backlog() == 3


def test_the_heartbeat_says_how_the_unit_is(outbox: Outbox, cloud: Consumer, data_dir: Path, start_uplink: Start):
    cloud.answers = False
    record(outbox, 2)
    write(connect(data_dir), VitalSigns(CameraState.OK, 24.5), SystemClock())
    start_uplink()
    eventually(lambda: cloud.health, saying="no heartbeat")
    beat = cloud.health[0]
    assert isinstance(beat, Heartbeat)
    assert (beat.device, beat.backlog, beat.camera, beat.frames_per_s) == ("gate-1", 2, "ok", 24.5)
    assert beat.disk_free_mb is not None


def test_each_start_has_a_session_of_its_own_and_the_will_names_it(cloud: Consumer, start_uplink: Start):
    for _ in range(2):
        uplink = start_uplink()
        eventually(lambda: cloud.health and isinstance(cloud.health[-1], Heartbeat), saying="no heartbeat")
        uplink.kill()
        eventually(lambda: isinstance(cloud.health[-1], Offline), saying="no last will")
    first, first_will, second, second_will = cloud.health
    assert first.session == first_will.session != second.session == second_will.session


def test_a_unit_that_is_stopped_says_so_and_ends_well(cloud: Consumer, start_uplink: Start):
    uplink = start_uplink()
    eventually(lambda: cloud.health, saying="no heartbeat")
    uplink.send_signal(signal.SIGTERM)
    assert uplink.wait(10) == 0
    eventually(lambda: isinstance(cloud.health[-1], Offline), saying="no goodbye")


def test_https_carries_the_same_envelopes(outbox: Outbox, web_cloud: WebCloud, start_uplink: Start):
    seqs = record(outbox, 250)
    start_uplink(uplink="https", cloud_url=web_cloud.origin, cloud_token="s3cret")
    drained(outbox)
    assert in_order(web_cloud.arrivals) == seqs
    assert web_cloud.tokens == {"Bearer s3cret"}
    assert web_cloud.heartbeats[0].device == "gate-1"


def test_events_are_kept_while_the_cloud_refuses_and_go_when_it_does_not(
    outbox: Outbox, web_cloud: WebCloud, start_uplink: Start
):
    web_cloud.status = 503
    seqs = record(outbox, 3)
    start_uplink(uplink="https", cloud_url=web_cloud.origin)
    eventually(lambda: web_cloud.tokens, saying="nothing was tried")
    assert outbox.backlog() == 3
    web_cloud.status = 200
    drained(outbox)
    assert in_order(web_cloud.arrivals) == seqs


def test_an_answer_that_is_no_acknowledgement_releases_nothing(
    outbox: Outbox, web_cloud: WebCloud, start_uplink: Start
):
    web_cloud.body = b"<html>please log in to the school's network</html>"
    record(outbox, 3)
    start_uplink(uplink="https", cloud_url=web_cloud.origin)
    eventually(lambda: len(web_cloud.arrivals) >= 6, saying="it is not tried again")
    assert outbox.backlog() == 3


def test_while_the_broker_is_away_events_take_the_other_way_and_then_come_back(
    outbox: Outbox, cloud: Consumer, broker: Mosquitto, web_cloud: WebCloud, start_uplink: Start
):
    start_uplink(uplink="auto", cloud_url=web_cloud.origin)
    by_mqtt = record(outbox, 5)
    drained(outbox)
    broker.kill()
    by_https = record(outbox, 5)
    drained(outbox)
    broker.start()
    eventually(lambda: len(cloud.health) > 1 and isinstance(cloud.health[-1], Heartbeat), within_s=90,
               saying="MQTT is not used again")  # fmt: skip
    again_by_mqtt = record(outbox, 5)
    drained(outbox)
    assert in_order(cloud.arrivals) == by_mqtt + again_by_mqtt
    assert in_order(web_cloud.arrivals) == by_https


def test_a_bad_broker_url_is_refused_at_start(start_uplink: Start):
    assert start_uplink(broker_url="http://127.0.0.1:1").wait(20) == 1
