"""The worker: takes in what units report, hands on what happened, sends messages. It may run many times.

Composition root: each kind of work is a loop in a thread of its own, so that none waits for another's provider.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from cloud.attendance import schedule
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.attendance.register.replanning import on_plan_changed
from cloud.biometrics import rosters as roster_rules
from cloud.biometrics.events import ERASED
from cloud.biometrics.merging import on_merged as answers_merged
from cloud.biometrics.rosters import Rosters, open_rosters
from cloud.biometrics.templates import on_erased, sweep
from cloud.briefings import packing
from cloud.devices import ingest as health
from cloud.devices.identity.broker_files import worker_tls
from cloud.devices.ingest import HealthReport
from cloud.kit import outbox
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.errors import Misconfigured, Unavailable
from cloud.kit.mqtt import Broker, Consumer, Message, Subscription
from cloud.notifications import announce
from cloud.notifications.following import follow_up
from cloud.notifications.kitchen import send_sheets
from cloud.notifications.mail import Mail
from cloud.notifications.merging import on_merged as messages_merged
from cloud.notifications.pacing import Pace
from cloud.notifications.sending import Sending
from cloud.notifications.sms import Sms
from cloud.notifications.transport import Channel, Transport
from cloud.notifications.web_push import WebPush
from cloud.notifications.zalo_tokens import ZaloTokens
from cloud.notifications.zns import Zns
from cloud.people.events import LEFT, MERGED
from cloud.reports import retention
from cloud.school.calendar.events import PLAN_CHANGED
from cloud.settings import FEVER_C, PREFIX, CloudSettings
from cloud.units import watching
from edge.contract import Ack, topics

log = logging.getLogger(__name__)

SUBSCRIPTIONS = tuple(Subscription(topic, topics.shared(topic)) for topic in (topics.ALL_EVENTS, topics.ALL_HEALTH))
LOOK_EVERY_S = 0.25
"""How often somebody looks for what another process may have written; what is one's own is handed on at once."""
AFTER_A_FAULT_S = 5.0
FOLLOW_UP_EVERY = timedelta(seconds=5)
SWEEP_EVERY = timedelta(hours=1)
SHEETS_EVERY = timedelta(seconds=5)
FLEET_EVERY = timedelta(minutes=1)


class Bell:
    """Rung when there may be work; whoever waits for it wakes at once."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self.ring = self._rung.set

    def wait(self, seconds: float) -> None:
        self._rung.wait(seconds)
        self._rung.clear()


def run(settings: CloudSettings, database: Database, clock: Clock, stop: threading.Event) -> None:
    """Work until `stop` is set. Raises Misconfigured."""
    channels = transports(settings, database)
    broker = _broker(settings)
    ours = open_rosters(settings)
    handlers = announce.handlers({transport.channel for transport in channels}, clock)
    forget_keys = on_erased(ours.keyring if ours else None, clock)
    handlers = {
        **handlers,
        **schedule.HEARD_BY_NOBODY,
        ERASED: forget_keys,
        LEFT: forget_keys,
        PLAN_CHANGED: on_plan_changed(clock),
        MERGED: _both(answers_merged(clock), messages_merged),
    }
    something_happened = Bell()
    bells = [Bell() for _ in channels]
    sendings = [Sending(database, one, clock, pace_of(settings, one.channel)) for one in channels]

    def hand_on() -> int:
        handled = outbox.dispatch(database, handlers, clock)
        if handled:
            for bell in bells:
                bell.ring()
        return handled

    loops: list[tuple[str, Bell, Callable[[], int]]] = [("outbox", something_happened, hand_on)]
    for transport, sending, bell in zip(channels, sendings, bells, strict=True):
        loops.append((transport.channel, bell, sending.step))
        if transport.channel is Channel.EMAIL:
            sheets = partial(send_sheets, database, transport, settings, clock)
            loops.append(("kitchen", Bell(), _every(SHEETS_EVERY, clock, sheets)))
    loops.append(("follow-ups", Bell(), _every(FOLLOW_UP_EVERY, clock, partial(follow_up, database, clock))))
    loops.append(("registers", Bell(), schedule.Rounds(database, clock).make))
    fleet = partial(
        watching.look,
        database,
        clock,
        heartbeat=timedelta(seconds=settings.heartbeat_s),
        told_after=timedelta(minutes=settings.unit_trouble_min),
    )
    loops.append(("fleet", Bell(), _every(FLEET_EVERY, clock, fleet)))
    loops.append(("months", Bell(), _every(SWEEP_EVERY, clock, partial(schedule.make_months, database, clock))))
    loops.append(("outbox sweep", Bell(), _every(SWEEP_EVERY, clock, partial(outbox.sweep, database, clock))))
    loops.append(("retention", Bell(), _every(SWEEP_EVERY, clock, partial(retention.obey, database, clock))))
    if ours:
        loops.append(("sweep", Bell(), _every(SWEEP_EVERY, clock, partial(sweep, database, ours.keyring, clock))))
    threads = [threading.Thread(target=_repeat, args=(name, work, bell, stop), name=name) for name, bell, work in loops]
    for thread in threads:
        thread.start()
    handle = partial(
        take_in,
        database=database,
        clock=clock,
        window=timedelta(seconds=settings.passage_window_s),
        fever_c=settings.fever_c,
        stored=something_happened.ring,
        rosters=ours,
    )
    try:
        Consumer(broker, SUBSCRIPTIONS, handle).run(stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for sending in sendings:
            sending.close()


def transports(settings: CloudSettings, database: Database) -> list[Transport]:
    """The ways to guardians that the settings make possible. Raises Misconfigured."""
    found: list[Transport] = []
    if settings.vapid_private_key:
        try:
            found.append(WebPush(settings.vapid_private_key.get_secret_value(), settings.vapid_contact))
        except ValueError as error:
            raise Misconfigured(f"{PREFIX}_VAPID_PRIVATE_KEY: run diemdanh-cloud vapid-key") from error
    if settings.smtp_url:
        try:
            found.append(Mail(settings.smtp_url.get_secret_value(), settings.mail_from, settings.public_url))
        except ValueError as error:
            raise Misconfigured(f"{PREFIX}_SMTP_URL or {PREFIX}_MAIL_FROM: {error}") from error
    if settings.zalo_app_id:
        found.append(_zns(settings, database))
    if settings.sms_url:
        found.append(_sms(settings, settings.sms_url))
    if not found:
        log.warning("neither Web Push, Zalo, SMS nor e-mail is set up: guardians are told nothing")
    return found


def pace_of(settings: CloudSettings, channel: Channel) -> Pace | None:
    """None: the provider has no limit that we would reach."""
    per_s = {
        Channel.EMAIL: settings.mail_per_s, Channel.ZALO: settings.zalo_per_s, Channel.SMS: settings.sms_per_s
    }  # fmt: skip
    return Pace(per_s[channel]) if channel in per_s else None


def _zns(settings: CloudSettings, database: Database) -> Zns:
    app_id, app_secret, template_id = settings.zalo_app_id, settings.zalo_app_secret, settings.zalo_template_id
    if not app_id or not app_secret or not template_id:
        raise Misconfigured(f"{PREFIX}_ZALO_APP_ID wants {PREFIX}_ZALO_APP_SECRET and {PREFIX}_ZALO_TEMPLATE_ID too")
    if settings.secret_key is None:
        raise Misconfigured(f"{PREFIX}_SECRET_KEY: Zalo's tokens are sealed under it, so set one")
    secret, app = settings.secret_key.get_secret_value(), app_secret.get_secret_value()
    tokens = ZaloTokens(database, secret, app_id, app, settings.zalo_oauth_url)
    return Zns(tokens, settings.zalo_url, template_id, app, reports=Channel.ZALO in settings.ways_that_report)


def _sms(settings: CloudSettings, url: str) -> Sms:
    if settings.sms_token is None:
        raise Misconfigured(f"{PREFIX}_SMS_URL wants {PREFIX}_SMS_TOKEN too")
    try:
        return Sms(
            url,
            settings.sms_token.get_secret_value(),
            settings.sms_sender,
            diacritics=settings.sms_diacritics,
            most_segments=settings.sms_most_segments,
            reports=Channel.SMS in settings.ways_that_report,
        )
    except ValueError as error:
        raise Misconfigured(f"{PREFIX}_SMS_URL: {error}") from error


def _both(first: outbox.Handler, then: outbox.Handler) -> outbox.Handler:
    def handle(session: Session, payloads: Sequence[str]) -> None:
        first(session, payloads)
        then(session, payloads)

    return handle


def take_in(
    messages: Sequence[Message],
    *,
    database: Database,
    clock: Clock,
    window: timedelta,
    stored: Callable[[], None],
    rosters: Rosters | None = None,
    fever_c: float = FEVER_C,
) -> list[Message]:
    """One call's worth of the broker's messages; returns the acknowledgements to publish."""
    deliveries: list[Delivery] = []
    reports: list[HealthReport] = []
    for message in messages:
        device_id = topics.device_of(message.topic)
        if device_id and message.topic == topics.events(device_id):
            deliveries.append(Delivery(device_id, message.payload))
        elif device_id and message.topic == topics.health(device_id):
            reports.append(HealthReport(device_id, message.payload))
    if reports:
        health.record(database, reports, clock=clock)
    answers = ingest(database, deliveries, clock=clock, window=window, fever_c=fever_c) if deliveries else []
    stored()
    acks = [Message(topics.ack(answer.device), answer.encode()) for answer in answers if isinstance(answer, Ack)]
    alive = [report.device_id for report in reports]
    return acks + _roster_notices(database, alive) + _briefing_notices(database, rosters, alive, clock)


def _roster_notices(database: Database, device_ids: list[str]) -> list[Message]:
    """Whoever has just shown to be alive is told of a newer roster."""
    with database.reading() as session:
        if not device_ids or not roster_rules.anything_new(session, device_ids):
            return []
    with database.writing() as session:
        notices = roster_rules.notices(session, device_ids)
    return [Message(topics.roster(notice.device), notice.encode()) for notice in notices]


def _briefing_notices(
    database: Database, rosters: Rosters | None, device_ids: list[str], clock: Clock
) -> list[Message]:
    """The same for a newer briefing."""
    if rosters is None or not device_ids:
        return []
    with database.reading() as session:
        if not packing.may_be_news(session, device_ids, clock()):
            return []
    with database.writing() as session:
        notices = packing.notices(session, rosters, device_ids, clock())
    return [Message(topics.briefing(notice.device), notice.encode()) for notice in notices]


def _every(pause: timedelta, clock: Clock, work: Callable[[], int]) -> Callable[[], int]:
    """`work`, at once and then no more often than every `pause`; 0 in between."""
    next_at = clock()

    def when_due() -> int:
        nonlocal next_at
        if clock() < next_at:
            return 0
        next_at = clock() + pause
        return work()

    return when_due


def _repeat(name: str, work: Callable[[], int], bell: Bell, stop: threading.Event) -> None:
    """Again at once while there is work, then when the bell rings. Neither a fault nor a database away ends it."""
    while not stop.is_set():
        try:
            if work():
                continue
            bell.wait(LOOK_EVERY_S)
        except Unavailable as error:
            log.warning("%s: %s", name, error)
            stop.wait(AFTER_A_FAULT_S)
        except Exception:
            log.exception("%s: a fault of ours", name)
            stop.wait(AFTER_A_FAULT_S)


def _broker(settings: CloudSettings) -> Broker:
    """By certificate where the broker's files are, else by password. Raises Misconfigured."""
    if settings.broker_dir is None:
        password = settings.broker_password.get_secret_value() if settings.broker_password else None
        return Broker(settings.broker_url, settings.broker_user, password)
    return Broker(settings.broker_url, tls=partial(worker_tls, settings.broker_dir))
