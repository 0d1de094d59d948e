"""`diemdanh-edge uplink`: outbox to cloud. The only process of the unit that touches the network."""

import argparse
import logging
import os
import signal
import ssl
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from edge.backoff import Backoff
from edge.clock import Clock, SystemClock
from edge.command_line import add_command
from edge.errors import EdgeError
from edge.sd_notify import Supervisor
from edge.settings import EdgeSettings, add_settings_argument, read_settings

if TYPE_CHECKING:
    import apsw

    from edge.command_line import Commands
    from edge.uplink.keep_up import Open, Way

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
LONGEST_ROSTER_PAUSE_S = 300.0


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "uplink",
        "send what the outbox holds to the cloud, until stopped",
        examples="""
            diemdanh-edge uplink --config /etc/diemdanh/edge.toml      as the service does
            DIEMDANH_EDGE_UPLINK=https diemdanh-edge uplink            where the network blocks the broker
        """,
        run=_run,
    )
    add_settings_argument(parser)


def _run(args: argparse.Namespace) -> int:
    from edge.store.db import connect
    from edge.store.outbox import Outbox
    from edge.store.recovery import ensure_whole
    from edge.uplink.health import Health
    from edge.uplink.keep_up import Uplink
    from edge.uplink.publish import Publisher

    settings = read_settings(args)
    clock = SystemClock()
    session = uuid4()
    ensure_whole(settings.data_dir)
    connection = connect(settings.data_dir)
    outbox = Outbox(connection, clock)
    publisher = Publisher(outbox, settings.device, session, clock, ack_timeout_s=settings.ack_timeout_s)
    health = Health(
        connection, outbox, clock, device=settings.device, session=session, data_dir=settings.data_dir,
        software_dir=settings.software_dir,
    )  # fmt: skip
    stopping, news = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    ways = _ways(settings, session, clock, news.set)
    threading.Thread(target=_watch_rosters, args=(settings, clock, news, stopping), name="rosters", daemon=True).start()
    supervisor = Supervisor(os.environ, clock.monotonic_s)
    supervisor.ready()
    Uplink(
        ways, publisher, health.heartbeat, clock, stopping,
        heartbeat_s=settings.heartbeat_s, turned=supervisor.alive,
        reached=partial(_leave_word, connection, clock),
    ).run()  # fmt: skip
    supervisor.stopping()
    return 0


def _leave_word(connection: "apsw.Connection", clock: Clock, way: str) -> None:
    """For the panel's offline badge. A disk that does not take it must not cut the way up."""
    from edge.store import uplink_signs

    try:
        uplink_signs.write(connection, way, clock)
    except EdgeError as error:
        log.warning("word for the panel not left: %s", error)


def _watch_rosters(settings: EdgeSettings, clock: Clock, news: threading.Event, stopping: threading.Event) -> None:
    """In a thread of its own: a roster of megabytes holds no sighting up. It may end at any moment: applying one is a
    transaction, and what was not acknowledged is acknowledged at the next start."""
    from edge.identity.files import identity
    from edge.store.briefing import Briefing
    from edge.store.db import connect
    from edge.store.delivered import DeliveredRoster
    from edge.store.delivered_keys import DeliveredKeys
    from edge.uplink.brief import BriefingDownlink
    from edge.uplink.receive import Downlink, RosterClient, RosterDownlink, watch

    def open_downlinks() -> list[Downlink]:
        unit = identity(settings.data_dir)
        client = RosterClient(settings.cloud_url, settings.device, settings.cloud_token, _https(settings))
        connection = connect(settings.data_dir)
        roster = DeliveredRoster(connection)
        if (signer := unit.read_roster_signer()) is not None:
            roster.pin_from_claim(signer)
        keys, names = DeliveredKeys(settings.roster_keys), DeliveredKeys(settings.briefing_keys)
        return [
            RosterDownlink(client, roster, keys, settings.device, clock),
            BriefingDownlink(client, Briefing(connection), roster, names, settings.device, clock),
        ]

    watch(open_downlinks, news, stopping, Backoff(FIRST_PAUSE_S, LONGEST_ROSTER_PAUSE_S))


def _https(settings: EdgeSettings) -> "Callable[[], ssl.SSLContext] | None":
    """A claimed unit shows its certificate to whoever asks for one. None: as a browser does it."""
    from edge.identity.files import identity

    unit = identity(settings.data_dir)
    return unit.https if unit.is_claimed() and settings.cloud_url.startswith("https://") else None


def _ways(settings: EdgeSettings, session: UUID, clock: Clock, roster_news: Callable[[], None]) -> "list[Way]":
    from edge.identity.files import identity
    from edge.uplink.broker import Broker
    from edge.uplink.https import HttpsLink
    from edge.uplink.keep_up import Way
    from edge.uplink.mqtt import MqttConnector

    def way(name: str, open_link: "Open") -> "Way":
        return Way(name, open_link, Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S), clock)

    password = settings.broker_password.get_secret_value() if settings.broker_password else None
    unit = identity(settings.data_dir)
    tls = unit.tls if unit.is_claimed() else ssl.create_default_context
    broker = Broker(settings.broker_url, settings.device, session, password, tls)
    mqtt = way("mqtt", MqttConnector(broker, clock, roster_news).open)
    https = way("https", lambda: HttpsLink(settings.cloud_url, settings.device, settings.cloud_token, _https(settings)))
    return {"mqtt": [mqtt], "https": [https], "auto": [mqtt, https]}[settings.uplink]
