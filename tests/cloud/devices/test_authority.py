"""What the school's authority signs, and what it does not."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from cloud.devices.identity import authority as signing
from cloud.kit.errors import Invalid
from edge.identity import files, keys

NOW = datetime(2026, 9, 5, 6, tzinfo=UTC)


def request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cloud.worker")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256()).public_bytes(
        Encoding.PEM
    ).decode()  # fmt: skip


def test_the_name_is_the_authoritys_to_give_whatever_was_asked_for() -> None:
    authority = signing.new_authority("Diemdanh", NOW)
    key = signing.requested_key(request(signing.new_key()))
    certificate = signing.client_certificate(authority, "gate-1", key, NOW)
    certificate.verify_directly_issued_by(authority.certificate)
    assert files.name_on(certificate) == "gate-1"


def test_a_units_certificate_cannot_serve_as_a_broker_nor_sign_others() -> None:
    authority = signing.new_authority("Diemdanh", NOW)
    certificate = signing.client_certificate(authority, "gate-1", signing.new_key().public_key(), NOW)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_request_signed_by_another_key_is_refused() -> None:
    honest = x509.load_pem_x509_csr(keys.signing_request(signing.new_key()).encode()).public_bytes(Encoding.DER)
    forged = honest[:-1] + bytes([honest[-1] ^ 1])
    pem = x509.load_der_x509_csr(forged).public_bytes(Encoding.PEM).decode()
    with pytest.raises(Invalid, match="not signed by its own key"):
        signing.requested_key(pem)


@pytest.mark.parametrize("pem", ["-----BEGIN NOTHING-----\n", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"])
def test_what_is_no_request_is_refused(pem: str) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        signing.requested_key(pem)


def test_another_kind_of_key_is_refused() -> None:
    with pytest.raises(Invalid, match="P-256"):
        signing.requested_key(request(rsa.generate_private_key(65537, 2048)))


def test_a_revocation_list_never_comes_due_before_its_authority() -> None:
    authority = signing.new_authority("Diemdanh", NOW)
    pem = signing.revocation_list(authority, [(17, NOW)], 1)
    revoked = x509.load_pem_x509_crl(pem)
    assert revoked.get_revoked_certificate_by_serial_number(17) is not None
    assert revoked.next_update_utc == authority.certificate.not_valid_after_utc


def test_renewal_is_due_in_the_last_third() -> None:
    authority = signing.new_authority("Diemdanh", NOW)
    certificate = signing.client_certificate(authority, "gate-1", signing.new_key().public_key(), NOW)
    assert not files.is_due(certificate, NOW + timedelta(days=266))
    assert files.is_due(certificate, NOW + timedelta(days=267))
