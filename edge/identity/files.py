"""What a claimed unit has on its data partition: who it is, whom it trusts, and for how long."""

import os
import shlex
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from edge.errors import Misconfigured
from edge.identity import keys

FOLDER = "identity"


@dataclass(frozen=True, slots=True)
class Identity:
    """The folder `identity` in the unit's data. `credentials` is where systemd put what it unsealed, if it did."""

    folder: Path
    credentials: Path | None = None

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def authorities(self) -> Path:
        return self.folder / "authorities.pem"

    @property
    def token(self) -> Path:
        return self.folder / "cloud-token"

    @property
    def roster_signer(self) -> Path:
        """Whose signature rosters and briefings must have, as the claim was told."""
        return self.folder / "roster-signer"

    @property
    def settings(self) -> Path:
        """For systemd's EnvironmentFile=: what the claim decided."""
        return self.folder / "edge.env"

    @property
    def key(self) -> Path:
        """Raises Misconfigured when the unit was not claimed."""
        return keys.key_file(self.folder, self.credentials)

    def is_claimed(self) -> bool:
        return self.certificate.exists()

    def read_certificate(self) -> x509.Certificate:
        """Raises Misconfigured."""
        try:
            return x509.load_pem_x509_certificate(self.certificate.read_bytes())
        except (OSError, ValueError) as error:
            raise Misconfigured(
                f"{self.certificate}: no certificate: claim the unit with `diemdanh-edge claim`"
            ) from error

    def read_roster_signer(self) -> bytes | None:
        """None: the service did not say at the claim."""
        try:
            return self.roster_signer.read_bytes()
        except OSError:
            return None

    def https(self) -> ssl.SSLContext:
        """For the service's own address: whom a browser trusts and whom the claim named; our certificate for whoever
        asks for one. Raises Misconfigured."""
        try:
            context = ssl.create_default_context()
            context.load_verify_locations(self.authorities)
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise Misconfigured(f"{self.folder}: does not make an identity ({error}): claim the unit again") from error
        return context

    def tls(self) -> ssl.SSLContext:
        """For a connection to the school's broker: both sides prove who they are. Raises Misconfigured."""
        key = self.key
        try:
            context = ssl.create_default_context(cafile=str(self.authorities))
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self.certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise Misconfigured(f"{self.folder}: does not make an identity ({error}): claim the unit again") from error
        return context


def identity(data_dir: Path) -> Identity:
    handed_over = os.environ.get("CREDENTIALS_DIRECTORY")
    return Identity(data_dir / FOLDER, Path(handed_over) if handed_over else None)


def name_on(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def is_due(certificate: x509.Certificate, now: datetime) -> bool:
    """Renew in the last third of a certificate's life."""
    life: timedelta = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    return certificate.not_valid_after_utc - now.astimezone(UTC) < life / 3


def environment_file(values: dict[str, str]) -> bytes:
    """Lines NAME=value that systemd and a shell read alike."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()).encode()
