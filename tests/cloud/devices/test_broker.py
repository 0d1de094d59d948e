"""The shipped broker configuration, in a real Mosquitto: who gets in, and how far."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest

from cloud.devices.identity import broker_files, issuing
from cloud.devices.identity.authority import client_certificate, new_authority, new_key
from cloud.devices.identity.issuing import Issuer
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.kit.ids import new_id
from cloud.school.tables import School
from edge.contract import topics
from edge.identity import keys
from edge.identity.files import Identity
from tests.cloud.devices.broker import SecureBroker
from tests.cloud.migrated import Open
from tests.services.waiting import eventually

ISSUER = Issuer("a secret of the test's own, long enough", "mqtts://127.0.0.1:8883", lambda: datetime.now(UTC))


class World:
    """A service, its broker, and units claimed on demand."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.identities: dict[str, Identity] = {}
        self.add("gate-1", "Trường A")
        self.add("gate-2", "Trường A")
        with database.writing() as session:
            broker_files.write_certificates(session, ISSUER, folder, ["127.0.0.1"])
            broker_files.write(broker_files.compose(session, ISSUER), folder)
        self.broker = SecureBroker(folder)

    def add(self, unit: str, school: str) -> None:
        """A unit of a school, claimed."""
        with self.database.writing() as session:
            found = session.query(School).filter_by(name=school).one_or_none()
            if found is None:
                found = School(id=new_id(), name=school, level="primary", slug=school[-1].lower(), is_demo=False)
                session.add(found)
                session.flush()
            session.add(Device(id=unit, school_id=found.id, name=unit, token_hash="-"))
        self.identities[unit] = self._claim(unit)

    def _claim(self, unit: str) -> Identity:
        key = keys.new_key()
        with self.database.writing() as session:
            code, _ = issuing.give_code(session, ISSUER, unit)
            claimed = issuing.claim(session, ISSUER, code, keys.signing_request(key))
        return kept(self.folder / unit, key, claimed.certificate_pem, claimed.authorities_pem)

    def worker(self) -> "Client":
        return Client(Identity(self.folder), self.broker.workers_port, files=("worker.crt", "worker.key"))

    def unit(self, name: str, port: int | None = None, client_id: str = "") -> "Client":
        return Client(self.identities[name], port or self.broker.port, client_id=client_id)

    def lock_out(self, unit: str) -> None:
        with self.database.writing() as session:
            assert issuing.revoke(session, ISSUER, unit) == 1
        self.publish_files()

    def publish_files(self) -> None:
        with self.database.writing() as session:
            broker_files.write(broker_files.compose(session, ISSUER), self.folder)
        self.broker.reload()
        assert broker_files.broker_refuses_the_canary("127.0.0.1", self.broker.port, self.folder, within_s=10)


def kept(folder: Path, key: Any, certificate: str, authorities: str) -> Identity:
    folder.mkdir()
    identity = Identity(folder)
    keys.store(key, folder)
    identity.certificate.write_text(certificate)
    identity.authorities.write_text(authorities)
    return identity


class Client:
    """Speaks MQTT 5, because there a broker says no out loud."""

    def __init__(
        self, identity: Identity, port: int, *, files: tuple[str, str] | None = None, client_id: str = ""
    ) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.answers: list[str] = []
        self.lost = False
        self._paho = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        if files:
            context = ssl.create_default_context(cafile=str(identity.folder / "workers.pem"))
            context.load_cert_chain(*(identity.folder / name for name in files))
        else:
            context = identity.tls()
        self._paho.tls_set_context(context)
        self._paho.on_message = lambda _c, _d, message: self.received.append((message.topic, message.payload))
        self._paho.on_publish = lambda _c, _d, _mid, reason, _p: self.answers.append(str(reason))
        self._paho.on_disconnect = lambda *_: setattr(self, "lost", True)
        self._port = port

    def connects(self) -> bool:
        try:
            self._paho.connect("127.0.0.1", self._port)
        except (ssl.SSLError, ConnectionError):
            return False
        self._paho.loop_start()
        eventually(lambda: self._paho.is_connected() or self.lost)
        return self._paho.is_connected()

    def subscribe(self, topic: str) -> None:
        done: list[object] = []
        self._paho.on_subscribe = lambda *_: done.append(True)
        self._paho.subscribe(topic, qos=1)
        eventually(lambda: done)

    def publish(self, topic: str, payload: bytes) -> str:
        """The broker's answer."""
        known = len(self.answers)
        self._paho.publish(topic, payload, qos=1)
        eventually(lambda: len(self.answers) > known)
        return self.answers[-1]

    def may_publish(self, topic: str) -> bool:
        return self.publish(topic, b"x") in {"Success", "No matching subscribers"}

    def close(self) -> None:
        self._paho.disconnect()
        self._paho.loop_stop()


@pytest.fixture
def world(tmp_path: Path, open_migrated: Open) -> Iterator[World]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    folder = tmp_path / "broker"
    folder.mkdir()
    world = World(database, folder)
    world.broker.start()
    yield world
    world.broker.stop()
    database.close()


def test_a_unit_speaks_and_hears_below_its_own_name_only(world: World) -> None:
    worker, first, second = world.worker(), world.unit("gate-1"), world.unit("gate-2")
    assert worker.connects()
    assert first.connects()
    assert second.connects()
    worker.subscribe(topics.shared(topics.ALL_EVENTS))
    first.subscribe("#")
    first.subscribe(topics.ack("gate-2"))
    second.subscribe(topics.ack("gate-2"))

    assert first.publish(topics.events("gate-1"), b"mine") == "Success"
    assert first.publish(topics.events("gate-2"), b"forged") == "Not authorized"
    assert first.publish(topics.ack("gate-2"), b"forged") == "Not authorized"
    assert worker.publish(topics.ack("gate-2"), b"for the second") == "Success"
    assert worker.publish(topics.events("gate-1"), b"forged") == "Not authorized"

    eventually(lambda: second.received == [(topics.ack("gate-2"), b"for the second")])
    eventually(lambda: worker.received == [(topics.events("gate-1"), b"mine")])
    assert first.received == []
    for client in (worker, first, second):
        client.close()


def test_a_school_that_comes_later_shares_the_running_broker(world: World) -> None:
    world.add("elsewhere", "Trường B")
    world.publish_files()
    other = world.unit("elsewhere")
    assert other.connects()
    assert other.may_publish(topics.events("elsewhere"))
    other.close()


def test_a_revoked_unit_is_mute_at_once_and_never_comes_back(world: World) -> None:
    worker, stolen, other = world.worker(), world.unit("gate-1"), world.unit("gate-2")
    assert worker.connects()
    assert stolen.connects()
    assert other.connects()
    worker.subscribe(topics.ALL_EVENTS)
    stolen.subscribe(topics.ack("gate-1"))

    world.lock_out("gate-1")

    assert stolen.publish(topics.events("gate-1"), b"after the lock-out") == "Not authorized"
    worker.publish(topics.ack("gate-1"), b"secret")
    assert other.publish(topics.events("gate-2"), b"goes on") == "Success"
    eventually(lambda: worker.received == [(topics.events("gate-2"), b"goes on")])
    assert stolen.received == []
    stolen.close()
    assert not world.unit("gate-1").connects()
    assert world.unit("gate-2").connects()
    worker.close()
    other.close()


def test_the_broker_is_known_not_to_have_read_a_newer_list(world: World) -> None:
    with world.database.writing() as session:
        broker_files.write(broker_files.compose(session, ISSUER), world.folder)
    assert not broker_files.broker_refuses_the_canary("127.0.0.1", world.broker.port, world.folder, within_s=0.2)


def test_an_unclaimed_certificate_cannot_connect(world: World) -> None:
    key = new_key()
    stranger = client_certificate(
        new_authority("Diemdanh", datetime.now(UTC)), "gate-1", key.public_key(), ISSUER.clock()
    )
    authorities = world.identities["gate-1"].authorities.read_text()
    identity = kept(world.folder / "stranger", key, broker_files.certificate_pem(stranger), authorities)
    assert not Client(identity, world.broker.port).connects()


def test_no_certificate_at_all_cannot_connect(world: World) -> None:
    context = ssl.create_default_context(cafile=str(world.folder / "workers.pem"))
    answer = b""
    with (
        contextlib.suppress(ssl.SSLError, ConnectionError),
        socket.create_connection(("127.0.0.1", world.broker.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as broker,
    ):
        broker.sendall(broker_files.CONNECT)
        answer = broker.recv(4)
    assert answer == b""


@pytest.mark.parametrize("listener", ["port", "workers_port"])
def test_plaintext_is_refused(world: World, listener: str) -> None:
    with socket.create_connection(("127.0.0.1", getattr(world.broker, listener)), timeout=10) as plain:
        plain.sendall(broker_files.CONNECT)
        with contextlib.suppress(ConnectionError):
            assert plain.recv(4) == b""


def test_a_unit_does_not_get_in_by_the_workers_door(world: World) -> None:
    assert not world.unit("gate-1", world.broker.workers_port).connects()


def test_a_unit_cannot_push_another_one_off_with_its_client_id(world: World) -> None:
    victim, attacker = world.unit("gate-1"), world.unit("gate-2", client_id="gate-1")
    assert victim.connects()
    assert attacker.connects()
    assert victim.may_publish(topics.events("gate-1"))
    assert not victim.lost
    victim.close()
    attacker.close()
