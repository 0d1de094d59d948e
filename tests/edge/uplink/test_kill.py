"""Processes killed with -9 and cables pulled: the cloud has every event, and the unit knows it."""

import random
from collections.abc import Callable
from functools import partial

import pytest

from edge.store.outbox import Outbox
from tests.edge.sightings import record
from tests.edge.uplink.conftest import Start
from tests.edge.uplink.consumer import Consumer
from tests.services.mosquitto import Mosquitto
from tests.services.waiting import eventually


@pytest.mark.chaos
def test_two_thousand_events_arrive_while_uplink_and_broker_are_killed(
    outbox: Outbox,
    cloud: Consumer,
    broker: Mosquitto,
    start_uplink: Start,
    record_property: Callable[[str, object], None],
):
    chance = random.Random(11)
    recorded: list[int] = []
    uplink = start_uplink(ack_timeout_s=2)
    for strike in range(8):
        recorded += record(outbox, 150)
        reached = len(cloud.distinct) + chance.randrange(1, 100)
        eventually(partial(cloud.has, reached), within_s=60, saying="nothing arrives")
        recorded += record(outbox, 100)
        if strike % 2 == 0:
            uplink.kill()
            uplink.wait()
            uplink = start_uplink(ack_timeout_s=2)
        else:
            broker.kill()
            broker.start()
    eventually(lambda: outbox.backlog() == 0, within_s=90, saying="the backlog does not drain")

    assert len(recorded) == 2000
    assert cloud.distinct == set(recorded)
    assert outbox.counts().set_aside == 0
    record_property("sends_per_event", cloud.sends_per_event)


def test_without_failures_every_event_is_sent_once_and_in_order(outbox: Outbox, cloud: Consumer, start_uplink: Start):
    recorded = record(outbox, 2000)
    start_uplink()
    eventually(lambda: outbox.backlog() == 0, within_s=60, saying="the backlog does not drain")
    assert cloud.arrivals == recorded


@pytest.mark.chaos
def test_after_the_cable_was_out_a_live_event_overtakes_the_remaining_backlog(
    outbox: Outbox, cloud: Consumer, broker: Mosquitto, start_uplink: Start
):
    start_uplink(ack_timeout_s=2)
    first = record(outbox, 1)
    eventually(lambda: outbox.backlog() == 0, saying="the line does not work to begin with")

    broker.kill()
    backlog = record(outbox, 1500)
    cloud.answers = False  # holds the backlog back while the live event is recorded
    broker.start()
    eventually(lambda: len(cloud.arrivals) > 1, within_s=60, saying="no backlog arrives")
    (live,) = record(outbox, 1)
    eventually(lambda: live in cloud.arrivals, saying="the live event waits")
    before = cloud.arrivals[1 : cloud.arrivals.index(live)]
    assert before == backlog[: len(before)]
    assert len(before) < len(backlog)

    cloud.answers = True
    eventually(lambda: outbox.backlog() == 0, within_s=60, saying="the backlog does not drain by itself")
    assert cloud.distinct == {*first, *backlog, live}
