"""A roster from the cloud on a unit whose embedder is being changed."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import apsw
import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.contract import RosterPackage
from edge.contract.roster import RosterEntry, SealedTemplate, bound_to, roster_digest
from edge.store.crops import Crop, Crops, crops_kept
from edge.store.delivered import DeliveredRoster
from edge.store.roster import Enrolled, Roster
from edge.store.serving import Named, ServingModel

KEY, CLOUD_KEY = bytes(range(32)), bytes(32)
NOW = datetime(2026, 9, 7, tzinfo=UTC)


@pytest.fixture
def roster(database: apsw.Connection) -> Roster:
    return Roster(database, KEY, lambda key_id: CLOUD_KEY)


def delivered(person: str, *templates: tuple[int, str]) -> RosterEntry:
    """`templates` are their ids and models."""

    def sealed(model: str) -> bytes:
        plain = np.ones(64, "<f2").tobytes()
        return urlsafe_b64encode(bytes(12) + AESGCM(CLOUD_KEY).encrypt(bytes(12), plain, bound_to(person, model)))

    held = [SealedTemplate(id=UUID(int=n), model=model, quality=0.9, sealed=sealed(model)) for n, model in templates]
    return RosterEntry(person=person, templates=tuple(held))


def everybody(database: apsw.Connection, version: int, *entries: RosterEntry) -> None:
    digest = roster_digest((entry.person, one.id) for entry in entries for one in entry.templates)
    package = RosterPackage(
        device="gate-1", base=0, version=version, key_id=UUID(int=1), entries=entries, sha256=digest
    )
    DeliveredRoster(database).apply(package, now=NOW)


def keep_a_crop(database: apsw.Connection, roster: Roster, person: str, model: str) -> None:
    Crops(database, KEY).put_within([Crop(person, 0.9, b"a face", NOW)])
    number = max(Crops(database, KEY).pending(model))
    assert roster.add_of_crop(number, Enrolled(person, np.ones(64, np.float32), model, 0.9))


def test_whoever_comes_with_templates_of_both_models_is_known_by_each(database: apsw.Connection, roster: Roster):
    everybody(database, 1, delivered("hs-1", (1, "old"), (2, "new")), delivered("hs-2", (3, "old")))
    assert [one.person for one in roster.templates("old")] == ["hs-1", "hs-2"]
    assert [one.person for one in roster.templates("new")] == ["hs-1"]
    assert roster.people_without("new") == ["hs-2"]
    # What the cloud delivered is the cloud's: the digest of both sides stays the same.
    serving = ServingModel(database, "")
    serving.prepare(Named("new", "new"), Named("old", "old"))
    assert serving.finish() == (Named("old", "old"), 0)
    everybody(database, 2, delivered("hs-1", (1, "old"), (2, "new")), delivered("hs-2", (3, "old")))


@pytest.mark.parametrize("next_version", [(delivered("hs-1", (7, "old")),), ()])
def test_a_new_enrolment_and_an_erasure_leave_nothing_of_the_one_before(
    database: apsw.Connection, roster: Roster, next_version: tuple[RosterEntry, ...]
):
    everybody(database, 1, delivered("hs-1", (1, "old")))
    keep_a_crop(database, roster, "hs-1", "new")
    everybody(database, 2, *next_version)
    assert (crops_kept(database), roster.templates("new")) == (0, [])
    assert [one.person for one in roster.templates("old")] == [entry.person for entry in next_version]
