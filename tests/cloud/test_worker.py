"""The worker from end to end: from the broker to the database and a guardian's mailbox, whatever else comes in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from cloud import worker
from cloud.attendance.tables import Observation, SetAside
from cloud.devices.tables import Device
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.errors import Misconfigured
from cloud.notifications.tables import Message
from cloud.settings import CloudSettings
from edge.contract import CameraState, Heartbeat, Offline, topics
from tests.cloud.small_school import MORNING, SESSION, batch, sighting, small_school
from tests.cloud.unit_on_mqtt import unit_on_mqtt
from tests.services.mosquitto import Mosquitto
from tests.services.smtp import Mail
from tests.services.waiting import eventually

CLOCK: Clock = lambda: MORNING  # noqa: E731


@contextmanager
def working(settings: CloudSettings, database: Database) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(settings, database, CLOCK, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def settings(broker: Mosquitto, mail: Mail) -> CloudSettings:
    given = {"broker_url": broker.url, "smtp_url": mail.url, "mail_from": "no-reply@school.example"}
    return CloudSettings.model_validate(given)


def test_a_sighting_is_stored_acknowledged_and_told_while_poison_is_kept_aside(
    database: Database, broker: Mosquitto, mail: Mail, settings: CloudSettings
) -> None:
    school = small_school(database)
    poison = [
        b"\xff\xfe",
        b"[" * 100_000,
        b" " * 300_000,
        b'{"v":99}',
        batch(sighting(1), device="gate-2"),
        batch(sighting(5)).replace(b'"outcome":"unknown"', b'"outcome":"ghost"'),
    ]
    with working(settings, database), unit_on_mqtt(broker.port) as unit, unit_on_mqtt(broker.port, "gate-9") as nobody:
        # Whatever is reported before the worker has subscribed reaches nobody, so a good one is answered first.
        eventually(lambda: unit.report(batch(sighting(7))) or {7} <= unit.acknowledged())
        for payload in poison:
            unit.report(payload)
        nobody.report(batch(sighting(1), device="gate-9"))
        unit.publish(topics.health("gate-1"), b"nonsense")
        unit.report(batch(sighting(6, school.lan)))
        eventually(lambda: {6, 7} <= unit.acknowledged())
        eventually(lambda: mail.messages)
        eventually(lambda: any(aside.seq == 5 for ack in unit.acks for aside in ack.set_aside))
        eventually(lambda: count(database, SetAside) == 7)
        assert nobody.acks == []
    assert count(database, Observation) == 2
    [told] = mail.messages
    assert told["Subject"] == "Nguyễn Thị Lan đã đến trường lúc 07:07"
    with database.reading() as session:
        assert session.scalars(select(Message.state)).all() == ["sent"]


def count(database: Database, table: type[Observation] | type[SetAside]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_heartbeats_and_wills_are_noted(database: Database, broker: Mosquitto, settings: CloudSettings) -> None:
    small_school(database)
    beat = Heartbeat(
        device="gate-1", session=SESSION, sent_at=MORNING, software="0.1.0", clock_trusted=True, uptime_s=1, backlog=0,
        camera=CameraState.OK,
    )  # fmt: skip

    def seen() -> tuple[object, object]:
        with database.reading() as session:
            row = session.execute(select(Device.heartbeat_at, Device.will_at).where(Device.id == "gate-1")).one()
            return row[0], row[1]

    with working(settings, database), unit_on_mqtt(broker.port) as unit:
        eventually(lambda: unit.publish(topics.health("gate-1"), beat.encode()) or seen() == (MORNING, None))
        unit.publish(topics.health("gate-1"), Offline(device="gate-1", session=SESSION).encode())
        eventually(lambda: seen() == (MORNING, MORNING))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("vapid_private_key", "nonsense"),
        ("smtp_url", "http://x"),
        ("mail_from", "nobody"),
        ("zalo_app_id", "1"),
        ("sms_url", "https://sms.example"),
    ],
)
def test_a_wrong_setting_stops_the_worker_with_its_name(setting: str, value: str, database: Database) -> None:
    settings = CloudSettings.model_validate({"smtp_url": "smtp://127.0.0.1", setting: value})
    with pytest.raises(Misconfigured, match=setting.upper()):
        worker.transports(settings, database)
