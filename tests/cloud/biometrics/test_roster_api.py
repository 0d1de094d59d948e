"""Rosters over real HTTP: a unit gets its own, and nobody gets another's."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from cloud.biometrics.rosters import Rosters
from cloud.biometrics.tables import TemplateAccess
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.main import create_app
from cloud.settings import CloudSettings
from edge.contract import RosterAck
from edge.errors import Unavailable
from edge.uplink.receive import RosterClient
from tests.cloud.biometrics.conftest import SECRET
from tests.cloud.biometrics.family import NOW, Family
from tests.cloud.biometrics.units import Cloud, Unit, enrolled, pending, withdraw
from tests.cloud.serving import serving

TOKENS = {"gate-1": "token-of-gate-1", "gate-2": "token-of-gate-2"}


@dataclass(frozen=True)
class Served:
    url: str
    cloud: Cloud

    def client(self, device: str = "gate-1", token: str | None = None) -> RosterClient:
        return RosterClient(self.url, device, SecretStr(token or TOKENS[device]))


@pytest.fixture
def served(database: Database, keyring_url: str, family: Family) -> Iterator[Served]:
    with database.writing() as session:
        for device, token in TOKENS.items():
            digest = sha256(token.encode()).hexdigest()
            session.add(Device(id=device, school_id=family.school_id, name=device, token_hash=digest))
    settings = CloudSettings(secret_key=SecretStr(SECRET), keyring_url=SecretStr(keyring_url))
    app = create_app(settings, database, clock=lambda: NOW)
    ours: Rosters = app.state.rosters
    with serving(app) as url:
        yield Served(url, Cloud(database, ours))
    ours.keyring.close()


def test_a_unit_gets_its_roster_acknowledges_and_erases(served: Served, family: Family, tmp_path: Path) -> None:
    child = enrolled(served.cloud, family)
    unit = Unit(served.client(), tmp_path / "unit")
    assert unit.look()
    assert unit.knows() == {child}
    assert not unit.look()
    withdraw(served.cloud, family)
    assert pending(served.cloud, family) == {"gate-1": True}
    unit.look()
    assert unit.knows() == set()
    assert pending(served.cloud, family) == {"gate-1": False}
    with served.cloud.database.reading() as session:
        read = session.scalars(select(TemplateAccess.device_id)).all()
    assert read == ["gate-1"]


@pytest.mark.parametrize("token", ["wrong", TOKENS["gate-2"]])
def test_an_outsider_gets_neither_roster_nor_key_and_cannot_speak_for_a_unit(
    served: Served, family: Family, tmp_path: Path, token: str
) -> None:
    enrolled(served.cloud, family)
    unit = Unit(served.client(), tmp_path / "unit")
    unit.look()
    key_id = unit.delivered.state().key_id
    assert key_id is not None
    outsider = served.client("gate-1", token)
    ack = RosterAck(device="gate-1", version=99, sha256="0" * 64, people=0, applied_at=NOW)
    for ask in (
        lambda: outsider.fetch(have=0, key_id=None),
        lambda: outsider.key(key_id),
        lambda: outsider.acknowledge(ack),
    ):
        with pytest.raises(Unavailable, match="answered 401"):
            ask()
    with pytest.raises(Unavailable, match="answered 403"):
        served.client("gate-2").acknowledge(ack)
    with pytest.raises(Unavailable, match="answered 404"):
        served.client("gate-2").key(key_id)


@pytest.mark.parametrize("body", [b"", b"{}", b"x" * 300_000])
def test_a_bad_acknowledgement_is_refused(served: Served, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {TOKENS['gate-1']}"}
    answer = httpx.post(f"{served.url}/api/v1/devices/gate-1/roster/ack", content=body, headers=headers)
    assert answer.status_code == 422
