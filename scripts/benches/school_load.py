"""How long a parent waits for the page while a school arrives: a school of 1,387, 5 arrivals a second, 500 parents.

Real: `diemdanh-cloud serve` and `worker`, Mosquitto, SQLite and then PostgreSQL (with fsync). Simulated: the units and
the phones; both run on this machine too. A morning has 1,387 arrivals in 20 minutes; here its peak of 5/s is kept up
for the whole time, which is why it takes minutes. Each parent's app is logged in, opens once and keeps its live
stream. Fails where one page in a hundred takes longer than 300 ms.
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
from pathlib import Path

from sqlalchemy import text

from cloud import migrations
from cloud.kit.db import open_database
from scripts.loopback.mosquitto import Mosquitto
from scripts.loopback.ports import free_port, is_open
from scripts.loopback.postgres import Postgres
from scripts.loopback.waiting import eventually
from scripts.province_parts import land, morning, raw

PUPILS = 1387
UNITS = 4
MOST_P99_MS = 300


def main() -> int:
    parser = argparse.ArgumentParser(
        "scripts/bench school_load", description=__doc__, epilog="scripts/bench school_load --seconds 60"
    )
    parser.add_argument(
        "--seconds", type=float, default=280, help="how long (default %(default)s, in which 1,387 arrive)"
    )
    parser.add_argument("--per-s", type=float, default=5, help="arrivals a second (default %(default)s)")
    parser.add_argument("--parents", type=int, default=500, help="who open the app in that time (default %(default)s)")
    asked = parser.parse_args()
    result: dict[str, float] = {"parents": asked.parents, "arrivals_per_s": asked.per_s, "seconds": asked.seconds}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diemdanh-bench-")))
        postgres = Postgres(durable=True)
        postgres.start()
        stack.callback(postgres.stop)
        for name, url in (("sqlite", f"sqlite:///{folder}/cloud.sqlite3"), ("postgres", postgres.new_database())):
            times, stored = measure(url, folder / name, asked.seconds, asked.per_s, asked.parents)
            quantiles = statistics.quantiles(times, n=100)
            say(f"{name}: {len(times)} pages, " + ", ".join(f"p{p} {quantiles[p - 1]:.0f} ms" for p in (50, 90, 99))
                + f"; {stored} arrivals stored")  # fmt: skip
            result |= {f"{name}_p50_ms": round(quantiles[49]), f"{name}_p99_ms": round(quantiles[98])}
            result[f"{name}_arrivals"] = stored
    print(json.dumps(result))
    return 0 if max(result["sqlite_p99_ms"], result["postgres_p99_ms"]) <= MOST_P99_MS else 1


def measure(url: str, folder: Path, seconds: float, per_s: float, parents: int) -> tuple[list[float], int]:
    """Milliseconds of each page, and how many arrivals were stored in the meantime."""
    folder.mkdir()
    database = open_database(url)
    migrations.upgrade(database)
    people = land.settle(database, UNITS, PUPILS, logged_in=True)
    land.open_registers(database)
    gates = dict(morning.comings(people, per_s, seconds))
    (folder / "gates").write_bytes(pickle.dumps(gates))
    cookies = [pupil.hex for one in people for pupil in one.pupils][:parents]
    (folder / "cookies").write_bytes(pickle.dumps(cookies))
    port = free_port()
    with ExitStack() as stack:
        broker = Mosquitto(folder, "allow_anonymous true\nsys_interval 1\n")
        broker.start()
        stack.callback(broker.stop)
        environment = {
            **os.environ,
            "DIEMDANH_CLOUD_DATABASE_URL": url,
            "DIEMDANH_CLOUD_BROKER_URL": broker.url,
            "DIEMDANH_CLOUD_KEYRING_URL": f"sqlite:///{folder}/keys.sqlite3",
            "DIEMDANH_CLOUD_LISTEN_PORT": str(port),
            "DIEMDANH_CLOUD_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DIEMDANH_CLOUD_LOG_LEVEL": "warning",
        }
        for command in ("serve", "worker"):
            with (folder / f"{command}.log").open("w") as log:
                process = subprocess.Popen([sys.executable, "-m", "cloud", command], env=environment, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        eventually(lambda: is_open(port), within_s=300, saying="the service did not start")
        raw.wait_for_workers(broker.port, 1)
        ways = (
            ("units", str(folder / "gates"), str(broker.port)),
            ("visits", str(folder / "cookies"), f"http://127.0.0.1:{port}", str(seconds)),
        )
        hosts = [
            subprocess.Popen(
                [sys.executable, "-m", f"scripts.province_parts.{module}", *rest],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for module, *rest in ways
        ]
        for host in hosts:
            assert host.stdout
            host.stdout.readline()
        begin_at = time.time() + 1
        for host in hosts:
            assert host.stdin
            host.stdin.write(f"{begin_at}\n")
            host.stdin.flush()
        _, visits = (host.communicate()[0].splitlines() for host in hosts)
    with database.reading() as session:
        stored = session.scalar(text("SELECT count(*) FROM observation")) or 0
    database.close()
    times: list[float] = json.loads(visits[-1])
    return times, stored


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
