"""A worker that is killed with -9 while arrivals become messages: every guardian is told, nothing is queued twice."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from cloud.accounts.tables import User
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.notifications.preference_queries import save_preference
from cloud.notifications.preferences import Preference
from cloud.notifications.queries import add_browser
from cloud.notifications.sending import AT_ONCE
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel, PushAddress
from cloud.notifications.vapid import new_private_key
from cloud.notifications.zalo_tokens import ZaloTokens, store_refresh_token
from cloud.people.tables import Guardian, Guardianship, Student
from edge.contract import Sighting
from scripts.loopback import sms as sms_service
from scripts.loopback.zalo import APP_ID, APP_SECRET, TEMPLATE_ID
from scripts.school_day_parts.day_clock import DayClock
from tests.cloud.small_school import SmallSchool, batch, sighting, small_school
from tests.cloud.unit_on_mqtt import UnitOnMqtt, unit_on_mqtt
from tests.services.mosquitto import Mosquitto
from tests.services.push import PushService
from tests.services.sms import SmsService
from tests.services.smtp import Mail
from tests.services.waiting import eventually
from tests.services.zalo import Zalo

SECRET = "a secret of the tests' own, long enough"
BY = {Channel.EMAIL: 24, Channel.SMS: 12, Channel.ZALO: 12, Channel.WEB_PUSH: 12}
"""So many guardians are reached by each way, and by no other."""
WAYS = [channel for channel, count in BY.items() for _ in range(count)]
"""By the pupil's number."""
KILLS = 3
NAME = "Nguyễn Thị Ánh Nguyệt Ữ"


@pytest.mark.long
@pytest.mark.chaos
@pytest.mark.timeout(600)
def test_every_guardian_is_told_though_the_worker_is_killed_again_and_again(
    database: Database,
    database_url: str,
    broker: Mosquitto,
    mail: Mail,
    sms: SmsService,
    zalo: Zalo,
    push: PushService,
    tmp_path: Path,
) -> None:
    # Morning, whatever time it is: Zalo delivers nothing by night.
    clock = DayClock(tmp_path)
    clock.begin()
    clock.put_forward(clock() + timedelta(hours=3))
    pupils = add_pupils(database, small_school(database), push, clock())
    store_refresh_token(database, SecretStr(SECRET), zalo.refresh_token, clock())
    ZaloTokens(database, SECRET, APP_ID, APP_SECRET, zalo.url).current(clock())
    sightings = [sighting(number, pupil.id, at=clock()) for number, pupil in enumerate(pupils, start=1)]
    settings = {
        "DATABASE_URL": database_url, "BROKER_URL": broker.url, "SECRET_KEY": SECRET, "SMTP_URL": mail.url,
        "SMS_URL": sms.url, "SMS_TOKEN": sms_service.TOKEN, "ZALO_URL": zalo.url, "ZALO_OAUTH_URL": zalo.url,
        "ZALO_APP_ID": APP_ID, "ZALO_APP_SECRET": APP_SECRET, "ZALO_TEMPLATE_ID": TEMPLATE_ID,
        "VAPID_PRIVATE_KEY": new_private_key(),
    }  # fmt: skip
    with unit_on_mqtt(broker.port) as unit:
        report = Reporter(unit, sightings)
        for kill in range(KILLS):
            with worker(settings, tmp_path):
                enough = BY[Channel.EMAIL] * (kill + 1) // (KILLS + 1)
                eventually(partial(report.until, mail, enough), within_s=180)
            let_leases_run_out(database, clock())
        with worker(settings, tmp_path):
            eventually(partial(report.until, mail, BY[Channel.EMAIL]), within_s=180)
            eventually(lambda: states(database) == {"sent": len(WAYS)}, within_s=180)
    shown = [json.loads(one.text) for one in push.deliveries]
    told = {
        Channel.EMAIL: [(str(one["To"]), str(one["Subject"]), one.get_content()) for one in mail.messages],
        Channel.SMS: [(one.to, one.text, one.text) for one in sms.messages],
        Channel.ZALO: [(one.phone, one.title, one.content) for one in zalo.messages],
        Channel.WEB_PUSH: [(one["tag"], one["title"], one["body"]) for one in shown],
    }
    for channel, count in BY.items():
        to = Counter(one for one, _, _ in told[channel])
        assert len(to) == count, channel
        # A worker that dies between a provider's answer and its own commit cannot know: what was under way goes twice,
        # to a phone's screen under one tag. Only the aggregator knows each message by its id and takes it once.
        unknown = 0 if channel is Channel.SMS else KILLS * AT_ONCE[channel]
        assert sum(to.values()) <= count + unknown, channel
        for _, subject, body in told[channel]:
            assert all(words in text for words in (NAME, "đã đến trường lúc") for text in (subject, body)), channel


def add_pupils(database: Database, school: SmallSchool, push: PushService, now: datetime) -> list[Student]:
    with database.writing() as session:
        pupils = [
            Student(
                school_id=school.id, class_id=school.class_id, code=f"P{n}", full_name=NAME, search_name="",
                birth_date=None,
            )
            for n in range(len(WAYS))
        ]  # fmt: skip
        session.add_all(pupils)
        session.flush()
        for n, (pupil, channel) in enumerate(zip(pupils, WAYS, strict=True)):
            user = User(login=f"p{n}", display_name="", password_hash="-")
            session.add(user)
            session.flush()
            guardian = Guardian(
                school_id=school.id,
                user_id=user.id,
                full_name=f"Phụ huynh {n}",
                email=f"p{n}@example.com" if channel is Channel.EMAIL else None,
                phone=f"849000000{n:02}" if channel in (Channel.SMS, Channel.ZALO) else None,
            )
            session.add(guardian)
            session.flush()
            session.add(Guardianship(guardian_id=guardian.id, student_id=pupil.id))
            save_preference(session, user.id, Preference((channel,)), now=now)
            if channel is Channel.WEB_PUSH:
                one = push.subscribe()
                add_browser(session, user.id, PushAddress(one.endpoint, one.p256dh, one.auth), now=now)
    return pupils


@contextmanager
def worker(settings: dict[str, str], folder: Path) -> Iterator[None]:
    """A process of its own, by the clock in `folder`; killed with -9 when the block ends."""
    environment = {**os.environ, **{f"DIEMDANH_CLOUD_{key}": value for key, value in settings.items()}}
    command = [sys.executable, "-m", "scripts.school_day_parts.service", str(folder)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def let_leases_run_out(database: Database, now: datetime) -> None:
    with database.writing() as session:
        session.execute(update(OutboxEvent).values(available_at=now))
        session.execute(update(Message).values(next_attempt_at=now))


class Reporter:
    """Sends what is not acknowledged, again and again, as a unit does."""

    def __init__(self, unit: UnitOnMqtt, sightings: Sequence[Sighting]) -> None:
        self._unit = unit
        self._sightings = sightings
        self._again_at_s = 0.0

    def until(self, mail: Mail, enough: int) -> bool:
        if time.monotonic() > self._again_at_s:
            self._again_at_s = time.monotonic() + 1
            waiting = [one for one in self._sightings if one.seq not in self._unit.acknowledged()]
            for start in range(0, len(waiting), 5):
                self._unit.report(batch(*waiting[start : start + 5]))
        return len(mail.messages) >= enough


def states(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return dict(session.execute(select(Message.state, func.count()).group_by(Message.state)).all())
