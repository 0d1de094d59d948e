"""From the administrator's code to a stored event, by the commands that people type, over the shipped broker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from cloud.attendance.tables import Observation
from cloud.briefings.tables import BriefingUnit
from cloud.devices.identity.broker_files import broker_refuses_the_canary
from cloud.kit.db import Database, open_database
from cloud.people.tables import Student
from edge.clock import SystemClock
from edge.identity.files import identity
from edge.store.briefing import Briefing
from edge.store.db import connect
from edge.store.delivered import DeliveredRoster
from edge.store.delivered_keys import DeliveredKeys
from edge.store.outbox import Outbox
from edge.store.people import People
from tests.cloud.devices.broker import SecureBroker
from tests.cloud.devices.test_broker import Client
from tests.cloud.small_school import small_school
from tests.edge.sightings import record
from tests.services.ports import free_port, is_open
from tests.services.waiting import eventually


class Town:
    """The service's processes, its broker, and one machine that is to become gate-1."""

    def __init__(self, folder: Path) -> None:
        self.broker_folder, self.data_dir = folder / "broker", folder / "unit"
        self.broker_folder.mkdir()
        self.data_dir.mkdir()
        self.http_port = free_port()
        self.environment = {
            **os.environ,
            "DIEMDANH_CLOUD_DATABASE_URL": f"sqlite:///{folder}/cloud.sqlite3",
            "DIEMDANH_CLOUD_SECRET_KEY": "a secret of the test's own, long enough",
            "DIEMDANH_CLOUD_BROKER_DIR": str(self.broker_folder),
            "DIEMDANH_CLOUD_LISTEN_PORT": str(self.http_port),
            "DIEMDANH_EDGE_DATA_DIR": str(self.data_dir),
            "DIEMDANH_EDGE_UPLINK": "mqtt",
            "DIEMDANH_EDGE_ACK_TIMEOUT_S": "2",
            "DIEMDANH_EDGE_HEARTBEAT_S": "1",
            "DIEMDANH_CLOUD_KEYRING_URL": f"sqlite:///{folder}/keys.sqlite3",
        }
        self.running: list[subprocess.Popen[bytes]] = []
        self.run("cloud", "migrate")
        self.database: Database = open_database(self.environment["DIEMDANH_CLOUD_DATABASE_URL"])
        small_school(self.database)
        self.run("cloud", "broker-files", str(self.broker_folder), "--host", "127.0.0.1")
        self.broker = SecureBroker(self.broker_folder)
        self.environment["DIEMDANH_CLOUD_BROKER_URL"] = f"mqtts://127.0.0.1:{self.broker.workers_port}"
        self.environment["DIEMDANH_CLOUD_BROKER_PUBLIC_URL"] = f"mqtts://127.0.0.1:{self.broker.port}"
        self.broker.start()

    def run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", program, *arguments],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, program: str, *arguments: str) -> None:
        command = [sys.executable, "-m", program, *arguments]
        self.running.append(subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL))

    def stored(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Observation)) or 0

    def stop(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()
        self.broker.stop()
        self.database.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.stop()


def a_new_name_reaches_the_unit(town: Town) -> None:
    """Over HTTPS, because MQTT said that there is one: without a notice the unit looks every five minutes."""
    connection, keys = connect(town.data_dir), DeliveredKeys(town.data_dir / "roster-keys" / "briefing")
    briefing, people = Briefing(connection), People(connection, bytes(32), keys.get)

    def names() -> set[str]:
        return {card.full_name for card in people.everybody()}

    eventually(lambda: briefing.state().version == 1 and len(names()) > 1, within_s=90, saying="no names came")
    signer = identity(town.data_dir).read_roster_signer()
    assert signer is not None
    assert DeliveredRoster(connection).state().signer == signer
    with town.database.writing() as session:
        session.execute(update(Student).values(full_name="Đỗ Thị Mơ"))
    eventually(lambda: names() == {"Đỗ Thị Mơ"}, within_s=90, saying="the new names did not come")

    def acknowledged() -> bool:
        with town.database.reading() as session:
            return session.get_one(BriefingUnit, "gate-1").acked_version == 2

    eventually(acknowledged, within_s=30, saying="the new names were not acknowledged")


def test_a_claimed_unit_reports_and_a_revoked_one_is_not_heard(town: Town) -> None:
    town.start("cloud", "serve")
    town.start("cloud", "worker")
    eventually(lambda: is_open(town.http_port), within_s=90, saying="the service did not start")

    code = town.run("cloud", "device", "claim-code", "gate-1")
    town.run("edge", "claim", code, "--cloud", f"http://127.0.0.1:{town.http_port}")
    town.broker.reload()
    claimed = (town.data_dir / "identity" / "edge.env").read_text()
    town.environment |= dict(line.split("=", 1) for line in claimed.splitlines())

    outbox = Outbox(connect(town.data_dir), SystemClock())
    record(outbox, 25)
    town.start("edge", "uplink")
    eventually(lambda: outbox.backlog() == 0, within_s=90, saying="the events are not acknowledged")
    assert town.stored() == 25
    a_new_name_reaches_the_unit(town)

    with pytest.raises(AssertionError, match="has not read the new list"):
        town.run("cloud", "device", "revoke", "gate-1")
    town.broker.reload()
    record(outbox, 5)
    assert broker_refuses_the_canary("127.0.0.1", town.broker.port, town.broker_folder, within_s=10)
    assert not Client(identity(town.data_dir), town.broker.port).connects()
    assert outbox.backlog() == 5
    assert town.stored() == 25
