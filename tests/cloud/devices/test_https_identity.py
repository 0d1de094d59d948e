"""A service that demands certificates over HTTPS: a claimed unit gets in with its own, nobody else does."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from edge.errors import Unavailable
from edge.uplink.https import HttpsLink
from edge.uplink.receive import RosterClient
from tests.cloud.devices.test_broker import World
from tests.cloud.migrated import Open


class Nothing(BaseHTTPRequestHandler):
    """Answers 204 to whoever came through the handshake, and notes the name on the certificate."""

    seen: list[str] = []  # noqa: RUF012 - one server a test

    def do_GET(self) -> None:
        certificate = self.connection.getpeercert()  # type: ignore[attr-defined]
        self.seen.append(dict(pair for part in certificate["subject"] for pair in part)["commonName"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def world(tmp_path: Path, open_migrated: Open) -> Iterator[World]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    folder = tmp_path / "broker"
    folder.mkdir()
    yield World(database, folder)
    database.close()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(world.folder / "authorities.pem"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(world.folder / "server.crt", world.folder / "server.key")
    server = HTTPServer(("127.0.0.1", 0), Nothing)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_claimed_unit_shows_its_certificate_and_others_do_not_get_in(world: World, url: str) -> None:
    unit = world.identities["gate-1"]
    assert RosterClient(url, "gate-1", None, unit.https).fetch(have=0, key_id=None) is None
    assert Nothing.seen == ["gate-1"]
    HttpsLink(url, "gate-1", None, unit.https).close()

    def trusting_but_unknown() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(unit.authorities))

    for stranger in (trusting_but_unknown, None):
        with pytest.raises(Unavailable, match="no connection"):
            RosterClient(url, "gate-1", None, stranger).fetch(have=0, key_id=None)
    assert Nothing.seen == ["gate-1"]
