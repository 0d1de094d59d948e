"""Everything that is killed: real broker, database and workers, hosts full of units, and the network between them."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cloud import migrations
from cloud.devices.tables import Device
from cloud.kit.db import Database, open_database
from cloud.kit.ids import new_id
from cloud.school.tables import School
from scripts.chaos_parts.proxy import Network, Weather
from scripts.loopback.mosquitto import Mosquitto
from scripts.loopback.postgres import Postgres

WORKERS = 2


class Town:
    def __init__(self, folder: Path, *, units: int, hosts: int, events_each: int, every_s: float, seed: int) -> None:
        self.kills = 0
        self.units = [f"unit-{number:02d}" for number in range(units)]
        self._folder, self._events_each, self._every_s = folder, events_each, every_s
        self._chance = random.Random(seed)
        self._to_come: list[Callable[[], None]] = []
        self._postgres = Postgres()
        self._postgres.start()
        url = self._postgres.new_database()
        self.database: Database = open_database(url)
        migrations.upgrade(self.database)
        self._register()
        self._broker = Mosquitto(folder)
        self._broker.start()
        self._network = Network(self._broker.port)
        self._network.start()
        self._environment = {
            **os.environ,
            "DIEMDANH_CLOUD_DATABASE_URL": url,
            "DIEMDANH_CLOUD_BROKER_URL": self._broker.url,
        }
        self._workers = [self._start_worker() for _ in range(WORKERS)]
        shares = [self.units[number::hosts] for number in range(hosts)]
        self._hosts = [(share, self._start_host(share)) for share in shares]

    @property
    def disasters(self) -> tuple[Callable[[], None], ...]:
        return (
            self.kill_host, self.kill_worker, self.kill_broker, self.kill_postgres, self.cut, self.slow, self.swallow
        )  # fmt: skip

    def strike(self) -> str:
        """Something happens; its name. Each kind comes once before any comes again."""
        if not self._to_come:
            self._to_come = self._chance.sample(self.disasters, k=len(self.disasters))
        disaster = self._to_come.pop()
        disaster()
        return disaster.__name__.replace("_", " ")

    def kill_host(self) -> None:
        number = self._chance.randrange(len(self._hosts))
        share, host = self._hosts[number]
        self._kill(host)
        self._hosts[number] = (share, self._start_host(share))

    def kill_worker(self) -> None:
        number = self._chance.randrange(len(self._workers))
        self._kill(self._workers[number])
        self._workers[number] = self._start_worker()

    def kill_broker(self) -> None:
        self._broker.kill()
        self.kills += 1
        time.sleep(self._chance.uniform(0, 1))
        self._broker.start()

    def kill_postgres(self) -> None:
        self._postgres.kill()
        self.kills += 1
        time.sleep(self._chance.uniform(0, 1))
        self._postgres.start()

    def cut(self) -> None:
        self._weather(Weather.CUT)

    def slow(self) -> None:
        self._weather(Weather.SLOW)

    def swallow(self) -> None:
        self._weather(Weather.HOLE)

    def close(self) -> None:
        for process in [host for _, host in self._hosts] + self._workers:
            process.kill()
            process.wait()
        self.database.close()
        self._broker.stop()
        self._postgres.stop()

    def _weather(self, weather: Weather) -> None:
        self._network.turn(weather)
        time.sleep(self._chance.uniform(1, 3))
        self._network.turn(Weather.OPEN)

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.wait()
        self.kills += 1

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("-m", "cloud", "worker")

    def _start_host(self, units: list[str]) -> "subprocess.Popen[bytes]":
        settings = (str(self._folder), str(self._network.port), str(self._events_each), str(self._every_s))
        return self._start("-m", "scripts.chaos_parts.host", *settings, *units)

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        log = (self._folder / "log").open("ab")
        return subprocess.Popen([sys.executable, *arguments], env=self._environment, stdout=log, stderr=log)

    def _register(self) -> None:
        with self.database.writing() as session:
            school = School(id=new_id(), name="Chaos", level="primary", slug="chaos", is_demo=True)
            session.add(school)
            session.flush()
            session.add_all(Device(id=unit, school_id=school.id, name=unit, token_hash="-") for unit in self.units)
