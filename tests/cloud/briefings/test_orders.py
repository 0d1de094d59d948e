"""What units are told is written by whoever may, and by nobody else."""

from collections.abc import Iterator

import pytest

from cloud.accounts import audit_queries as audit
from cloud.kit.db import Database
from tests.cloud.biometrics.test_api import ask
from tests.cloud.pages.people import House, open_house

CALIBRATION = {
    "model": "m", "threshold": 0.2, "ask_threshold": 0.25, "margin": 0.1, "wished_fpir": 0.01, "gallery_people": 2,
    "people": 2, "made_at": "2026-11-16T00:00:00Z",
}  # fmt: skip
UNIT = "/api/v1/devices/gate-1"


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def test_nobody_else_writes_what_units_are_told(house: House) -> None:
    calls: list[tuple[str, str, object]] = [
        ("PUT", f"{UNIT}/settings", {"direction": "in"}),
        ("PUT", f"{UNIT}/calibration", CALIBRATION),
        ("DELETE", f"{UNIT}/calibration", None),
        ("PUT", f"{UNIT}/place", {"class_id": None}),
    ]
    for method, path, body in calls:
        answers = {who: ask(house, who, method, path, body).status_code for who in ("charlie", "dave", "nobody")}
        assert answers == {"charlie": 404, "dave": 404, "nobody": 401}, path
        assert ask(house, "bob", method, path, body).status_code == 404
    with house.database.reading() as session:
        assert audit.entries(session, house.school.id) == []
