"""What the database and the broker do alone, in the same run on the same machine."""

import io
import threading
import time

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from scripts.loopback.waiting import eventually

ROWS_IN_A_COPY = 1000
PAYLOAD = b"x" * 700
UNDER_WAY = 100
SUBSCRIPTIONS_OF_A_WORKER = 2


def copied_per_s(conninfo: str) -> float:
    """Every sighting that came through, taken out and put by COPY into an empty table with the same indexes."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("CREATE TABLE bare (LIKE observation INCLUDING ALL)")
        connection.execute("CREATE UNIQUE INDEX ON bare (device_id, seq)")
        connection.commit()
        held = io.BytesIO()
        with connection.cursor().copy("COPY (TABLE observation) TO STDOUT") as out:
            for part in out:
                held.write(part)
        rows = held.getvalue().splitlines(keepends=True)
        began = time.monotonic()
        for first in range(0, len(rows), ROWS_IN_A_COPY):
            with connection.cursor().copy("COPY bare FROM STDIN") as into:
                into.write(b"".join(rows[first : first + ROWS_IN_A_COPY]))
            connection.commit()
        took_s = time.monotonic() - began
        connection.execute("DROP TABLE bare")
    return len(rows) / took_s


def wait_for_workers(port: int, workers: int) -> None:
    """Until each has subscribed, as the broker counts. Its `sys_interval` is how often it does."""
    counted: list[int] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="census")
    client.on_message = lambda client, data, message: counted.append(int(message.payload))
    client.connect("127.0.0.1", port)
    client.subscribe("$SYS/broker/shared_subscriptions/count")
    client.loop_start()
    eventually(
        lambda: counted and counted[-1] >= workers * SUBSCRIPTIONS_OF_A_WORKER,
        within_s=900,
        saying="the workers do not subscribe",
    )
    client.disconnect()
    client.loop_stop()


def messages_per_s(port: int, messages: int) -> float:
    """QoS 1 from one client to another through the broker, acknowledged on both sides, by the worker's own library."""
    came = threading.Semaphore(0)
    listening = threading.Event()
    reader = paho.Client(CallbackAPIVersion.VERSION2, client_id="raw-reader")
    reader.on_message = lambda client, data, message: came.release()
    reader.on_subscribe = lambda client, data, mid, codes, properties: listening.set()
    reader.connect("127.0.0.1", port)
    reader.loop_start()
    reader.subscribe("raw", 1)
    eventually(listening.is_set, saying="the broker does not answer")
    writer = paho.Client(CallbackAPIVersion.VERSION2, client_id="raw-writer")
    writer.max_inflight_messages_set(20)
    writer.connect("127.0.0.1", port)
    writer.loop_start()
    began = time.monotonic()
    for number in range(messages):
        writer.publish("raw", PAYLOAD, qos=1)
        if number >= UNDER_WAY:
            came.acquire(timeout=30)
    for _ in range(min(messages, UNDER_WAY)):
        came.acquire(timeout=30)
    took_s = time.monotonic() - began
    for client in (writer, reader):
        client.disconnect()
        client.loop_stop()
    return messages / took_s
