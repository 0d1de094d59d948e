"""A worker that is killed with -9 while arrivals become messages: every guardian is told, nothing is queued twice."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import func, select, update

from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.notifications.tables import Message
from cloud.people.tables import Guardian, Guardianship, Student
from edge.contract import Sighting
from scripts.loopback import sms as sms_service
from tests.cloud.small_school import SmallSchool, batch, sighting, small_school
from tests.cloud.unit_on_mqtt import UnitOnMqtt, unit_on_mqtt
from tests.services.mosquitto import Mosquitto
from tests.services.sms import SmsService
from tests.services.smtp import Mail
from tests.services.waiting import eventually

PUPILS = 60
BY_MAIL = 40
"""The guardians of so many have an e-mail address, those of the others a telephone alone."""
KILLS = 3


@pytest.mark.chaos
def test_every_guardian_is_told_though_the_worker_is_killed_again_and_again(
    database: Database, database_url: str, broker: Mosquitto, mail: Mail, sms: SmsService
) -> None:
    now = datetime.now(UTC)
    pupils = add_pupils(database, small_school(database))
    sightings = [sighting(number, pupil.id, at=now) for number, pupil in enumerate(pupils, start=1)]
    settings = {
        "DATABASE_URL": database_url, "BROKER_URL": broker.url, "SMTP_URL": mail.url,
        "SMS_URL": sms.url, "SMS_TOKEN": sms_service.TOKEN,
    }  # fmt: skip
    with unit_on_mqtt(broker.port) as unit:
        report = Reporter(unit, sightings)
        for kill in range(KILLS):
            with worker(settings):
                enough = BY_MAIL * (kill + 1) // (KILLS + 1)
                eventually(partial(report.until, mail, enough), within_s=90)
            let_leases_run_out(database)
        with worker(settings):
            eventually(partial(report.until, mail, BY_MAIL), within_s=90)
            eventually(lambda: states(database) == {"sent": PUPILS}, within_s=90)
    told = Counter(str(message["To"]) for message in mail.messages)
    assert len(told) == BY_MAIL
    # A worker that dies between the mail server's answer and its own commit cannot know: that one message goes twice.
    assert sum(told.values()) <= BY_MAIL + KILLS
    # The aggregator knows each message by its id, so there the same death doubles nothing.
    assert sorted(message.to for message in sms.messages) == [phone(n) for n in range(BY_MAIL, PUPILS)]
    assert all("đã đến trường" in message.text for message in sms.messages)


def phone(n: int) -> str:
    return f"849000000{n:02}"


def add_pupils(database: Database, school: SmallSchool) -> list[Student]:
    with database.writing() as session:
        pupils = [
            Student(
                school_id=school.id, class_id=school.class_id, code=f"P{n}", full_name=f"Học sinh {n}",
                search_name=f"hoc sinh {n}", birth_date=None,
            )
            for n in range(PUPILS)
        ]  # fmt: skip
        guardians = [
            Guardian(
                school_id=school.id,
                full_name=f"Phụ huynh {n}",
                email=f"p{n}@example.com" if n < BY_MAIL else None,
                phone=None if n < BY_MAIL else phone(n),
            )
            for n in range(PUPILS)
        ]
        session.add_all([*pupils, *guardians])
        session.flush()
        session.add_all(
            Guardianship(guardian_id=guardian.id, student_id=pupil.id)
            for guardian, pupil in zip(guardians, pupils, strict=True)
        )
    return pupils


@contextmanager
def worker(settings: dict[str, str]) -> Iterator[None]:
    """A process of its own, killed with -9 when the block ends."""
    environment = {**os.environ, **{f"DIEMDANH_CLOUD_{key}": value for key, value in settings.items()}}
    process = subprocess.Popen([sys.executable, "-m", "cloud", "worker"], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def let_leases_run_out(database: Database) -> None:
    with database.writing() as session:
        session.execute(update(OutboxEvent).values(available_at=datetime.now(UTC)))
        session.execute(update(Message).values(next_attempt_at=datetime.now(UTC)))


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
