"""Many at one address, as behind a school's NAT: a stranger who keeps failing there does not keep out whoever has come
in with their browser before, and a browser's cookie gives a stranger nothing. Every visitor here has one address."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from cloud.accounts.known_device import COOKIE
from cloud.accounts.throttle import AT_ONCE, EVERY
from cloud.kit.db import Database
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.cloud.pages.test_second_step import set_up


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    """One for all: what failed in one test is forgiven before the next."""
    yield shared_house
    shared_house.clock.now += timedelta(hours=1)


def tries(client: httpx.Client, login: str, password: str = "no") -> int:
    return client.post("/login", data={"login": login, "password": password}).status_code


@contextmanager
def known_to(house: House, login: str) -> Iterator[httpx.Client]:
    """A browser with which they have come in before, and logged out."""
    with house.visit(login) as client:
        client.post("/logout")
        assert set(client.cookies) >= {COOKIE}
        yield client


def lock_out(client: httpx.Client, login: str) -> None:
    assert [tries(client, login) for _ in range(AT_ONCE)] == [403] * AT_ONCE
    assert tries(client, login, PASSWORD) == 429


def test_a_stranger_who_keeps_failing_does_not_keep_the_owner_out(house: House) -> None:
    with house.visit() as stranger, known_to(house, "alice") as owner, house.visit() as new_device:
        lock_out(stranger, "alice")
        for _ in range(3):
            house.clock.now += EVERY
            assert tries(stranger, "alice") == 403
            assert tries(stranger, "alice") == 429
            assert tries(owner, " ALICE ", PASSWORD) == 303
            owner.post("/logout")
        assert tries(new_device, "alice", PASSWORD) == 429, "what remains: a new device waits"
        assert tries(new_device, "bob", PASSWORD) == 303


def test_a_cookie_of_another_log_in_name_gives_nothing(house: House) -> None:
    with known_to(house, "bob") as stranger, house.visit() as other:
        lock_out(stranger, "alice")
        assert tries(other, "alice", PASSWORD) == 429, "it failed as the address"
        assert tries(stranger, "bob", PASSWORD) == 303


@pytest.mark.parametrize("forged", ["", "x", "0" * 5000])
def test_a_forged_cookie_gives_nothing(house: House, forged: str) -> None:
    with house.visit() as stranger, house.visit() as other:
        stranger.headers["cookie"] = f"{COOKIE}={forged}"
        lock_out(stranger, "erin")
        assert tries(other, "erin", PASSWORD) == 429


def test_whoever_guesses_with_a_known_browser_is_slowed_down_too_and_nobody_else(house: House) -> None:
    with known_to(house, "alice") as thief, house.visit() as other, known_to(house, "alice") as owner:
        lock_out(thief, "alice")
        house.clock.now += EVERY
        assert [tries(thief, "alice") for _ in range(2)] == [403, 429]
        assert tries(owner, "alice", PASSWORD) == 303, "with another browser of theirs"
        assert tries(other, "alice", PASSWORD) == 303, "nor is the address counted"


def test_a_cookie_that_somebody_copied_is_worth_nothing_after_the_next_log_in(house: House) -> None:
    with known_to(house, "alice") as owner, house.visit() as copier, house.visit() as other:
        copier.cookies.set(COOKIE, owner.cookies[COOKIE])
        assert tries(owner, "alice", PASSWORD) == 303
        lock_out(copier, "alice")
        assert tries(other, "alice", PASSWORD) == 429, "it failed as the address"
        owner.post("/logout")
        assert tries(owner, "alice", PASSWORD) == 303


def test_all_who_share_a_computer_are_known_there(house: House) -> None:
    with known_to(house, "alice") as shared, house.visit() as stranger:
        assert tries(shared, "bob", PASSWORD) == 303
        shared.post("/logout")
        for login in ("alice", "bob"):
            lock_out(stranger, login)
            assert tries(shared, login, PASSWORD) == 303
            shared.post("/logout")


def test_a_password_without_the_second_step_makes_no_browser_known(house: House) -> None:
    with house.visit("dave") as dave:
        set_up(house, dave)
    with house.visit() as thief:
        answer = thief.post("/login", data={"login": "dave", "password": PASSWORD})
        assert answer.headers["location"] == "/login/code"
        assert COOKIE not in thief.cookies


def test_without_a_secret_and_by_https_it_is_the_same(database: Database) -> None:
    settings = {"secret_key": None, "public_url": "https://diemdanh.example"}
    with open_house(database, **settings) as house, house.visit() as client, house.visit() as stranger:
        answer = client.post("/login", data={"login": "bob", "password": PASSWORD})
        cookie = next(one for one in answer.headers.get_list("set-cookie") if COOKIE in one)
        assert cookie.startswith(f"__Host-{COOKIE}=")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
        lock_out(stranger, "bob")
        # The test's own connection is plain: the client would keep a Secure cookie to itself.
        stranger.headers["cookie"] = cookie.partition(";")[0]
        assert tries(stranger, "bob", PASSWORD) == 303
