"""A machine becomes one of the school's units, and stays one: claim once, renew for ever."""

import os
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from edge.contract import Unreadable, Wire, parse
from edge.contract.identity import CLAIM_PATH, Claimed, ClaimRequest, RenewalRequest, Renewed, renewal_path
from edge.errors import Misconfigured, Unavailable
from edge.identity import keys
from edge.identity.files import Identity, environment_file, is_due, name_on
from edge.settings import PREFIX

TIMEOUT_S = 15.0
AnswerT = TypeVar("AnswerT", bound=Wire)


@dataclass(frozen=True, slots=True)
class Admission:
    device: str
    protection: keys.Protection
    valid_until: datetime


def claim(code: str, cloud_url: str, identity: Identity) -> Admission:
    """Make a key, have it certified, and keep what came back. Nothing is kept unless everything fits.

    Raises Misconfigured when the cloud refuses, Unavailable when it does not answer.
    """
    key = keys.new_key()
    request = ClaimRequest(code=code, signing_request_pem=keys.signing_request(key))
    answer = _ask(f"{_private(cloud_url)}{CLAIM_PATH}", request, Claimed)
    certificate = _checked(answer.certificate_pem, key, answer.device)
    try:
        identity.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The old certificate goes first: with a key that is not its own it would be worse than none.
        identity.certificate.unlink(missing_ok=True)
        protection = keys.store(key, identity.folder)
        keys.write_whole(identity.token, answer.token.get_secret_value().encode(), mode=0o600)
        keys.write_whole(identity.authorities, answer.authorities_pem.encode(), mode=0o644)
        identity.roster_signer.unlink(missing_ok=True)
        if answer.roster_signer is not None:
            keys.write_whole(identity.roster_signer, answer.roster_signer, mode=0o644)
        keys.write_whole(identity.settings, _settings(answer, cloud_url, identity), mode=0o600)
        keys.write_whole(identity.certificate, answer.certificate_pem.encode(), mode=0o644)
        _give_to_owner_of(identity.folder.parent, identity.folder)
    except OSError as error:
        raise Misconfigured(
            f"{identity.folder}: cannot be written: {error}. Check data_dir and who owns it."
        ) from error
    return Admission(answer.device, protection, certificate.not_valid_after_utc)


def renew_if_due(cloud_url: str, identity: Identity, now: datetime) -> datetime | None:
    """Until when the new certificate holds; None when the old one will do. Raises Misconfigured or Unavailable."""
    current = identity.read_certificate()
    if not is_due(current, now):
        return None
    key = keys.load(identity.key)
    request = RenewalRequest(signing_request_pem=keys.signing_request(key))
    device = name_on(current)
    token = identity.token.read_text().strip()
    answer = _ask(f"{_private(cloud_url)}{renewal_path(device)}", request, Renewed, token=token)
    renewed = _checked(answer.certificate_pem, key, device)
    keys.write_whole(identity.authorities, answer.authorities_pem.encode(), mode=0o644)
    keys.write_whole(identity.certificate, answer.certificate_pem.encode(), mode=0o644)
    return renewed.not_valid_after_utc


def _ask(url: str, request: Wire, answer: type[AnswerT], *, token: str | None = None) -> AnswerT:
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    try:
        reply = httpx.post(url, content=request.encode(), headers=headers, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        raise Unavailable(f"{url}: no answer: {error}. Is the address right, and the network there?") from error
    if reply.status_code == 429 or reply.status_code >= 500:
        raise Unavailable(f"{url}: not now ({reply.status_code}): {_detail(reply)}")
    if reply.status_code != 200:
        raise Misconfigured(f"the school's service refused: {_detail(reply)}")
    try:
        return parse(answer, reply.content)
    except Unreadable as error:
        raise Misconfigured(f"{url}: this does not answer like the school's service: {error}") from error


def _detail(reply: httpx.Response) -> str:
    try:
        return str(reply.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{reply.status_code} {reply.reason_phrase}"


def _private(cloud_url: str) -> str:
    """The address without a slash at its end. Raises Misconfigured for one that anybody on the way could read."""
    parts = urlsplit(cloud_url)
    host = parts.hostname or ""
    if parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)):
        return cloud_url.rstrip("/")
    raise Misconfigured(f"{cloud_url}: an address that begins with https:// is needed: a token comes back this way")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked(pem: str, key: ec.EllipticCurvePrivateKey, device: str) -> x509.Certificate:
    """Raises Misconfigured unless it is for our key and our name."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise Misconfigured("the school's service sent no certificate: is it up to date?") from error
    if certificate.public_key() != key.public_key() or name_on(certificate) != device:
        raise Misconfigured("the school's service certified another key or name: nothing was kept, claim again")
    return certificate


def _settings(answer: Claimed, cloud_url: str, identity: Identity) -> bytes:
    return environment_file(
        {
            f"{PREFIX}_DEVICE": answer.device,
            f"{PREFIX}_BROKER_URL": answer.broker_url,
            f"{PREFIX}_CLOUD_URL": cloud_url.rstrip("/"),
            f"{PREFIX}_CLOUD_TOKEN_FILE": str(identity.token),
        }
    )


def _give_to_owner_of(data_dir: Path, folder: Path) -> None:
    """A claim is typed by root, the services run as the data's owner."""
    if os.geteuid() == 0:
        owner = data_dir.stat()
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.st_uid, owner.st_gid)
