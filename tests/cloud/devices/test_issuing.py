"""Codes that work once, units claimed, renewed and locked out."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cloud.devices.identity import issuing
from cloud.devices.identity.issuing import Issuer
from cloud.devices.identity.tables import Certificate, CertificateAuthority, ClaimCode
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.kit.errors import Forbidden, NotFound
from cloud.kit.ids import new_id
from cloud.kit.seal import Unsealable
from cloud.school.tables import School
from edge.contract.identity import normal_code, shown_code
from edge.identity import keys

SECRET = "a secret of the test's own, long enough"


class Hands:
    now = datetime(2026, 9, 5, 6, tzinfo=UTC)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def issuer(hands: Hands) -> Issuer:
    return Issuer(SECRET, "mqtts://broker.school.example:8883", lambda: hands.now)


@pytest.fixture
def unit(database: Database) -> str:
    school = School(id=new_id(), name="Trường Tiểu học Ánh Dương", level="primary", slug="anh-duong", is_demo=False)
    with database.writing() as session:
        session.add(school)
        session.flush()
        session.add(Device(id="gate-1", school_id=school.id, name="Cổng chính", token_hash="-"))
    return "gate-1"


def claimed(database: Database, issuer: Issuer, unit: str) -> tuple[issuing.Claimed, keys.ec.EllipticCurvePrivateKey]:
    key = keys.new_key()
    with database.writing() as session:
        code, _ = issuing.give_code(session, issuer, unit)
    with database.writing() as session:
        return issuing.claim(session, issuer, shown_code(code), keys.signing_request(key)), key


def test_a_code_works_once(database: Database, issuer: Issuer, unit: str) -> None:
    with database.writing() as session:
        code, _ = issuing.give_code(session, issuer, unit)
    request = keys.signing_request(keys.new_key())
    with database.writing() as session:
        assert issuing.claim(session, issuer, code, request).device == unit
    with database.writing() as session, pytest.raises(Forbidden):
        issuing.claim(session, issuer, code, request)


def test_a_code_expires_and_a_new_one_voids_the_old(
    database: Database, issuer: Issuer, unit: str, hands: Hands
) -> None:
    request = keys.signing_request(keys.new_key())
    with database.writing() as session:
        old, _ = issuing.give_code(session, issuer, unit)
        new, expires_at = issuing.give_code(session, issuer, unit)
    with database.writing() as session, pytest.raises(Forbidden):
        issuing.claim(session, issuer, old, request)
    hands.now = expires_at
    with database.writing() as session, pytest.raises(Forbidden):
        issuing.claim(session, issuer, new, request)


def test_the_database_holds_neither_codes_nor_a_readable_key(database: Database, issuer: Issuer, unit: str) -> None:
    with database.writing() as session:
        code, _ = issuing.give_code(session, issuer, unit)
        digest = session.scalars(select(ClaimCode.digest)).one()
        issuing.claim(session, issuer, code, keys.signing_request(keys.new_key()))
    assert code not in digest
    with database.writing() as session:
        for row in session.scalars(select(CertificateAuthority)):
            assert b"PRIVATE" not in row.sealed_key
            with pytest.raises(Unsealable):
                issuing.opened(row, Issuer("another secret, also long enough", issuer.broker_url, issuer.clock))


def test_claiming_again_locks_the_earlier_machine_out(database: Database, issuer: Issuer, unit: str) -> None:
    _, first = claimed(database, issuer, unit)
    _, second = claimed(database, issuer, unit)
    with database.writing() as session, pytest.raises(Forbidden):
        issuing.renew(session, issuer, unit, keys.signing_request(first))
    with database.writing() as session:
        assert issuing.renew(session, issuer, unit, keys.signing_request(second)).certificate_pem


def test_a_unit_that_expired_in_a_cupboard_renews_itself(
    database: Database, issuer: Issuer, unit: str, hands: Hands
) -> None:
    _, key = claimed(database, issuer, unit)
    hands.now += timedelta(days=600)
    with database.writing() as session:
        renewed = issuing.renew(session, issuer, unit, keys.signing_request(key))
    certificate = keys.x509.load_pem_x509_certificate(renewed.certificate_pem.encode())
    assert certificate.not_valid_after_utc > hands.now


def test_a_revoked_unit_cannot_renew_and_its_open_code_is_void(database: Database, issuer: Issuer, unit: str) -> None:
    _, key = claimed(database, issuer, unit)
    with database.writing() as session:
        code, _ = issuing.give_code(session, issuer, unit)
        assert issuing.revoke(session, issuer, unit) == 1
    with database.writing() as session:
        assert session.get_one(Device, unit).disabled_at is not None
        assert session.scalars(select(Certificate).where(Certificate.device_id == unit)).one().revoked_at is not None
        with pytest.raises(Forbidden):
            issuing.renew(session, issuer, unit, keys.signing_request(key))
        with pytest.raises(Forbidden):
            issuing.claim(session, issuer, code, keys.signing_request(key))


def test_a_replacement_for_a_revoked_unit_is_admitted(database: Database, issuer: Issuer, unit: str) -> None:
    claimed(database, issuer, unit)
    with database.writing() as session:
        issuing.revoke(session, issuer, unit)
    claimed(database, issuer, unit)
    with database.reading() as session:
        assert session.get_one(Device, unit).disabled_at is None


def test_a_unit_nobody_registered_gets_no_code(database: Database, issuer: Issuer) -> None:
    with database.writing() as session, pytest.raises(NotFound):
        issuing.give_code(session, issuer, "gate-9")


def test_a_code_survives_being_read_aloud_and_typed() -> None:
    assert normal_code(" 7k4m-9qxd ") == "7K4M9QXD"
    assert normal_code("oil0-1234") == "01101234"
    for nonsense in ("", "7K4M-9QX", "7K4M-9QXDD", "7K4M-9QX!", "7K4U-9QXD"):
        with pytest.raises(ValueError, match="8 letters"):
            normal_code(nonsense)
