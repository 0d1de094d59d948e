"""A province's morning: events a second from 2,000 units to committed rows, and how long until a parent's phone knows.

Real: Mosquitto, PostgreSQL with fsync, `diemdanh-cloud worker`, the wire. Simulated: the units (each with a connection
of its own, in a few processes; scripts/province_parts), and the push service. Everything runs on this one machine, the
units too. Beside it, in the same run: the same rows by COPY, and messages through the broker alone.
"""

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from cloud import migrations
from cloud.kit.db import Database, open_database
from cloud.notifications.vapid import new_private_key
from scripts.loopback.mosquitto import Mosquitto
from scripts.loopback.ports import free_port, is_open
from scripts.loopback.postgres import Postgres
from scripts.loopback.waiting import eventually
from scripts.province_parts import land, morning, raw

SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min", "wal_compression": "on"}
BROKER = "allow_anonymous true\nmax_queued_messages 100000\nmax_inflight_messages 1000\nsys_interval 1\n"
RAW_MESSAGES = 5_000


@dataclass(frozen=True)
class Wanted:
    units: int
    per_s: float
    seconds: float
    workers: int
    hosts: int


def main() -> int:
    parser = argparse.ArgumentParser(
        "scripts/bench province", description=__doc__, epilog="scripts/bench province --short"
    )
    parser.add_argument("--short", action="store_true", help="500 units, 10 s at 2,000/s, 5 s at 100/s to phones")
    parser.add_argument("--units", type=int, default=2000, help="simulated units (default %(default)s)")
    parser.add_argument("--per-s", type=float, default=5000, help="events offered in a second (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=60, help="how long (default %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (default %(default)s)")
    parser.add_argument("--told-per-s", type=float, default=1000, help="events/s while phones are told (default 1000)")
    parser.add_argument("--told-seconds", type=float, default=20, help="how long (default %(default)s)")
    asked = parser.parse_args()
    if asked.short:
        asked.units, asked.per_s, asked.seconds, asked.told_per_s, asked.told_seconds = 500, 2000, 10, 100, 5
    through = Wanted(asked.units, asked.per_s, asked.seconds, asked.workers, hosts=2)
    told = Wanted(min(asked.units, 400), asked.told_per_s, asked.told_seconds, asked.workers, hosts=1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diemdanh-bench-")))
        postgres = Postgres(settings=SETTINGS, durable=True)
        postgres.start()
        stack.callback(postgres.stop)
        broker_per_s = _broker_alone(folder)
        say(f"broker alone: {broker_per_s:.0f} messages/s of QoS 1")
        taken = measure(postgres.new_database(), folder / "through", through)
        say(f"through everything: {taken.events_per_s:.0f} events/s, {taken.lost} acknowledged and lost, "
            f"{taken.still_with_units} still with their units, {taken.sends_per_event:.2f} sends an event")  # fmt: skip
        say(f"COPY alone: {taken.copied_per_s:.0f} rows/s")
        delays = delays_ms(postgres.new_database(), folder / "told", told)
    quantiles = statistics.quantiles(delays, n=100)
    say(f"capture to push, {len(delays)} messages at {told.per_s:.0f} events/s offered: "
        + ", ".join(f"p{p} {quantiles[p - 1]:.0f} ms" for p in (50, 90, 95, 99)))  # fmt: skip
    print(
        json.dumps(
            {
                "units": through.units,
                "offered_per_s": through.per_s,
                "events_per_s": round(taken.events_per_s),
                "copy_per_s": round(taken.copied_per_s),
                "copy_ratio": round(taken.events_per_s / taken.copied_per_s, 3),
                "broker_messages_per_s": round(broker_per_s),
                "broker_ratio": round(taken.events_per_s / broker_per_s, 3),
                "lost": taken.lost,
                "still_with_units": taken.still_with_units,
                "sends_per_event": round(taken.sends_per_event, 3),
                "told_per_s": told.per_s,
                "told": len(delays),
                "capture_to_push_ms_p50": round(quantiles[49]),
                "capture_to_push_ms_p99": round(quantiles[98]),
            }
        )
    )
    return 0


@dataclass(frozen=True)
class Taken:
    events_per_s: float
    """From the first moment to the last acknowledgement."""
    copied_per_s: float
    """The same rows by COPY."""
    lost: int
    """Acknowledged and not in the database."""
    still_with_units: int
    """Neither: the units gave up waiting, and keep them."""
    sends_per_event: float


def measure(url: str, folder: Path, wanted: Wanted) -> Taken:
    events = int(wanted.per_s * wanted.seconds)
    with ExitStack() as stack:
        database = _service(stack, url, folder, wanted, pupils=events)
        say(f"{wanted.units} units report {events} events at {wanted.per_s:.0f}/s")
        hosts = _hosts(stack, folder, wanted)
        ends = [json.loads(host.stdout.readlines()[-1]) for host in hosts if host.stdout]
        stored = count(database)
    acknowledged = sum(end["acknowledged"] for end in ends)
    with_driver = url.replace("postgresql+psycopg://", "postgresql://")
    return Taken(
        events_per_s=stored / max(end["took_s"] for end in ends),
        copied_per_s=raw.copied_per_s(with_driver),
        lost=max(0, acknowledged - stored),
        still_with_units=events - acknowledged,
        sends_per_event=sum(end["sends"] for end in ends) / events,
    )


def delays_ms(url: str, folder: Path, wanted: Wanted) -> list[float]:
    """From the moment a unit saw somebody to the push service having the message, of each message."""
    events = int(wanted.per_s * wanted.seconds)
    folder.mkdir()
    came, port = folder / "came", free_port()
    with ExitStack() as stack:
        phones = subprocess.Popen([sys.executable, "-m", "scripts.province_parts.phones", str(port), str(came)])
        stack.callback(_end, phones)
        eventually(lambda: is_open(port), saying="the push service did not start")
        database = _service(stack, url, folder / "service", wanted, pupils=events, phones_at=f"http://127.0.0.1:{port}")
        say(f"{events} events at {wanted.per_s:.0f}/s, a push for each")
        for host in _hosts(stack, folder / "service", wanted):
            host.wait()
        eventually(lambda: len(came.read_text().splitlines()) >= events, within_s=300, saying="not everybody was told")
        with database.reading() as session:
            rows = session.execute(text("SELECT student_id, captured_at FROM observation"))
            captured = {student_id.hex: captured_at.timestamp() for student_id, captured_at in rows}
    told = (line.split() for line in came.read_text().splitlines())
    return [1000 * (float(at) - captured[pupil]) for at, pupil in told]


def _service(stack: ExitStack, url: str, folder: Path, wanted: Wanted, *, pupils: int, phones_at: str = "") -> Database:
    """Database, broker and workers, with everybody in; the broker's port and who comes when are in the folder."""
    folder.mkdir()
    database = open_database(url)
    stack.callback(database.close)
    migrations.upgrade(database)
    say(f"{pupils} pupils and their registers, as they are after midnight")
    people = land.settle(database, wanted.units, pupils, phones_at=phones_at)
    land.open_registers(database)
    with database.writing() as session:
        session.execute(text("ANALYZE"))
    gates = list(morning.comings(people, wanted.per_s, wanted.seconds))
    for number in range(wanted.hosts):
        (folder / f"gates-{number}").write_bytes(pickle.dumps(dict(gates[number :: wanted.hosts])))
    broker = Mosquitto(folder, BROKER)
    broker.start()
    stack.callback(broker.stop)
    (folder / "port").write_text(str(broker.port))
    environment = {
        **os.environ,
        "DIEMDANH_CLOUD_DATABASE_URL": url,
        "DIEMDANH_CLOUD_BROKER_URL": broker.url,
        "DIEMDANH_CLOUD_KEYRING_URL": f"sqlite:///{folder}/keys.sqlite3",
        "DIEMDANH_CLOUD_LOG_LEVEL": "warning",
    }
    if phones_at:
        environment["DIEMDANH_CLOUD_VAPID_PRIVATE_KEY"] = new_private_key()
    for number in range(wanted.workers):
        with (folder / f"worker-{number}.log").open("w") as log:
            worker = subprocess.Popen([sys.executable, "-m", "cloud", "worker"], env=environment, stderr=log)
        stack.callback(_end, worker)
    return database


def _hosts(stack: ExitStack, folder: Path, wanted: Wanted) -> list[subprocess.Popen[str]]:
    """The processes of simulated units: they begin at one moment, when all are connected and every worker is there."""
    port = (folder / "port").read_text()
    hosts = [
        subprocess.Popen(
            [sys.executable, "-m", "scripts.province_parts.units", str(folder / f"gates-{number}"), port],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(wanted.hosts)
    ]
    for host in hosts:
        stack.callback(_end, host)
        assert host.stdout
        host.stdout.readline()
    raw.wait_for_workers(int(port), wanted.workers)
    begin_at = time.time() + 1
    for host in hosts:
        assert host.stdin
        host.stdin.write(f"{begin_at}\n")
        host.stdin.flush()
    return hosts


def _broker_alone(folder: Path) -> float:
    broker = Mosquitto(folder, BROKER)
    broker.start()
    try:
        return raw.messages_per_s(broker.port, RAW_MESSAGES)
    finally:
        broker.stop()


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM observation")) or 0


def _end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait()


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
