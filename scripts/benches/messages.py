"""Messages a second from the queue to a push service that answers after some milliseconds: one after the other, and
as many at once as a worker sends. SQLite, then PostgreSQL with fsync.

Real: the queue, the encryption for each browser, HTTP, and what is written of each answer. Simulated: the push service
(scripts/province_parts/phones.py), on this machine too.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select

from cloud import migrations
from cloud.kit.clock import system_clock
from cloud.kit.db import Database, open_database
from cloud.notifications import queries, sending
from cloud.notifications.queries import NewMessage
from cloud.notifications.transport import Channel
from cloud.notifications.vapid import new_private_key
from cloud.notifications.web_push import WebPush
from cloud.people.tables import Guardian, Guardianship
from scripts.loopback.ports import free_port, is_open
from scripts.loopback.postgres import Postgres
from scripts.loopback.waiting import eventually
from scripts.province_parts import land

UNITS = 40
AT_ONCE = sending.AT_ONCE[Channel.WEB_PUSH]


def main() -> int:
    parser = argparse.ArgumentParser(
        "scripts/bench messages", description=__doc__, epilog="scripts/bench messages --messages 300"
    )
    parser.add_argument("--messages", type=int, default=2000, help="of each kind (default %(default)s)")
    parser.add_argument("--answer-ms", type=float, default=5, help="until the service answers (default %(default)s)")
    asked = parser.parse_args()
    result: dict[str, float] = {"messages": asked.messages, "answer_ms": asked.answer_ms, "at_once": AT_ONCE}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diemdanh-bench-")))
        postgres = Postgres(durable=True)
        postgres.start()
        stack.callback(postgres.stop)
        port, came = free_port(), folder / "came"
        phones = [sys.executable, "-m", "scripts.province_parts.phones", str(port), str(came), str(asked.answer_ms)]
        service = subprocess.Popen(phones)
        stack.callback(service.wait)
        stack.callback(service.terminate)
        eventually(lambda: is_open(port), saying="the push service did not start")
        for name, url in (("sqlite", f"sqlite:///{folder}/cloud.sqlite3"), ("postgres", postgres.new_database())):
            database = open_database(url)
            migrations.upgrade(database)
            land.settle(database, UNITS, asked.messages, phones_at=f"http://127.0.0.1:{port}")
            one_by_one, together = (per_s(database, at_once) for at_once in (1, AT_ONCE))
            database.close()
            print(f"{name}: {one_by_one:.0f} messages/s one by one, {together:.0f} with {AT_ONCE} at once",
                  file=sys.stderr, flush=True)  # fmt: skip
            result |= {f"{name}_one_by_one_per_s": round(one_by_one), f"{name}_per_s": round(together)}
            result[f"{name}_times"] = round(together / one_by_one, 1)
        came_twice = len(came.read_text().splitlines()) - 4 * asked.messages
    print(json.dumps(result | {"doubled": came_twice}))
    return 0


def per_s(database: Database, at_once: int) -> float:
    """A message to everybody, sent; by one worker."""
    now = system_clock()
    with database.writing() as session:
        guardians = select(Guardian.school_id, Guardian.id, Guardianship.student_id)
        people = session.execute(guardians.join(Guardianship, Guardianship.guardian_id == Guardian.id)).all()
        for school_id, guardian_id, student_id in people:
            text = "Trần Minh An (lớp 1A) đã đến trường lúc 06:52."
            message = NewMessage(
                school_id, guardian_id, student_id, Channel.WEB_PUSH, "arrived", text, text,
                f"{at_once}{guardian_id}", now,
            )  # fmt: skip
            queries.queue(session, [message], now=now)
    web_push = WebPush(new_private_key(), "mailto:it@school.example")
    with patch.dict(sending.AT_ONCE, {Channel.WEB_PUSH: at_once}):
        began = time.perf_counter()
        sending.send_due(database, web_push, system_clock)
        return len(people) / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
