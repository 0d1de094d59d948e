"""A machine is claimed, renewed and locked out by the real service, over HTTP."""

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from edge.errors import Misconfigured, Unavailable
from edge.identity.claim import claim, renew_if_due
from edge.identity.files import Identity, name_on
from edge.settings import PREFIX
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.services.ports import free_port


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    (tmp_path / "broker").mkdir()
    settings = {"broker_dir": tmp_path / "broker", "broker_public_url": "mqtts://b.example:8883"}
    with open_house(database, **settings) as house:
        yield house
    database.close()


@pytest.fixture
def machine(tmp_path: Path) -> Identity:
    data = tmp_path / "data"
    data.mkdir()
    return Identity(data / "identity")


def a_code(house: House, device: str = "gate-1") -> str:
    """As the administrator sees it on the dashboard."""
    with house.visit("alice") as alice:
        answer = alice.post(f"/api/v1/devices/{device}/claim-code")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["code"])


def test_a_claimed_machine_knows_who_it_is_and_its_key_never_left(house: House, machine: Identity) -> None:
    admission = claim(a_code(house), house.url, machine)
    assert admission.device == "gate-1"
    assert name_on(machine.read_certificate()) == "gate-1"
    assert stat.S_IMODE(machine.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(machine.folder.stat().st_mode) == 0o700
    assert machine.tls()
    settings = dict(line.split("=", 1) for line in machine.settings.read_text().splitlines())
    assert settings[f"{PREFIX}_DEVICE"] == "gate-1"
    assert settings[f"{PREFIX}_BROKER_URL"] == "mqtts://b.example:8883"
    key = machine.key.read_bytes()
    secret_part = key.splitlines()[1]
    stored = b"".join(file.read_bytes() for file in (machine.folder.parents[1]).glob("cloud.sqlite3*"))
    assert secret_part not in stored


def test_a_code_works_once_and_a_wrong_one_keeps_nothing(house: House, machine: Identity, tmp_path: Path) -> None:
    code = a_code(house)
    claim(code, house.url, machine)
    before = {path.name: path.read_bytes() for path in machine.folder.iterdir()}
    with pytest.raises(Misconfigured, match="unknown, used or expired"):
        claim(code, house.url, machine)
    assert {path.name: path.read_bytes() for path in machine.folder.iterdir()} == before


def test_who_guesses_codes_has_to_wait(house: House, machine: Identity) -> None:
    for _ in range(5):
        with pytest.raises(Misconfigured):
            claim("0000-0000", house.url, machine)
    with pytest.raises(Unavailable, match="429"):
        claim(a_code(house), house.url, machine)


def test_a_certificate_is_renewed_in_its_last_third_and_for_the_same_key(house: House, machine: Identity) -> None:
    claim(a_code(house), house.url, machine)
    key, first = machine.key.read_bytes(), machine.read_certificate()
    assert renew_if_due(house.url, machine, house.clock.now) is None

    house.clock.now += timedelta(days=300)
    until = renew_if_due(house.url, machine, house.clock.now)
    assert until is not None
    assert until > first.not_valid_after_utc
    assert machine.key.read_bytes() == key
    assert machine.read_certificate().not_valid_after_utc == until


def test_a_unit_that_is_locked_out_cannot_renew_and_the_broker_is_told(
    house: House, machine: Identity, tmp_path: Path
) -> None:
    claim(a_code(house), house.url, machine)
    with house.visit("alice") as alice:
        answer = alice.post("/api/v1/devices/gate-1/revocation").json()
    assert answer == {"device": "gate-1", "certificates": 1, "broker_told": True}
    assert "user gate-1\ntopic deny #" in (tmp_path / "broker" / "acl").read_text()
    with pytest.raises(Misconfigured, match="claim the unit again"):
        renew_if_due(house.url, machine, house.clock.now + timedelta(days=300))


def test_a_token_alone_renews_nothing(house: House, machine: Identity, tmp_path: Path) -> None:
    claim(a_code(house), house.url, machine)
    from edge.identity import keys

    answer = httpx.post(
        f"{house.url}/api/v1/devices/gate-1/certificate",
        json={"v": 1, "signing_request_pem": keys.signing_request(keys.new_key())},
        headers={"authorization": f"Bearer {machine.token.read_text()}"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("address", ["http://school.example", "ftp://school.example", "school.example"])
def test_a_claim_over_plain_http_is_refused_before_anything_is_sent(address: str, machine: Identity) -> None:
    with pytest.raises(Misconfigured, match="https"):
        claim("7K4M9QXD", address, machine)


def test_a_service_that_is_away_is_said_to_be_away(machine: Identity) -> None:
    with pytest.raises(Unavailable, match="no answer"):
        claim("7K4M9QXD", f"http://127.0.0.1:{free_port()}", machine)
    assert not machine.folder.exists()


def test_without_a_secret_the_service_says_what_is_missing(tmp_path: Path, open_migrated: Open) -> None:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    with open_house(database, secret_key=None) as house, house.visit("alice") as alice:
        answer = alice.post("/api/v1/devices/gate-1/claim-code", headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert "DIEMDANH_CLOUD_SECRET_KEY" in answer.json()["detail"]
    database.close()
