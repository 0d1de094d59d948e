"""A certificate authority: what it signs and how. Pure: no database, no files, the clock is an argument.

Certificates follow RFC 5280. Keys are ECDSA P-256: a Raspberry Pi signs with them in a millisecond and every
broker reads them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloud.kit.errors import Invalid

AUTHORITY_LIFE = timedelta(days=20 * 365)
CERTIFICATE_LIFE = timedelta(days=400)
"""Longer than a summer in a cupboard. A shorter life would buy nothing: revocation takes effect at once."""
BACKDATED = timedelta(hours=1)
"""For clocks that are a little behind."""


@dataclass(frozen=True, slots=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def new_authority(name: str, now: datetime) -> Authority:
    """Self-signed; it signs certificates and nothing below it does."""
    key = new_key()
    subject = _name(name)
    builder = _certificate(subject, subject, key.public_key(), now, now + AUTHORITY_LIFE)
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return Authority(certificate, key)


def client_certificate(
    authority: Authority, common_name: str, public_key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.Certificate:
    """For whoever connects as `common_name`: the broker takes that for the user's name."""
    return _signed(authority, common_name, public_key, now, ExtendedKeyUsageOID.CLIENT_AUTH, ())


def server_certificate(
    authority: Authority, hosts: tuple[str, ...], public_key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.Certificate:
    """For a broker that is reached as any of `hosts`, names or addresses."""
    return _signed(authority, hosts[0], public_key, now, ExtendedKeyUsageOID.SERVER_AUTH, hosts)


def revocation_list(authority: Authority, revoked: Iterable[tuple[int, datetime]], number: int) -> bytes:
    """PEM. `revoked` are serial numbers and when each was revoked.

    It stays valid as long as the authority: OpenSSL refuses *every* client once a list is overdue, and a list that is
    replaced when it changes gains nothing from a date.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(authority.certificate.not_valid_before_utc)
        .next_update(authority.certificate.not_valid_after_utc)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for serial, at in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM)


def requested_key(signing_request_pem: str) -> ec.EllipticCurvePublicKey:
    """The public key of a request that proves possession of its private key; nothing else of it counts.

    Raises Invalid.
    """
    try:
        request = x509.load_pem_x509_csr(signing_request_pem.encode())
        key = request.public_key()
        proven = request.is_signature_valid
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType) as error:
        raise Invalid("the signing request cannot be read: claim again with a current unit") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Invalid("the signing request's key is not ECDSA P-256")
    if not proven:
        raise Invalid("the signing request is not signed by its own key")
    return key


def certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PKCS #8, unencrypted: for a file that only its owner reads, or for sealing."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _signed(
    authority: Authority,
    common_name: str,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    usage: x509.ObjectIdentifier,
    hosts: tuple[str, ...],
) -> x509.Certificate:
    ends = min(now + CERTIFICATE_LIFE, authority.certificate.not_valid_after_utc)
    builder = _certificate(_name(common_name), authority.certificate.subject, public_key, now, ends)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
    )
    if hosts:
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(authority.key, SHA256())


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(ends)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
