"""Codes given out, units taken in, certificates issued, renewed and revoked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from sqlalchemy.orm import Session

from cloud.devices.identity import authority as signing
from cloud.devices.identity import queries
from cloud.devices.identity.authority import Authority, certificate_pem
from cloud.devices.identity.rules import CODE_LIFE, SERVICE, new_code, new_token
from cloud.devices.identity.tables import Certificate, CertificateAuthority, ClaimCode
from cloud.kit.errors import Forbidden, NotFound
from cloud.kit.seal import Seal
from edge.contract.identity import Claimed, Renewed, normal_code

REFUSED = "this code is unknown, used or expired: ask for a new one"


@dataclass(frozen=True, slots=True)
class Issuer:
    """What issuing needs beside a transaction."""

    secret: str
    """The service's secret; the authorities' keys are sealed under it."""
    broker_url: str
    """Where units reach the broker."""
    clock: Callable[[], datetime]

    @property
    def key_seal(self) -> Seal:
        return Seal(self.secret, "certificate authority")

    @property
    def code_seal(self) -> Seal:
        return Seal(self.secret, "claim code")


def give_code(session: Session, issuer: Issuer, device_id: str) -> tuple[str, datetime]:
    """A fresh one-time code for a registered unit, and when it expires. Raises NotFound."""
    if queries.school_of(session, device_id) is None:
        raise NotFound(f"no unit {device_id!r} is registered")
    code, now = new_code(), issuer.clock()
    row = ClaimCode(
        digest=issuer.code_seal.digest(code), device_id=device_id, created_at=now, expires_at=now + CODE_LIFE
    )
    queries.replace_code(session, row)
    return code, row.expires_at


def claim(session: Session, issuer: Issuer, code: str, signing_request_pem: str) -> Claimed:
    """Make the machine that holds the code its unit; an earlier machine of that name is locked out.

    Raises Forbidden for a code that does not hold, Invalid for a request that cannot be signed.
    """
    key = signing.requested_key(signing_request_pem)
    device_id = queries.use_code(session, issuer.code_seal.digest(normal_code(code)), issuer.clock())
    if device_id is None:
        raise Forbidden(REFUSED)
    queries.revoke_certificates(session, device_id, issuer.clock())
    token = new_token()
    queries.admit(session, device_id, sha256(token.encode()).hexdigest())
    return Claimed(
        device=device_id,
        certificate_pem=_issue_to_unit(session, issuer, device_id, key),
        authorities_pem=certificate_pem(service_authority(session, issuer).certificate),
        broker_url=issuer.broker_url,
        token=token,
    )


def renew(session: Session, issuer: Issuer, device_id: str, signing_request_pem: str) -> Renewed:
    """A new certificate for the key of one that was never revoked, expired or not: a unit may have lain in a cupboard.

    The caller has checked the unit's token. Raises Forbidden or Invalid.
    """
    key = signing.requested_key(signing_request_pem)
    if not queries.holds_key(session, device_id, _key_digest(key)):
        raise Forbidden("this key has no certificate to renew: claim the unit again with a new code")
    return Renewed(
        certificate_pem=_issue_to_unit(session, issuer, device_id, key),
        authorities_pem=certificate_pem(service_authority(session, issuer).certificate),
    )


def revoke(session: Session, issuer: Issuer, device_id: str) -> int:
    """Lock a unit out, for ever: lost, stolen or sold. How many certificates were revoked. Raises NotFound.

    From the commit on the service takes nothing from it; the broker refuses it when its files are written
    (broker_files.py).
    """
    if queries.school_of(session, device_id) is None:
        raise NotFound(f"no unit {device_id!r} is registered")
    queries.disable(session, device_id, issuer.clock())
    return queries.revoke_certificates(session, device_id, issuer.clock())


def service_authority(session: Session, issuer: Issuer) -> Authority:
    """The one behind brokers and workers, made when it is first needed."""
    row = queries.authority(session, SERVICE)
    return opened(row, issuer) if row else _found(session, issuer, CertificateAuthority(name=SERVICE), "Diemdanh")


def record(session: Session, authority_name: str, device_id: str | None, certificate: x509.Certificate) -> Certificate:
    """Whatever is signed is on record, so that it can be revoked."""
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    common_name = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    row = Certificate(
        serial=f"{certificate.serial_number:x}",
        authority=authority_name,
        common_name=str(common_name),
        device_id=device_id,
        public_key_digest=_key_digest(key),
        issued_at=certificate.not_valid_before_utc,
        expires_at=certificate.not_valid_after_utc,
    )
    session.add(row)
    return row


def opened(row: CertificateAuthority, issuer: Issuer) -> Authority:
    """Raises Unsealable when the service's secret is another one."""
    key = load_pem_private_key(issuer.key_seal.open(row.sealed_key, f"authority {row.name}"), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(x509.load_pem_x509_certificate(row.certificate_pem.encode()), key)


def _issue_to_unit(session: Session, issuer: Issuer, device_id: str, key: ec.EllipticCurvePublicKey) -> str:
    school = queries.school_of(session, device_id)
    assert school is not None
    school_id, school_name = school
    row = queries.authority(session, str(school_id))
    if row is None:
        row = CertificateAuthority(name=str(school_id), school_id=school_id)
        authority = _found(session, issuer, row, f"Diemdanh {school_name}"[:64])
    else:
        authority = opened(row, issuer)
    certificate = signing.client_certificate(authority, device_id, key, issuer.clock())
    record(session, row.name, device_id, certificate)
    return certificate_pem(certificate)


def _found(session: Session, issuer: Issuer, row: CertificateAuthority, common_name: str) -> Authority:
    authority = signing.new_authority(common_name, issuer.clock())
    row.certificate_pem = certificate_pem(authority.certificate)
    row.sealed_key = issuer.key_seal.seal(signing.key_pem(authority.key), f"authority {row.name}")
    row.created_at = issuer.clock()
    session.add(row)
    session.flush()
    return authority


def _key_digest(key: ec.EllipticCurvePublicKey) -> str:
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
