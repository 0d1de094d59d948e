"""What the broker reads: whom to trust, who is locked out, who may do what. And proof that it did read it.

What Mosquitto does was found out with 2.0.11: a reload (SIGHUP) reads the revocation list again, but a list only
counts when a connection starts; the ACL is read again too and counts at every message of a living one. So a unit that
is locked out goes onto both.
"""

import os
import socket
import ssl
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cryptography import x509
from sqlalchemy.orm import Session

from cloud.devices.identity import authority as signing
from cloud.devices.identity import queries
from cloud.devices.identity.authority import certificate_pem, key_pem
from cloud.devices.identity.issuing import Issuer, opened, record, service_authority
from cloud.devices.identity.rules import CANARY, SERVICE, WORKER

CONNECT = bytes.fromhex("101200044d5154540402000a0006") + b"canary"
"""MQTT 3.1.1: CONNECT, clean session, keep-alive 10 s, client id `canary`."""
CHECKOUT_ACL = Path(__file__).parents[3] / "firmware-config" / "broker" / "acl"


@dataclass(frozen=True, slots=True)
class BrokerFiles:
    """Everything that the broker and its workers read, as it shall be."""

    authorities: str
    workers: str
    revoked: bytes
    acl: str
    canary: tuple[str, bytes]
    """Certificate and key of nobody: revoked from the start. A broker that refuses it has read this list."""


def compose(session: Session, issuer: Issuer) -> BrokerFiles:
    """In the same transaction as what changed, or later: the files follow the database."""
    service = service_authority(session, issuer)
    queries.forget_certificates(session, CANARY)
    canary_key = signing.new_key()
    canary = signing.client_certificate(service, CANARY, canary_key.public_key(), issuer.clock())
    record(session, SERVICE, None, canary).revoked_at = issuer.clock()
    session.flush()
    rows = queries.authorities(session)
    lists = [
        signing.revocation_list(
            opened(row, issuer),
            queries.revoked(session, row.name, issuer.clock()),
            queries.next_revocation_number(session, row.name),
        )
        for row in rows
    ]
    return BrokerFiles(
        authorities="".join(row.certificate_pem for row in rows),
        workers=certificate_pem(service.certificate),
        revoked=b"".join(lists),
        acl=_acl(queries.disabled_devices(session)),
        canary=(certificate_pem(canary), key_pem(canary_key)),
    )


def write(new: BrokerFiles, folder: Path) -> None:
    """Each file appears whole. `revoked.pem` is the last: whoever watches it reloads a complete set."""
    _put(folder / "authorities.pem", new.authorities.encode())
    _put(folder / "workers.pem", new.workers.encode())
    _put(folder / "acl", new.acl.encode())
    _put(folder / "canary.crt", new.canary[0].encode())
    _put(folder / "canary.key", new.canary[1], secret=True)
    _put(folder / "revoked.pem", new.revoked)


def write_certificates(session: Session, issuer: Issuer, folder: Path, hosts: Sequence[str]) -> bool:
    """The broker's own certificate for `hosts` and the workers', unless good ones are there. Was one written?"""
    service = service_authority(session, issuer)
    written = False
    for name, names in (("server", tuple(hosts)), ("worker", ())):
        if _is_good(folder / f"{name}.crt", names, issuer):
            continue
        key = signing.new_key()
        if names:
            certificate = signing.server_certificate(service, names, key.public_key(), issuer.clock())
        else:
            certificate = signing.client_certificate(service, WORKER, key.public_key(), issuer.clock())
        record(session, SERVICE, None, certificate)
        # The broker's group reads its key: Mosquitto gives up root before it reloads.
        _put(folder / f"{name}.key", key_pem(key), secret=name == "worker")
        _put(folder / f"{name}.crt", certificate_pem(certificate).encode())
        written = True
    return written


def worker_tls(folder: Path) -> ssl.SSLContext:
    """For a worker's connection to the broker. Raises OSError where `broker-files` was not run."""
    context = ssl.create_default_context(cafile=str(folder / "workers.pem"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / "worker.crt", folder / "worker.key")
    return context


def broker_refuses_the_canary(host: str, port: int, folder: Path, *, within_s: float) -> bool:
    """Whether the broker has read the newest list. Raises OSError when there is no broker."""
    deadline = time.monotonic() + within_s
    while not _refused(host, port, folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _refused(host: str, port: int, folder: Path) -> bool:
    context = ssl.create_default_context(cafile=str(folder / "workers.pem"))
    context.load_cert_chain(folder / "canary.crt", folder / "canary.key")
    with socket.create_connection((host, port), timeout=5) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=host) as broker:
                broker.sendall(CONNECT)
                return not broker.recv(4)
        except ssl.SSLCertVerificationError:
            raise
        except (ssl.SSLError, ConnectionError):
            return True


def _is_good(path: Path, hosts: tuple[str, ...], issuer: Issuer) -> bool:
    if not path.exists() or not path.with_suffix(".key").exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    if hosts:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = {str(name.value) for name in names}
        if not set(hosts) <= known:
            return False
    return certificate.not_valid_after_utc - issuer.clock() > signing.CERTIFICATE_LIFE / 3


def _acl(locked_out: Sequence[str]) -> str:
    packaged = files("cloud.devices.identity") / "broker.acl"
    base = packaged.read_text() if packaged.is_file() else CHECKOUT_ACL.read_text()
    return base + "".join(f"\nuser {device}\ntopic deny #\n" for device in locked_out)


def _put(path: Path, content: bytes, *, secret: bool = False) -> None:
    mode = 0o600 if secret else 0o640 if path.suffix == ".key" else 0o644
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}", delete=False) as file:
        try:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
