"""A family takes consent back while the unit at the gate is offline, from their page to the gate and back; and a pupil
leaves the school."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from cloud.biometrics.queries.consent import open_requests
from cloud.cards import queries as card_queries
from cloud.devices.tables import Device
from cloud.people.history_queries import leave
from cloud.people.tables import Student
from edge.contract import Method, Outcome
from edge.errors import Unavailable
from edge.hardware.readers.port import Presented
from edge.recogniser.roster_gallery import RosterGallery
from edge.recogniser.showing import Verdict, judge
from edge.store.credentials import Credentials
from edge.store.db import connect
from edge.store.roster import Roster
from edge.uplink.receive import RosterClient
from tests.cloud.biometrics.test_api import agree, ask, bring, lan
from tests.cloud.biometrics.test_pages import child_page, say
from tests.cloud.biometrics.units import VECTORS, Unit
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.cloud.small_school import MORNING, sighting

TOKEN = "token-of-gate-1"
FACE = VECTORS[0].astype(np.float32)
MODEL = "m"


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    with open_house(database, keyring_url=f"sqlite:///{tmp_path}/keys.sqlite3") as house:
        with database.writing() as session:
            session.get_one(Device, "gate-1").token_hash = sha256(TOKEN.encode()).hexdigest()
        yield house
    database.close()


def test_pending_then_erased_then_nobody_and_a_card_on_equal_terms(house: House, tmp_path: Path) -> None:
    person = str(house.school.lan)
    client = RosterClient(house.url, "gate-1", SecretStr(TOKEN))
    unit = Unit(client, tmp_path / "unit")
    recogniser = connect(unit.folder)  # another process than the one that fetches
    gallery = RosterGallery(recogniser, Roster(recogniser, bytes(32), unit.keys.get), MODEL)
    agree(house)
    assert bring(house).status_code == 204
    unit.look()
    seen = gallery().match(FACE, MODEL)
    assert seen is not None
    assert seen.person == person
    house.report(sighting(1, person, at=MORNING - timedelta(days=3)))

    # The unit is off the network; somebody copies its disk.
    old_key = unit.delivered.state().key_id
    assert old_key is not None
    shutil.copytree(unit.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("keys"))
    with house.visit("bob") as bob:
        page = say(bob, house, "withdrawn")
        assert "đang chờ" in page
        assert "không giữ gì" in page
        assert bob.get(child_page(house)).text.count("đã xóa") == 0

        unit.look()
        page = bob.get(child_page(house)).text
        assert "đang chờ" not in page
        assert "đã xóa" in page
        assert "13/11" in bob.get(f"/students/{person}").text, "the attendance history stays"
    with house.database.reading() as session:
        assert open_requests(session, [house.school.id]) == []

    assert gallery().match(FACE, MODEL) is None
    copied = connect(tmp_path / "copy")
    assert Roster(copied, bytes(32), unit.keys.get).templates(MODEL) == []
    assert VECTORS[0].tobytes()[:16] not in b"".join(file.read_bytes() for file in (tmp_path / "copy").glob("unit.db*"))
    with pytest.raises(Unavailable):
        client.key(old_key)

    card = ask(house, "alice", "POST", f"{lan(house)}/cards", {"valid_until": None}).json()["text"]
    credentials = Credentials(unit.connection)
    with house.database.reading() as session:
        for key in card_queries.live_keys(session, house.school.id):
            credentials.trust(key.number, key.public_key)
    verdict = judge(Presented(Method.QR, card, "reader", 0.0), credentials, date(2026, 11, 16))
    assert verdict == Verdict(Outcome.IDENTIFIED, person)
    house.report(sighting(2, person, at=MORNING).model_copy(update={"method": Method.QR}))
    with house.visit("bob") as bob:
        assert "07:07" in bob.get("/children").text


def test_whoever_leaves_the_school_is_erased_on_the_unit_and_their_card_counts_no_more(
    house: House, tmp_path: Path
) -> None:
    unit = Unit(RosterClient(house.url, "gate-1", SecretStr(TOKEN)), tmp_path / "unit")
    credentials, today = Credentials(unit.connection), date(2026, 11, 16)
    agree(house)
    assert bring(house).status_code == 204
    card = ask(house, "alice", "POST", f"{lan(house)}/cards", {"valid_until": None}).json()["text"]

    def shown() -> Verdict:
        with house.database.reading() as session:
            for key in card_queries.live_keys(session, house.school.id):
                credentials.trust(key.number, key.public_key)
            credentials.revoke(card_queries.revoked_serials(session, house.school.id, today))
        return judge(Presented(Method.QR, card, "reader", 0.0), credentials, today)

    unit.look()
    assert [one.person for one in unit.roster(MODEL)] == [str(house.school.lan)]
    assert shown() == Verdict(Outcome.IDENTIFIED, str(house.school.lan))

    with house.database.writing() as session:
        pupil = session.get_one(Student, house.school.lan)
        # Long ago: the database erases by its own clock.
        leave(session, pupil, date(2020, 9, 1), "moved away", by=None, now=MORNING)
    unit.look()
    assert unit.roster(MODEL) == []
    refused = shown()
    assert (refused.outcome, refused.reason) == (Outcome.REFUSED, "revoked")
    assert bring(house).status_code == 409, "nobody who has left is enrolled again"
