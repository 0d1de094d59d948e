"""Logging in by the school's own sign-in: honest, lying, refusing, away; and whose account it opens."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from cloud.accounts.oidc.provider import open_provider
from cloud.accounts.oidc.tables import LinkedIdentity
from cloud.accounts.tables import User
from cloud.kit.clock import system_clock
from cloud.kit.errors import Misconfigured
from cloud.settings import CloudSettings
from tests.cloud.migrated import Open
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.cloud.pages.test_second_step import now_on, set_up
from tests.services.oidc import CLIENT_ID, CLIENT_SECRET, Lie, OidcProvider
from tests.services.ports import free_port


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open, oidc: OidcProvider) -> Iterator[House]:
    with with_provider(tmp_path, open_migrated, oidc.issuer) as house:
        oidc.clock = house.clock
        yield house


@contextmanager
def with_provider(folder: Path, open_migrated: Open, issuer: str) -> Iterator[House]:
    database, port = open_migrated(f"sqlite:///{folder}/cloud.sqlite3"), free_port()
    settings = {"oidc_issuer": issuer, "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET}
    with open_house(database, port=port, public_url=f"http://127.0.0.1:{port}", **settings, oidc_name="VNeID") as house:
        yield house
    database.close()


def through(client: httpx.Client, then: str = "/children") -> httpx.Response:
    """To the provider and back: what the service answers then."""
    return back(client, client.get("/login/oidc", params={"next": then}).headers["location"])


def back(client: httpx.Client, address: str) -> httpx.Response:
    return client.get(client.get(address).headers["location"])


def link(client: httpx.Client) -> httpx.Response:
    return back(client, begin_link(client))


def begin_link(client: httpx.Client) -> str:
    page = client.post("/account/oidc/linked", data={"proof": PASSWORD})
    assert page.status_code == 200, page.text
    [address] = re.findall(r'class="button" href="([^"]+)"', page.text)
    return unescape(address)


def test_an_account_that_its_owner_has_linked_is_opened_without_a_password(house: House, oidc: OidcProvider) -> None:
    with house.visit("bob") as bob:
        assert link(bob).headers["location"] == "/account"
        assert "Đã liên kết: mai@truong.example" in bob.get("/account").text
    oidc.email = "now.another@truong.example"
    with house.visit() as client:
        assert 'href="/login/oidc?next=/children"' in client.get("/login?next=/children").text
        assert through(client).headers["location"] == "/children"
        assert client.get(f"/students/{house.school.lan}").status_code == 200
        assert client.get(f"/students/{house.school.minh}").status_code == 404
    with house.visit() as client:
        assert through(client, "//evil.example").headers["location"] == "/"


def test_an_address_opens_nobody_s_account(house: House, oidc: OidcProvider) -> None:
    """Whoever may choose their e-mail address at the provider has chosen somebody's log-in name."""
    oidc.email = "bob"
    with house.visit() as client:
        answer = through(client)
        assert (answer.status_code, "Chưa liên kết" in answer.text) == (403, True)
        assert "session" not in client.cookies


@pytest.mark.parametrize("lie", Lie)
def test_an_answer_that_does_not_hold_lets_nobody_in(house: House, oidc: OidcProvider, lie: Lie) -> None:
    with house.visit("bob") as bob:
        link(bob)
    oidc.lie = lie
    with house.visit() as client:
        if lie is Lie.NONSENSE:
            house.clock.now += timedelta(hours=2)
            answer = client.get("/login/oidc")
        else:
            answer = through(client)
        expected = 503 if lie in (Lie.NONSENSE, Lie.NO_ID_TOKEN) else 403
        assert (answer.status_code, "session" in client.cookies) == (expected, False)
        assert "VNeID: " in answer.text
        assert client.post("/login", data={"login": "bob", "password": PASSWORD}).status_code == 303


def test_a_provider_that_is_away_is_said_so_and_the_password_still_works(tmp_path: Path, open_migrated: Open) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with with_provider(tmp_path, open_migrated, nobody) as house, house.visit() as client:
        answer = client.get("/login/oidc?next=/children")
        assert (answer.status_code, "VNeID: Hiện chưa trả lời đúng" in answer.text) == (503, True)
        form = {"login": "bob", "password": PASSWORD}
        assert client.post("/login", data=form).status_code == 303
        assert client.post("/account/oidc/linked", data={"proof": PASSWORD}).status_code == 503


def test_whoever_says_no_there_is_back_where_they_began(house: House, oidc: OidcProvider) -> None:
    oidc.refuses = True
    with house.visit() as client:
        answer = through(client, "/schools/a")
        assert (answer.status_code, 'value="/schools/a"' in answer.text) == (403, True)
        assert oidc.granted == 0


def test_an_answer_counts_once_soon_and_in_the_browser_that_asked(house: House, oidc: OidcProvider) -> None:
    with house.visit("bob") as bob:
        link(bob)
    with house.visit() as client, house.visit() as other:
        address = client.get("/login/oidc").headers["location"]
        answer = client.get(address).headers["location"]
        assert other.get(answer).status_code == 403, "it has no cookie"
        other.get("/login/oidc")
        assert other.get(answer).status_code == 403, "its cookie is of another attempt"
        assert client.get(answer).status_code == 303
        with house.visit() as again:
            again.cookies = client.cookies
            again.cookies.delete("session")
            assert again.get(answer).status_code == 403
        late = other.get("/login/oidc").headers["location"]
        house.clock.now += timedelta(minutes=15)
        assert back(other, late).status_code == 403
    assert oidc.granted == 2


def test_the_provider_may_change_its_keys(house: House, oidc: OidcProvider) -> None:
    with house.visit("bob") as bob:
        link(bob)
    oidc.key_name = "key 2"
    house.clock.now += timedelta(minutes=2)
    with house.visit() as client:
        assert through(client).status_code == 303


def test_with_a_second_step_it_is_asked_for_all_the_same(house: House) -> None:
    with house.visit("bob") as bob:
        link(bob)
        secret, _ = set_up(house, bob)
    with house.visit() as client:
        assert through(client).headers["location"] == "/login/code"
        assert client.post("/login/code", data={"code": now_on(house, secret)}).headers["location"] == "/children"


def test_linking_needs_the_password_and_takes_nobody_s_link(house: House) -> None:
    with house.visit("bob") as bob, house.visit("alice") as alice:
        assert bob.post("/account/oidc/linked", data={"proof": "no"}).status_code == 403
        link(bob)
        assert link(alice).status_code == 409
        assert link(bob).status_code == 303, "theirs already"
        address = begin_link(bob)
        bob.post("/logout")
        assert back(bob, address).status_code == 403
        bob.post("/login", data={"login": "bob", "password": PASSWORD})
        assert bob.post("/account/oidc/unlinked").status_code == 303
        assert link(alice).status_code == 303
        assert "identity.linked" in alice.get("/schools/a/audit").text


def test_by_an_invitation_somebody_comes_in_who_never_has_a_password(house: House, oidc: OidcProvider) -> None:
    oidc.subject, oidc.email = "subject 2", "hanh@truong.example"
    with house.visit("alice") as alice:
        letter = alice.post("/schools/a/invitations", data={"role": "guard", "name": "Cô Hạnh"}).text
    [code] = set(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", letter))
    code = code.replace("-", "")
    with house.visit() as client:
        assert f"/login/oidc?next=/join/{code}" in client.get(f"/join/{code}").text
        assert client.post(f"/join/{code}", data={"login": "x", "outside": "true"}).status_code == 403
        assert through(client, f"/join/{code}").headers["location"] == f"/join/{code}"
        assert 'value="hanh@truong.example"' in client.get(f"/join/{code}").text
        taken = client.post(f"/join/{code}", data={"login": "bob", "outside": "true"})
        assert (taken.status_code, "Đã có người" in taken.text) == (409, True)
        assert client.post(f"/join/{code}", data={"login": "hanh", "outside": "true"}).status_code == 303
        assert client.get("/schools/a/desk").status_code == 200
        assert client.post("/account/oidc/unlinked").status_code == 409, "it is the only way in"
    with house.visit() as client:
        assert client.post("/login", data={"login": "hanh", "password": ""}).status_code == 403
        assert through(client, "/schools/a/desk").headers["location"] == "/schools/a/desk"
        chosen = client.post("/account/password", data={"new": PASSWORD})
        assert chosen.status_code == 303, "she has just logged in"
        assert client.post("/account/oidc/unlinked").status_code == 303
    with house.visit("hanh"):
        pass
    with house.database.reading() as session:
        assert session.scalars(select(LinkedIdentity)).all() == []


def test_without_a_password_one_proves_oneself_by_having_just_logged_in(house: House, oidc: OidcProvider) -> None:
    with house.visit("bob") as bob:
        link(bob)
    with house.database.writing() as session:
        session.get_one(User, house.school.bob.user_id).password_hash = None
    with house.visit() as client:
        through(client)
        house.clock.now += timedelta(minutes=11)
        assert client.post("/account/password", data={"new": PASSWORD}).status_code == 403
        assert client.post("/account/second-step/begun").status_code == 403
        client.post("/logout")
        through(client)
        assert client.post("/account/second-step/begun").status_code == 303


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"oidc_issuer": "https://a.example"}, "oidc_client_id, oidc_client_secret: missing"),
        ({"oidc_issuer": "http://a.example", "oidc_client_id": "x", "oidc_client_secret": "y"}, "write https://"),
    ],
)
def test_half_a_setting_is_told_at_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        open_provider(CloudSettings.model_validate(given), system_clock)
