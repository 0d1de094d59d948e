"""Events a second from a unit's outbox to committed rows: outbox, uplink, Mosquitto, worker, database, all real.

Next to it the same rows inserted by the bare driver, 1,000 in a transaction, into the same table with the same
indexes. What the way through adds: the wire, both acknowledgements, each pupil's day, and an arrival to tell.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2.profiles import CHEAPEST
from sqlalchemy import text

from cloud import migrations
from cloud.accounts.passwords import Passwords
from cloud.attendance.tables import Observation
from cloud.demo.queries import pupils_by_code
from cloud.demo.seed import seed_demo
from cloud.devices.registering import register
from cloud.kit.clock import system_clock
from cloud.kit.db import Database, open_database
from cloud.people.queries import person_ref
from cloud.school.queries import school_by_slug
from edge.clock import SystemClock
from edge.contract import Method, Outcome, Sighting
from edge.store.db import connect
from edge.store.outbox import Outbox
from scripts.loopback.mosquitto import Mosquitto
from scripts.loopback.postgres import Postgres
from scripts.loopback.waiting import eventually

ROWS_IN_A_TRANSACTION = 1000
DEVICE = "gate-1"


def main() -> int:
    parser = argparse.ArgumentParser(
        "scripts/bench ingest", description=__doc__, epilog="scripts/bench ingest --events 5000"
    )
    parser.add_argument("--events", type=int, default=20_000, help="how many (default %(default)s)")
    events = parser.parse_args().events
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diemdanh-bench-")))
        postgres = Postgres(durable=True)
        postgres.start()
        stack.callback(postgres.stop)
        sqlite = measure(f"sqlite:///{folder}/cloud.sqlite3", folder / "sqlite", events)
        on_postgres = measure(postgres.new_database(), folder / "postgres", events)
    print(
        json.dumps(
            {
                "events": events,
                "sqlite_events_per_s": round(sqlite[0]),
                "sqlite_raw_rows_per_s": round(sqlite[1]),
                "sqlite_ratio": round(sqlite[0] / sqlite[1], 3),
                "postgres_events_per_s": round(on_postgres[0]),
                "postgres_raw_rows_per_s": round(on_postgres[1]),
                "postgres_ratio": round(on_postgres[0] / on_postgres[1], 3),
            }
        )
    )
    return 0


def measure(url: str, folder: Path, events: int) -> tuple[float, float]:
    """(events a second through everything, rows a second by the bare driver)."""
    folder.mkdir()
    say(f"{url.partition(':')[0]}: a school of 826 pupils, {events} sightings in a unit's outbox")
    database = open_database(url)
    migrations.upgrade(database)
    seed_demo(database, [], Passwords(CHEAPEST), system_clock, lambda line: None)
    with database.writing() as session:
        register(session, DEVICE, school="demo", name=DEVICE)
        school_id = school_by_slug(session, "demo")
        assert school_id
        people = [person_ref(pupil.id) for pupil in pupils_by_code(session, school_id).values()]
    fill(folder, people, events)
    through = through_everything(url, folder, database, events)
    say(f"  through everything: {through:.0f} events/s")
    raw = raw_inserts(url)
    say(f"  the bare driver:    {raw:.0f} rows/s")
    database.close()
    return through, raw


def fill(folder: Path, people: Sequence[str], events: int) -> None:
    """Mornings of the whole school, one a day, back from yesterday."""
    clock = SystemClock()
    outbox = Outbox(connect(folder), clock)
    yesterday = datetime.now(UTC) - timedelta(days=1)

    def seen(number: int) -> Callable[[int], Sighting]:
        captured_at = yesterday - timedelta(days=number // len(people), seconds=number % len(people))
        return lambda seq: Sighting(
            seq=seq, captured_at=captured_at, clock=clock.reading(), outcome=Outcome.IDENTIFIED, method=Method.FACE,
            person=people[number % len(people)], distance=0.41, margin=0.22, quality=0.83, model="55533b28",
        )  # fmt: skip

    for number in range(events):
        outbox.append(seen(number))


def through_everything(url: str, folder: Path, database: Database, events: int) -> float:
    broker = Mosquitto(folder)
    environment = {
        **os.environ,
        "DIEMDANH_CLOUD_DATABASE_URL": url,
        "DIEMDANH_CLOUD_BROKER_URL": broker.url,
        "DIEMDANH_EDGE_BROKER_URL": broker.url,
        "DIEMDANH_EDGE_DATA_DIR": str(folder),
        "DIEMDANH_EDGE_DEVICE": DEVICE,
        "DIEMDANH_EDGE_UPLINK": "mqtt",
    }

    def start(*command: str) -> subprocess.Popen[bytes]:
        with (folder / f"{command[0]}.log").open("w") as log:
            return subprocess.Popen([sys.executable, "-m", *command], env=environment, stderr=log)

    broker.start()
    processes = [start("cloud", "worker"), start("edge", "uplink")]
    try:
        first = eventually(lambda: stored(database), within_s=60, saying="nothing arrives")
        began = time.monotonic()
        eventually(lambda: stored(database) == events, within_s=600, saying="not everything arrives")
        return (events - first) / (time.monotonic() - began)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        broker.stop()


def stored(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM observation")) or 0


def raw_inserts(url: str) -> float:
    """The rows that came through, taken out and put back."""
    engine = open_database(url).engine
    columns = ", ".join(column.name for column in Observation.__table__.columns)
    mark, begin = ("?", "BEGIN IMMEDIATE") if engine.dialect.name == "sqlite" else ("%s", "SELECT 1")
    insert = f"INSERT INTO observation ({columns}) VALUES ({', '.join([mark] * len(Observation.__table__.columns))})"
    connection = engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute(f"SELECT {columns} FROM observation ORDER BY seq")
    rows = [tuple("[]" if value == [] else value for value in row) for row in cursor.fetchall()]
    for statement in (begin, "DELETE FROM presence", "DELETE FROM observation"):
        cursor.execute(statement)
    connection.commit()
    began = time.monotonic()
    for start in range(0, len(rows), ROWS_IN_A_TRANSACTION):
        cursor.execute(begin)
        cursor.executemany(insert, rows[start : start + ROWS_IN_A_TRANSACTION])
        connection.commit()
    took_s = time.monotonic() - began
    connection.close()
    engine.dispose()
    return len(rows) / took_s


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
