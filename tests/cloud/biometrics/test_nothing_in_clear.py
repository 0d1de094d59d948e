"""A dump of all that a small enrolment leaves: databases, disks of service and unit, and what the broker carried, with
SQLite and with PostgreSQL.

No embedding is in it in the clear, no photo, and no name stands next to a template.
"""

import base64
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
import psycopg
from sqlalchemy import text

from cloud import worker
from cloud.biometrics.rosters import open_rosters
from cloud.kit.db import Database
from cloud.settings import CloudSettings
from edge.contract import CameraState, Heartbeat, topics
from scripts.loopback.postgres import program
from tests.cloud.biometrics.test_api import agree, bring
from tests.cloud.biometrics.units import MODEL, VECTORS, Cloud, Unit
from tests.cloud.pages.people import House, open_house
from tests.cloud.small_school import MORNING, SESSION, batch, sighting
from tests.cloud.unit_on_mqtt import unit_on_mqtt
from tests.services.mosquitto import Mosquitto
from tests.services.waiting import eventually

JPEG = b"\xff\xd8\xff\xe0 what Lan looks like this morning" * 20
NAMES = ("Nguyễn Thị Lan", "nguyễn thị lan", "Lan\x00")
SECRET = "a secret of the tests' own, long enough"
BESIDE_A_TEMPLATE = (
    "face_template",
    "family_photo",
    "template_access",
    "roster_unit",
    "roster_holding",
    "roster_change",
    "match_trend",
)


@contextmanager
def tapped(port: int) -> Iterator[list[bytes]]:
    """Everything that the broker carries."""
    heard: list[bytes] = []
    listening = threading.Event()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTProtocolVersion(mqtt.MQTTv5))
    client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
    client.on_subscribe = lambda *_: listening.set()
    client.on_message = lambda client, data, message: heard.append(message.topic.encode() + b" " + message.payload)
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert listening.wait(10)
    yield heard
    client.disconnect()
    client.loop_stop()


def traces(vector: np.ndarray) -> dict[str, bytes]:
    """How an embedding could be found: any 24 bytes of it as numbers, and as base64 wherever it begins."""
    found = {}
    for kind in ("<f2", "<f4", "<f8", ">f2", ">f4"):
        raw = vector.astype(kind).tobytes()
        found |= {f"{kind} from {begin}": raw[begin : begin + 24] for begin in (0, len(raw) // 2)}
    for shift in range(3):
        found[f"base64 shifted by {shift}"] = base64.b64encode(vector.astype("<f2").tobytes()[shift:])[:24]
    found["hexadecimal"] = vector.astype("<f2").tobytes().hex().encode()[:24]
    found["decimal"] = f"{float(vector[0])}, {float(vector[1])}".encode()
    return found


def enrolled_and_seen(house: House, unit: Unit, broker: Mosquitto, settings: CloudSettings) -> list[bytes]:
    """Consent, a template, a photo that waits, the unit's roster, and a morning at the gate."""
    agree(house)
    with house.visit("bob") as bob:
        sent = bob.post(f"/children/{house.school.lan}/photos", files={"photo": ("lan.jpg", JPEG, "image/jpeg")})
        assert sent.status_code == 303
    assert bring(house).status_code == 204
    beat = Heartbeat(
        device="gate-1", session=SESSION, sent_at=MORNING, software="0.1.0", clock_trusted=True, uptime_s=1, backlog=0,
        camera=CameraState.OK,
    )  # fmt: skip
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(settings, house.database, house.clock, stop))
    working.start()
    try:
        with tapped(broker.port) as heard, unit_on_mqtt(broker.port) as gate:
            report = batch(sighting(1, house.school.lan, model=MODEL, distance=0.3))
            eventually(lambda: gate.report(report) or {1} <= gate.acknowledged())
            gate.publish(topics.health("gate-1"), beat.encode())
            eventually(lambda: any(topics.health("gate-1").encode() in one for one in heard))
            assert unit.look()
            return list(heard)
    finally:
        stop.set()
        working.join()


def dumped(url: str) -> dict[str, bytes]:
    """All that a PostgreSQL database holds: as `pg_dump` writes it, and as it lies on the disk, its log included."""
    plain = url.replace("+psycopg", "")
    name = url.rpartition("/")[2]
    found = {f"{name}: dump": subprocess.run([program("pg_dump"), plain], stdout=subprocess.PIPE, check=True).stdout}
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        files = connection.execute(
            "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't')"
            " AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) AND oid >= 16384"
            " UNION ALL SELECT name, 'pg_wal/' || name FROM pg_ls_waldir()"
        ).fetchall()
        for table, file in files:
            content = connection.execute("SELECT pg_read_binary_file(%s)", [file]).fetchone()
            assert content
            found[f"{name}: {table}"] = content[0]
    return found


def test_no_embedding_no_photo_and_no_name_beside_a_template(
    database: Database, database_url: str, keyring_url: str, tmp_path: Path, broker: Mosquitto
) -> None:
    settings = CloudSettings.model_validate(
        {"secret_key": SECRET, "keyring_url": keyring_url, "broker_url": broker.url}
    )
    rosters = open_rosters(settings)
    assert rosters is not None
    (tmp_path / "unit").mkdir()
    with open_house(database, keyring_url=keyring_url) as house:
        unit = Unit(Cloud(database, rosters), tmp_path / "unit")
        heard = enrolled_and_seen(house, unit, broker, settings)
        [known] = unit.roster("m")
        assert np.array_equal(known.template.astype("<f2"), VECTORS[0]), "the unit does know Lan"
        with database.reading() as session:
            beside = [
                repr(row) for table in BESIDE_A_TEMPLATE for row in session.execute(text(f"SELECT * FROM {table}"))
            ]
            assert session.execute(text("SELECT count(*) FROM face_template")).scalar() == 1
            sealed = session.execute(text("SELECT sealed FROM face_template")).scalar_one()

    dump = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    dump["MQTT"] = b"\n".join(heard)
    if database.is_sqlite:
        service = {name for name in dump if name.startswith("cloud.sqlite3")}
        assert "keys.sqlite3" in dump
    else:
        own, name = dumped(database_url), database_url.rpartition("/")[2]
        service = set(own)
        dump |= own | dumped(keyring_url)
        assert bytes(sealed).hex().encode() in own[f"{database_url.rpartition('/')[2]}: dump"], (
            "the dump has it, sealed"
        )
        assert bytes(sealed) in own[f"{name}: face_template"], "and so has the disk"
    assert any(name.startswith("unit/") for name in dump)
    assert str(house.school.lan).encode() in dump["MQTT"], "the tap heard the sighting"
    for name, content in dump.items():
        assert {kind for kind, trace in traces(VECTORS[0]).items() if trace in content} == set(), name
        assert JPEG[4:40] not in content, name
        assert JPEG[4:40].hex().encode() not in content, name
        if name not in service and "00000001" not in name:  # the log of the whole cluster
            assert not any(one.encode() in content for one in NAMES), name
    assert len(beside) >= 4
    assert not any(one in row for row in beside for one in NAMES)
