"""From consent to a unit's disk and back: what a unit may know, and its own word for what it erased."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.biometrics import rosters
from cloud.biometrics.keyring import Keyring
from cloud.biometrics.queries import rosters as queries
from cloud.biometrics.queries.consent import open_requests
from cloud.biometrics.rosters import Rosters
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.kit.errors import NotFound
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass
from edge.contract import Forged, RosterAck, RosterPackage
from edge.contract.roster import sign_package
from edge.contract.signed import SIGNATURE_BYTES
from edge.errors import Rejected
from edge.store.roster import Roster
from edge.uplink.receive import Delivery
from tests.cloud.biometrics.family import NOW, Family
from tests.cloud.biometrics.units import MODEL, VECTORS, Cloud, Unit, enrolled, pending, second_child, withdraw


@pytest.fixture
def cloud(database: Database, keyring: Keyring, family: Family) -> Cloud:
    with database.writing() as session:
        session.add(Device(id="gate-1", school_id=family.school_id, name="Cổng", token_hash="0" * 64))
        session.add(Device(id="door-1", school_id=family.school_id, name="Cửa 1B", token_hash="0" * 64))
    return Cloud(database, Rosters(keyring, Ed25519PrivateKey.generate()))


@pytest.fixture
def unit(cloud: Cloud, tmp_path: Path) -> Unit:
    return Unit(cloud, tmp_path / "unit")


def test_a_unit_gets_whom_it_may_know_and_says_so(cloud: Cloud, unit: Unit, family: Family) -> None:
    child = enrolled(cloud, family)
    assert unit.look()
    assert unit.knows() == {child}
    (one,) = Roster(unit.connection, bytes(32), unit.keys.get).templates(MODEL)
    assert np.array_equal(one.template, VECTORS[0].astype(np.float32))
    with cloud.database.reading() as session:
        row = queries.unit(session, "gate-1")
    assert row is not None
    assert (row.acked_version, row.acked_people) == (unit.delivered.state().version, 1)
    assert not unit.look()


def test_a_newcomer_comes_as_a_delta_and_the_others_stay(cloud: Cloud, unit: Unit, family: Family) -> None:
    first = enrolled(cloud, family)
    unit.look()
    second = enrolled(cloud, second_child(cloud, family), 1)
    unit.look()
    delta = RosterPackage.model_validate_json(cloud.bodies[-1][SIGNATURE_BYTES:])
    assert delta.base > 0
    assert [entry.person for entry in delta.entries] == [second]
    assert unit.knows() == {first, second}


def test_withdrawal_while_the_unit_is_away_is_pending_until_the_unit_itself_has_erased(
    cloud: Cloud, unit: Unit, family: Family, tmp_path: Path
) -> None:
    enrolled(cloud, family)
    stays = enrolled(cloud, second_child(cloud, family), 1)
    unit.look()
    old_key = unit.delivered.state().key_id
    stolen_copy = (unit.folder / "unit.db").read_bytes() + (unit.folder / "unit.db-wal").read_bytes()

    withdraw(cloud, family)
    assert pending(cloud, family) == {"gate-1": True}
    with cloud.database.reading() as session:
        assert [request.kind for request in open_requests(session, [family.school_id])] == ["withdrawal"]

    unit.look()
    assert unit.knows() == {stays}
    assert pending(cloud, family) == {"gate-1": False}
    with cloud.database.reading() as session:
        assert open_requests(session, [family.school_id]) == []
    # A copy of the old disk: sealed, its key is neither on the unit any more nor with the cloud.
    assert VECTORS[0].tobytes()[:16] not in stolen_copy
    assert old_key is not None
    assert unit.keys.get(old_key) is None
    with pytest.raises(NotFound):
        cloud.key(old_key)


def test_an_acknowledgement_that_was_lost_is_sent_again(
    cloud: Cloud, unit: Unit, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(cloud, family)
    unit.look()
    withdraw(cloud, family)

    def cut(ack: RosterAck) -> bool:
        raise ConnectionError

    with monkeypatch.context() as during:
        during.setattr(cloud, "acknowledge", cut)
        with pytest.raises(ConnectionError):
            unit.look()
    assert unit.knows() == set()
    assert pending(cloud, family) == {"gate-1": True}
    unit.look()
    assert pending(cloud, family) == {"gate-1": False}


def test_an_older_roster_is_refused(cloud: Cloud, unit: Unit, family: Family) -> None:
    enrolled(cloud, family)
    unit.look()
    old = cloud.bodies[-1]
    withdraw(cloud, family)
    unit.look()
    cloud.fetch = lambda **_: Delivery(old, cloud.rosters.public_key)  # type: ignore[method-assign]
    with pytest.raises(Rejected, match="is older than"):
        unit.look()
    assert unit.knows() == set()


def test_a_forged_roster_is_refused_even_by_a_signer_who_introduces_itself(
    cloud: Cloud, unit: Unit, family: Family
) -> None:
    child = enrolled(cloud, family)
    unit.look()
    other = Ed25519PrivateKey.generate()
    genuine = RosterPackage.model_validate_json(cloud.bodies[-1][SIGNATURE_BYTES:])
    empty = genuine.model_copy(update={"version": genuine.version + 1, "entries": ()})
    for body in (sign_package(empty, other.sign), b"", cloud.bodies[-1][:-3] + b" }}"):
        cloud.fetch = lambda body=body, **_: Delivery(body, other.public_key().public_bytes_raw())  # type: ignore[misc]
        with pytest.raises(Forged):
            unit.look()
    assert unit.knows() == {child}


def test_another_units_roster_is_refused(cloud: Cloud, unit: Unit, family: Family, tmp_path: Path) -> None:
    enrolled(cloud, family)
    others = Cloud(cloud.database, cloud.rosters, "door-1").fetch(have=0, key_id=None)
    cloud.fetch = lambda **_: others  # type: ignore[method-assign]
    with pytest.raises(Rejected, match="not for this unit"):
        unit.look()


def test_a_classroom_door_knows_its_class_alone_and_forgets_who_moves(
    cloud: Cloud, family: Family, tmp_path: Path
) -> None:
    child = enrolled(cloud, family)
    door = Cloud(cloud.database, cloud.rosters, "door-1")
    with cloud.database.writing() as session:
        other_class = SchoolClass(school_id=family.school_id, name="1B", grade=1)
        session.add(other_class)
        session.flush()
        rosters.assign(session, cloud.rosters, "door-1", other_class.id)
    unit = Unit(door, tmp_path / "door", "door-1")
    unit.look()
    assert unit.knows() == set()
    with cloud.database.writing() as session:
        session.get_one(Student, family.child).class_id = other_class.id
    unit.look()
    assert unit.knows() == {child}
    with cloud.database.writing() as session:
        session.get_one(Student, family.child).class_id = family.class_id
    unit.look()
    assert unit.knows() == set()
    assert pending(cloud, family) == {"door-1": False}


def test_a_locked_out_unit_gets_neither_roster_nor_key(cloud: Cloud, unit: Unit, family: Family) -> None:
    child = enrolled(cloud, family)
    unit.look()
    key_id = unit.delivered.state().key_id
    assert key_id is not None
    unit.keys.keep_only("0" * 36)  # the power went, and with it a key that was in memory alone
    assert unit.knows() == set()
    unit.look()
    assert unit.knows() == {child}
    with cloud.database.writing() as session:
        session.get_one(Device, "gate-1").disabled_at = NOW
    for ask in (lambda: cloud.key(key_id), lambda: cloud.fetch(have=0, key_id=None)):
        with pytest.raises(NotFound):
            ask()


def test_a_service_restored_from_a_back_up_is_not_stuck_behind_its_units(
    cloud: Cloud, unit: Unit, family: Family
) -> None:
    child = enrolled(cloud, family)
    unit.look()
    with unit.connection:
        unit.connection.execute("UPDATE delivered SET version = 900")
    assert unit.look()
    assert unit.delivered.state().version == 901
    assert unit.knows() == {child}


def test_a_notice_says_version_and_digest_once_and_nothing_else(cloud: Cloud, unit: Unit, family: Family) -> None:
    enrolled(cloud, family)
    unit.look()
    enrolled(cloud, second_child(cloud, family), 1)
    with cloud.database.writing() as session:
        (notice,) = rosters.notices(session, ["gate-1"])
    assert set(json.loads(notice.encode())) == {"v", "device", "version", "sha256"}
    with cloud.database.writing() as session:
        assert rosters.notices(session, ["gate-1"]) == []
    unit.look()
    assert unit.delivered.state().version == notice.version


def test_neither_the_package_nor_the_units_disk_holds_a_vector_or_a_name(
    cloud: Cloud, unit: Unit, family: Family
) -> None:
    enrolled(cloud, family)
    unit.look()
    disk = b"".join(file.read_bytes() for file in unit.folder.glob("unit.db*"))
    for seen in (*cloud.bodies, disk):
        assert VECTORS[0].tobytes()[:16] not in seen
        assert base64.urlsafe_b64encode(VECTORS[0].tobytes())[:20] not in seen
        assert b"Lan" not in seen
