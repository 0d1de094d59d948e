"""What the school says of look-alikes and distances reaches a unit and changes what it decides; nobody else may."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import SecretStr
from sqlalchemy import select

from cloud.accounts import audit_queries as audit
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.people.tables import Guardian
from edge.clock import SystemClock
from edge.contract import Outcome
from edge.recogniser.calibration_file import calibrations_of
from edge.recogniser.decide import Rules, conclude
from edge.recogniser.roster_gallery import RosterGallery
from edge.store.briefing import Briefing
from edge.store.db import connect
from edge.store.delivered_keys import DeliveredKeys
from edge.store.roster import Roster
from edge.uplink.brief import BriefingDownlink
from edge.uplink.receive import RosterClient
from tests.cloud.biometrics.test_api import ask, words
from tests.cloud.biometrics.units import Unit
from tests.cloud.pages.people import House, open_house

TOKEN = "token-of-gate-1"
PRESET = Rules(threshold=1.0, ask_threshold=1.2, margin=0.05)
CALIBRATION = {
    "model": "m", "threshold": 0.2, "ask_threshold": 0.25, "margin": 0.1, "wished_fpir": 0.01, "gallery_people": 2,
    "people": 2, "made_at": "2026-11-16T00:00:00Z",
}  # fmt: skip
UNIT = "/api/v1/devices/gate-1"


def face(first: float, second: float = 0.0) -> NDArray[np.float32]:
    vector = np.zeros(128, np.float32)
    vector[:3] = 1.0, first, second
    return vector


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        with database.writing() as session:
            session.get_one(Device, "gate-1").token_hash = sha256(TOKEN.encode()).hexdigest()
        yield house


def enrol(house: House, student: UUID, parent: str, vector: NDArray[np.float32]) -> None:
    with house.database.reading() as session:
        guardian = session.scalars(select(Guardian.id).where(Guardian.full_name == parent)).one()
    path = f"/api/v1/students/{student}"
    ask(house, parent, "POST", f"{path}/consent", words("granted", who=str(guardian), how="guardian_page"))
    ask(house, "alice", "POST", f"{path}/consent", words("granted", who=None, how="in_person"))
    view = {"model": "m", "quality": 0.9, "vector": base64.b64encode(vector.astype("<f2").tobytes()).decode()}
    assert ask(house, "alice", "PUT", f"{path}/templates", [view]).status_code == 204


def test_links_and_calibration_change_what_a_unit_decides(house: House, tmp_path: Path) -> None:
    enrol(house, house.school.lan, "bob", face(0.0))
    enrol(house, house.school.minh, "erin", face(0.5))
    client = RosterClient(house.url, "gate-1", SecretStr(TOKEN))
    unit = Unit(client, tmp_path)
    names = DeliveredKeys(tmp_path / "names")
    briefing = BriefingDownlink(client, Briefing(unit.connection), unit.delivered, names, "gate-1", SystemClock())
    # As the recogniser has them: by a connection of its own, which sees what the uplink commits.
    own = connect(tmp_path)
    gallery = RosterGallery(own, Roster(own, bytes(32), unit.keys.get), "m")

    def decision(probe: NDArray[np.float32]) -> Outcome:
        unit.look()
        briefing.bring_up_to_date()
        found, _ = calibrations_of(own, tmp_path, "m", switched=False)
        rules = PRESET
        if found is not None:
            rules = replace(PRESET, threshold=found.threshold, ask_threshold=found.ask_threshold, margin=found.margin)
        return conclude(gallery().match(probe, "m"), 0.9, rules)

    lan, blurred = face(0.0), face(0.0, 0.3)
    assert (decision(lan), decision(blurred)) == (Outcome.IDENTIFIED, Outcome.IDENTIFIED)
    siblings = f"/api/v1/students/{house.school.lan}/siblings/{house.school.minh}"
    assert ask(house, "alice", "PUT", siblings).status_code == 204
    assert decision(lan) is Outcome.ASK
    assert ask(house, "alice", "DELETE", siblings).status_code == 204
    assert ask(house, "alice", "DELETE", siblings).status_code == 404
    assert decision(lan) is Outcome.IDENTIFIED

    assert ask(house, "alice", "PUT", f"{UNIT}/calibration", CALIBRATION).status_code == 204
    assert (decision(lan), decision(blurred)) == (Outcome.IDENTIFIED, Outcome.UNKNOWN)
    assert ask(house, "alice", "PUT", f"{UNIT}/calibration", CALIBRATION | {"model": "other"}).status_code == 204
    assert decision(blurred) is Outcome.IDENTIFIED
    own.close()
    with house.database.reading() as session:
        actions = [one.action for one in audit.entries(session, house.school.id)]
    wanted = ["unit.calibrated", "unit.calibrated", "link.dropped", "link.made"]
    assert [one for one in actions if one.startswith(("unit.", "link."))] == wanted
