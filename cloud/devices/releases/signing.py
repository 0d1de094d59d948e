"""Making a release: wheels into an archive, and a manifest signed with a key that stays off the server."""

import base64
import hashlib
import os
import tarfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from cloud.kit.errors import Conflict, Invalid
from edge.contract.release import ReleaseManifest, sign_manifest


def make_key(file: Path) -> Path:
    """A private key, readable by its owner alone, and beside it FILE.pub for the units. Raises Conflict."""
    key = Ed25519PrivateKey.generate()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict(f"{file} is there already: units trust it, so it is not overwritten") from error
    with os.fdopen(handle, "wb") as opened:
        opened.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = file.with_name(f"{file.name}.pub")
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public.write_text(base64.b64encode(raw).decode() + "\n", encoding="ascii")
    return public


def sign_release(
    key_file: Path, number: int, software: str, wheels: Sequence[Path], to: Path, now: datetime
) -> tuple[Path, Path]:
    """N.manifest and N.tar in `to`. Raises Invalid."""
    try:
        key = load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise Invalid(f"{key_file}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid(f"{key_file}: not an Ed25519 key: make one with `diemdanh-cloud release key`")
    if not any(wheel.name.startswith("diemdanh-") for wheel in wheels):
        raise Invalid("the wheel of diemdanh itself is not among the wheels")
    to.mkdir(parents=True, exist_ok=True)
    archive, manifest_file = to / f"{number}.tar", to / f"{number}.manifest"
    with tarfile.open(archive, "w") as tar:
        for wheel in sorted(wheels, key=lambda path: path.name):
            tar.add(wheel, f"wheels/{wheel.name}", filter=_plain)
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        manifest = ReleaseManifest(
            number=number, software=software, sha256=digest, size_bytes=archive.stat().st_size, made_at=now
        )
    except ValueError as error:
        raise Invalid(f"not a release: {error}") from error
    manifest_file.write_bytes(sign_manifest(manifest, key.sign))
    return manifest_file, archive


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """The same wheels make the same archive, whoever packs them and when."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime, member.mode = 0, 0o644
    return member
