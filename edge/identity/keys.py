"""The unit's private key. It is made here and never leaves.

With a TPM, systemd-creds seals it: a card pulled out of the unit holds nothing that opens. Without one it is a file
that only the unit's user may read, and whoever takes the card has it until the unit is revoked.
"""

import logging
import os
import shutil
import subprocess
import tempfile
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from edge.errors import Misconfigured

log = logging.getLogger(__name__)

CREDENTIAL = "unit-key"
"""The name under which systemd hands the sealed key to a service."""


class Protection(StrEnum):
    TPM = "sealed by this machine's TPM: a copied card is useless"
    FILE = "a file that only the unit's user reads (mode 0600): who takes the card has the key until it is revoked"


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def signing_request(key: ec.EllipticCurvePrivateKey) -> str:
    """PEM. It proves possession of the key; the name on the certificate is the cloud's to give."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def store(key: ec.EllipticCurvePrivateKey, folder: Path) -> Protection:
    """Sealed if the machine can, else a 0600 file; whichever was there before is gone. Raises Misconfigured."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    plain, sealed = folder / "key.pem", folder / "key.sealed"
    if has_tpm() and os.geteuid() == 0:
        write_whole(sealed, _seal(pem), mode=0o600)
        plain.unlink(missing_ok=True)
        return Protection.TPM
    write_whole(plain, pem, mode=0o600)
    sealed.unlink(missing_ok=True)
    return Protection.FILE


def key_file(folder: Path, credentials: Path | None) -> Path:
    """Where to read the key: what systemd unsealed for this service, or the file. Raises Misconfigured."""
    handed_over = credentials / CREDENTIAL if credentials else None
    if handed_over and handed_over.exists():
        return handed_over
    plain = folder / "key.pem"
    if not plain.exists():
        sealed = (folder / "key.sealed").exists()
        raise Misconfigured(
            f"{folder}: the key is sealed for the services: run this as `systemctl start diemdanh-renew`"
            if sealed
            else f"{folder}: this unit was not claimed: get a code from the school's service and run"
            " `diemdanh-edge claim CODE --cloud URL`"
        )
    if plain.stat().st_mode & 0o077:
        raise Misconfigured(f"{plain}: others may read it: chmod 600 {plain}")
    return plain


def load(path: Path) -> ec.EllipticCurvePrivateKey:
    """Raises Misconfigured."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise Misconfigured(f"{path}: not a private key: claim the unit again") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Misconfigured(f"{path}: not a key that this unit made: claim the unit again")
    return key


def has_tpm() -> bool:
    program = shutil.which("systemd-creds")
    if program is None:
        return False
    return subprocess.run([program, "has-tpm2"], capture_output=True, check=False).returncode == 0


def write_whole(path: Path, content: bytes, *, mode: int) -> None:
    """The file appears complete or not at all, whatever is cut."""
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


def _seal(pem: bytes) -> bytes:
    command = ["systemd-creds", "encrypt", "--with-key=tpm2", f"--name={CREDENTIAL}", "-", "-"]
    done = subprocess.run(command, input=pem, capture_output=True, check=False)
    if done.returncode != 0:
        raise Misconfigured(f"systemd-creds did not seal the key: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
