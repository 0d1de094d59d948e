"""Logging in by a passkey: with a device of the tests' own, honest or not. In a real browser: tests/browser."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cloud.accounts.passkeys.rules import CHALLENGE_LIVES, MOST, Site, site_of
from cloud.accounts.tables import User
from tests.cloud.migrated import Open
from tests.cloud.pages.authenticator import PRESENT, VERIFIED, Authenticator
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.cloud.pages.test_second_step import set_up

ORIGIN = "http://localhost:8000"


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    with open_house(database, public_url=f"{ORIGIN}/") as house:
        yield house
    database.close()


def device(**lies: Any) -> Authenticator:
    return Authenticator(origin=ORIGIN, rp_id="localhost", **lies)


def register(client: httpx.Client, with_device: Authenticator, name: str = "Điện thoại") -> httpx.Response:
    options = client.post("/account/passkeys/options", json={"proof": PASSWORD})
    assert options.status_code == 200, options.text
    return client.post("/account/passkeys", json={"name": name, "credential": with_device.make(options.json())})


def log_in(client: httpx.Client, with_device: Authenticator, then: str = "/children") -> httpx.Response:
    options = client.post("/login/passkey/options")
    assert "allowCredentials" not in options.json() or options.json()["allowCredentials"] == []
    return client.post("/login/passkey", json={"next": then, "credential": with_device.sign(options.json())})


def test_each_device_is_added_by_name_and_lets_in_without_name_or_password(house: House) -> None:
    phone, desk = device(), device(counts=False)
    with house.visit("bob") as client:
        assert register(client, phone).status_code == 201
        assert register(client, desk, " ").json() == {"name": "python-httpx/" + httpx.__version__}
        page = client.get("/account/passkeys").text
        assert "Điện thoại" in page
    for one in (phone, desk, desk, phone):
        with house.visit() as client:
            answer = log_in(client, one)
            assert (answer.status_code, answer.json()) == (200, {"then": "/children"})
            assert client.get("/children").status_code == 200
    with house.visit() as client:
        assert log_in(client, phone, "//evil.example").json() == {"then": "/"}


def test_a_removed_passkey_lets_nobody_in_and_nobody_removes_another_s(house: House) -> None:
    phone = device()
    with house.visit("alice") as alice, house.visit("bob") as bob:
        register(alice, phone)
        [path] = re.findall(r"/account/passkeys/[0-9a-f-]{36}/removed", alice.get("/account/passkeys").text)
        assert bob.post(path).status_code == 404
        assert alice.post(path).status_code == 303
        log = alice.get("/schools/a/audit").text
        assert ("passkey.added" in log, "passkey.removed" in log) == (True, True)
        assert log_in(bob, phone).status_code == 403


def test_with_a_passkey_no_second_step_is_asked_for(house: House) -> None:
    phone = device()
    with house.visit("alice") as client:
        register(client, phone)
        set_up(house, client)
    with house.visit() as client:
        assert log_in(client, phone, "/schools/a").status_code == 200
        assert client.get("/schools/a").status_code == 200


@pytest.mark.parametrize(
    "lie",
    [
        lambda one: setattr(one, "origin", "https://evil.example"),
        lambda one: setattr(one, "rp_id", "evil.example"),
        lambda one: setattr(one, "flags", PRESENT),
        lambda one: setattr(one, "flags", VERIFIED),
        lambda one: setattr(one, "count", 0),
        lambda one: setattr(one, "key", device().key),
        lambda one: setattr(one, "credential_id", device().credential_id),
    ],
    ids=["another site", "another party", "unverified", "absent", "copied: its count goes back", "key", "unknown"],
)
def test_a_device_that_is_not_what_it_says_is_refused(house: House, lie: Callable[[Authenticator], None]) -> None:
    phone = device()
    with house.visit("bob") as client:
        register(client, phone)
        assert log_in(client, phone).status_code == 200
    lie(phone)
    with house.visit() as client:
        answer = log_in(client, phone)
        assert (answer.status_code, "session" in client.cookies) == (403, False)


def test_a_challenge_is_answered_once_soon_and_by_whom_it_was_asked(house: House) -> None:
    phone, other = device(), device()
    with house.visit("bob") as bob, house.visit("erin") as erin:
        options = bob.post("/account/passkeys/options", json={"proof": PASSWORD}).json()
        made = {"credential": phone.make(options)}
        assert erin.post("/account/passkeys", json=made).status_code == 403
        assert bob.post("/account/passkeys", json=made).status_code == 403, "it was used up"
        register(bob, phone)
        assert bob.post("/account/passkeys", json={"credential": other.make(options)}).status_code == 403
        assert register(erin, phone).status_code == 409
        signed = {"credential": phone.sign(bob.post("/login/passkey/options").json())}
        assert bob.post("/login/passkey", json=signed).status_code == 200
        assert bob.post("/login/passkey", json=signed).status_code == 403
        asked = bob.post("/login/passkey/options").json()
        house.clock.now += CHALLENGE_LIVES
        assert bob.post("/login/passkey", json={"credential": phone.sign(asked)}).status_code == 403


def test_adding_one_needs_the_password_and_an_end(house: House) -> None:
    with house.visit("bob") as client:
        assert client.post("/account/passkeys/options", json={"proof": "wrong"}).status_code == 403
        for _ in range(MOST):
            assert register(client, device()).status_code == 201
        assert client.post("/account/passkeys/options", json={"proof": PASSWORD}).status_code == 409


def test_whoever_was_disabled_is_out(house: House) -> None:
    phone = device()
    with house.visit("bob") as client:
        register(client, phone)
        with house.database.writing() as session:
            session.get_one(User, house.school.bob.user_id).disabled_at = house.clock.now + timedelta(0)
        assert log_in(client, phone).status_code == 403


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"response": None},
        {"response": {"clientDataJSON": "é"}},
        {"response": {"clientDataJSON": "bnVsbA"}},
        {"response": {"clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUEiLCJvcmlnaW4iOiJ4In0"}},
    ],
)
def test_nonsense_is_refused(house: House, nonsense: dict[str, Any]) -> None:
    with house.visit("bob") as client:
        assert client.post("/login/passkey", json={"credential": nonsense}).status_code == 403
        assert client.post("/account/passkeys", json={"credential": nonsense}).status_code == 403


@pytest.mark.parametrize("part", ["attestationObject", "clientDataJSON"])
def test_a_new_key_that_cannot_be_read_is_refused(house: House, part: str) -> None:
    with house.visit("bob") as client:
        options = client.post("/account/passkeys/options", json={"proof": PASSWORD}).json()
        made = device().make(options)
        made["response"][part] = made["response"][part][:-9]
        assert client.post("/account/passkeys", json={"credential": made}).status_code == 403


@pytest.mark.parametrize(
    ("public_url", "site"),
    [
        ("https://Truong.example:8443/x", Site("truong.example", "https://truong.example:8443")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]", None),
        ("http://truong.example", None),
        ("nonsense", None),
    ],
)
def test_passkeys_belong_to_a_name_by_https(public_url: str, site: Site | None) -> None:
    assert site_of(public_url) == site
