from pathlib import Path

import apsw
import pytest

from edge.contract import Method
from edge.store.credentials import Credential, Credentials
from edge.store.db import connect


def test_a_chip_means_the_person_it_was_given_to_last(database: apsw.Connection):
    credentials = Credentials(database)
    credentials.give(Credential(Method.CARD, "0004512345", "hs-1"))
    credentials.give(Credential(Method.CARD, "0004512345", "hs-2"))
    assert credentials.person_of(Method.CARD, "0004512345") == "hs-2"
    assert credentials.person_of(Method.FINGERPRINT, "0004512345") is None


def test_what_is_taken_means_nobody_and_is_named(database: apsw.Connection):
    credentials = Credentials(database)
    credentials.give(Credential(Method.FINGERPRINT, "7", "hs-1"))
    credentials.give(Credential(Method.CARD, "11", "hs-2"))
    assert credentials.take("hs-1") == [Credential(Method.FINGERPRINT, "7", "hs-1")]
    assert credentials.given() == [Credential(Method.CARD, "11", "hs-2")]


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
