from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import apsw
import pytest

from edge.contract import Method, RosterPackage
from edge.contract.roster import roster_digest
from edge.store.credentials import Credential, Credentials, erase_fingers
from edge.store.db import connect, transaction
from edge.store.delivered import DeliveredRoster


def test_a_chip_means_the_person_it_was_given_to_last(database: apsw.Connection):
    credentials = Credentials(database)
    credentials.give(Credential(Method.CARD, "0004512345", "hs-1"))
    credentials.give(Credential(Method.CARD, "0004512345", "hs-2"))
    assert credentials.person_of(Method.CARD, "0004512345") == "hs-2"
    assert credentials.person_of(Method.FINGERPRINT, "0004512345") is None


def test_what_is_taken_means_nobody_and_a_finger_is_still_to_be_forgotten(database: apsw.Connection):
    credentials = Credentials(database)
    credentials.give(Credential(Method.FINGERPRINT, "7", "hs-1"))
    credentials.give(Credential(Method.CARD, "12", "hs-1"))
    credentials.give(Credential(Method.CARD, "11", "hs-2"))
    assert credentials.take("hs-1") == 2
    assert credentials.given() == [Credential(Method.CARD, "11", "hs-2")]
    assert credentials.fingers_to_forget() == [7]
    credentials.finger_forgotten(7)
    assert credentials.fingers_to_forget() == []


def test_who_withdraws_consent_loses_their_finger_and_keeps_their_card(database: apsw.Connection):
    credentials = Credentials(database)
    credentials.give(Credential(Method.FINGERPRINT, "7", "hs-1"))
    credentials.give(Credential(Method.CARD, "12", "hs-1"))
    with transaction(database):
        erase_fingers(database, "hs-1")
    assert credentials.given() == [Credential(Method.CARD, "12", "hs-1")]
    assert credentials.fingers_to_forget() == [7]


def test_keys_are_trusted_and_distrusted(database: apsw.Connection):
    credentials = Credentials(database)
    credentials.trust(1, bytes(32))
    credentials.trust(2, bytes([7]) * 32)
    credentials.distrust(1)
    assert (credentials.key(1), credentials.key(2), credentials.key_ids()) == (None, bytes([7]) * 32, [2])


@pytest.mark.parametrize(("key_id", "key"), [(1, b"short"), (256, bytes(32)), (-1, bytes(32))])
def test_what_is_no_key_is_not_trusted(database: apsw.Connection, key_id: int, key: bytes):
    with pytest.raises(ValueError, match="card key"):
        Credentials(database).trust(key_id, key)
    assert Credentials(database).key_ids() == []


def test_another_process_sees_a_revocation_at_once(database: apsw.Connection, tmp_path: Path):
    recogniser = Credentials(connect(tmp_path))
    assert not recogniser.is_revoked(2**40 - 1)
    Credentials(database).revoke([5, 2**40 - 1, 5])
    assert recogniser.is_revoked(2**40 - 1)


def test_a_roster_that_erases_a_person_erases_their_finger_too(database: apsw.Connection):
    credentials = Credentials(database)
    credentials.give(Credential(Method.FINGERPRINT, "7", "hs-1"))
    credentials.give(Credential(Method.FINGERPRINT, "8", "hs-2"))
    package = RosterPackage(
        device="gate-1", base=0, version=1, key_id=UUID(int=1), erase=("hs-1",), sha256=roster_digest([])
    )
    DeliveredRoster(database).apply(package, now=datetime(2026, 9, 7, tzinfo=UTC))
    assert [one.person for one in credentials.given()] == ["hs-2"]
    assert credentials.fingers_to_forget() == [7]
