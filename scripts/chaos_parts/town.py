"""All that disasters happen to: real broker, database and workers, hosts full of units, disks, a network, a clock."""

import os
import subprocess
import sys
from pathlib import Path

from cloud import migrations
from cloud.devices.tables import Device
from cloud.kit.db import Database, open_database
from cloud.kit.ids import new_id
from cloud.people.tables import Student
from cloud.school.tables import School, SchoolClass
from scripts.chaos_parts.disk import Disk
from scripts.chaos_parts.hands import SharedNumber
from scripts.chaos_parts.host import CLOCK, PUPILS, pupil
from scripts.chaos_parts.proxy import Network
from scripts.loopback.mosquitto import Mosquitto
from scripts.loopback.postgres import Postgres

WORKERS = 2
DISK_MB = 384
LITTLE_LOG = {"max_wal_size": "96MB", "min_wal_size": "32MB"}


class Service:
    """One process of ours, started again when it has ended."""

    def __init__(self, log: Path, environment: dict[str, str], *command: str) -> None:
        self._log, self._environment, self._command = log, environment, command
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._command], env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None


class Town:
    def __init__(
        self, folder: Path, *, units: int, hosts: int, events_each: int, every_s: float, sqlite: bool, with_disks: bool
    ) -> None:
        self.units = [f"unit-{number:02d}" for number in range(units)]
        self.revived = 0
        self.units_folder, service_folder = folder / "units", folder / "service"
        self.disks: tuple[Disk, ...] = ()
        if with_disks:
            self.units_disk = Disk(self.units_folder, DISK_MB)
            self.service_disk = Disk(service_folder, DISK_MB)
            self.disks = (self.units_disk, self.service_disk)
        else:
            self.units_folder.mkdir()
            service_folder.mkdir()
        self.clock_off_s = SharedNumber(self.units_folder / CLOCK)
        self.postgres: Postgres | None = None
        url = f"sqlite:///{service_folder}/cloud.sqlite3"
        if not sqlite:
            self.postgres = Postgres(service_folder, LITTLE_LOG)
            self.postgres.start()
            url = self.postgres.new_database()
        self.database: Database = open_database(url)
        migrations.upgrade(self.database)
        self._register()
        self.broker = Mosquitto(folder)
        self.broker.start()
        self.network = Network(self.broker.port)
        self.network.start()
        environment = {
            **os.environ,
            "DIEMDANH_CLOUD_DATABASE_URL": url,
            "DIEMDANH_CLOUD_BROKER_URL": self.broker.url,
        }
        log = folder / "log"
        self.workers = [Service(log, environment, "cloud", "worker") for _ in range(WORKERS)]
        settings = (str(self.units_folder), str(self.network.port), str(events_each), str(every_s))
        shares = [self.units[number::hosts] for number in range(hosts)]
        for unit in self.units:
            (self.units_folder / unit).mkdir()
        self.recognisers, self.uplinks = (
            [Service(log, environment, "scripts.chaos_parts.host", role, *settings, *share) for share in shares]
            for role in ("recogniser", "uplink")
        )

    @property
    def _services(self) -> list[Service]:
        return [*self.workers, *self.recognisers, *self.uplinks]

    def revive(self) -> None:
        """What systemd does with a process that has ended."""
        for service in self._services:
            if service.has_ended:
                service.start()
                self.revived += 1
        if self.postgres and self.postgres.has_ended:
            self.postgres.start()
            self.revived += 1

    def close(self) -> None:
        for service in self._services:
            service.kill()
        self.database.close()
        self.broker.stop()
        if self.postgres:
            self.postgres.stop()
        for disk in self.disks:
            disk.unmount()

    def _register(self) -> None:
        with self.database.writing() as session:
            school = School(id=new_id(), name="Chaos", level="primary", slug="chaos", is_demo=True)
            session.add(school)
            session.flush()
            its_class = SchoolClass(id=new_id(), school_id=school.id, name="1A", grade=1)
            session.add_all([its_class, *self._devices(school)])
            session.flush()
            for number in range(PUPILS):
                name = f"Học sinh {number}"
                session.add(
                    Student(
                        id=pupil(number), school_id=school.id, class_id=its_class.id, code=str(number),
                        full_name=name, search_name=name.lower(),
                    )
                )  # fmt: skip

    def _devices(self, school: School) -> list[Device]:
        return [Device(id=unit, school_id=school.id, name=unit, token_hash="-") for unit in self.units]
