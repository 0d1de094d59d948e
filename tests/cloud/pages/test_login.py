from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from cloud.accounts.rules import token_hash
from cloud.accounts.tables import User, UserSession
from cloud.kit.db import Database
from tests.cloud.pages.people import PASSWORD, House, open_house


def sessions(house: House) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(UserSession)) or 0


def test_the_cookie_is_out_of_a_scripts_reach_and_the_database_does_not_hold_it(house: House) -> None:
    with house.visit() as client:
        answer = client.post("/login", data={"login": " ALICE ", "password": PASSWORD})
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("session="))
        token = client.cookies["session"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    with house.database.reading() as session:
        assert session.scalars(select(UserSession.token_hash)).all() == [token_hash(token)]


def test_by_https_the_cookie_travels_by_nothing_else(database: Database) -> None:
    with open_house(database, public_url="https://diemdanh.example") as house, house.visit() as client:
        answer = client.post("/login", data={"login": "bob", "password": PASSWORD})
    cookie = next(one for one in answer.headers.get_list("set-cookie") if "session=" in one)
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert answer.headers["strict-transport-security"]


def test_whoever_has_a_letter_finds_where_its_code_is_typed(house: House) -> None:
    with house.visit() as client:
        assert 'href="/join"' in client.get("/login").text
        assert client.get("/join").status_code == 200


def test_a_wrong_password_and_a_wrong_name_are_refused_in_the_same_words(house: House) -> None:
    with house.visit() as client:
        wrong = client.post("/login", data={"login": "alice", "password": "no"})
        unknown = client.post("/login", data={"login": "alicf", "password": "no"})
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace("alice", "alicf") == unknown.text
    assert "Tên đăng nhập và mật khẩu không khớp" in wrong.text
    assert sessions(house) == 0


def test_a_guesser_is_slowed_down_even_with_the_right_password(house: House) -> None:
    with house.visit() as client:
        for _ in range(5):
            client.post("/login", data={"login": "alice", "password": "no"})
        answer = client.post("/login", data={"login": "alice", "password": PASSWORD})
        other = client.post("/login", data={"login": "bob", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 30
    assert "giây" in answer.text
    assert other.status_code == 303


def test_each_login_has_a_new_token_and_ends_the_old_one(house: House) -> None:
    with house.visit("alice") as client:
        first = client.cookies["session"]
        client.post("/login", data={"login": "alice", "password": PASSWORD})
        assert client.cookies["session"] != first
        assert sessions(house) == 1
        assert httpx.get(f"{house.url}/children", cookies={"session": first}).status_code == 401


def test_a_token_that_somebody_planted_is_not_taken_up(house: House) -> None:
    with house.visit() as client:
        client.cookies.set("session", "planted")
        client.post("/login", data={"login": "alice", "password": PASSWORD})
        assert client.cookies.get("session", domain="127.0.0.1") != "planted"
    assert httpx.get(f"{house.url}/children", cookies={"session": "planted"}).status_code == 401


def test_logging_out_ends_the_session_for_everyone_who_kept_the_cookie(house: House) -> None:
    with house.visit("alice") as client:
        kept = client.cookies["session"]
        answer = client.post("/logout")
        assert answer.headers["location"] == "/login"
        assert "session" not in client.cookies
    assert httpx.get(f"{house.url}/schools/a", cookies={"session": kept}).status_code == 401


@pytest.mark.parametrize(("login", "lasts"), [("alice", timedelta(hours=12)), ("bob", timedelta(days=90))])
def test_a_session_ends_by_itself(house: House, login: str, lasts: timedelta) -> None:
    with house.visit(login) as client:
        house.clock.now += lasts - timedelta(seconds=1)
        assert client.get("/children").status_code == 200
        house.clock.now += timedelta(seconds=1)
        assert client.get("/children").headers["location"] == "/login?next=/children"


def test_a_disabled_user_is_out_at_once(house: House) -> None:
    with house.visit("bob") as client:
        with house.database.writing() as session:
            session.get_one(User, house.school.bob.user_id).disabled_at = house.clock.now
        assert client.get("/children").status_code == 303
        assert client.post("/login", data={"login": "bob", "password": PASSWORD}).status_code == 403


def test_login_leads_back_to_the_page_that_was_asked_for_and_nowhere_else(house: House) -> None:
    with house.visit() as client:
        asked = client.get("/schools/a?x=1")
        assert asked.headers["location"] == "/login?next=/schools/a%3Fx%3D1"
        form = {"login": "alice", "password": PASSWORD}
        assert client.post("/login", data={**form, "next": "/schools/a"}).headers["location"] == "/schools/a"
        assert client.post("/login", data={**form, "next": "//evil.example"}).headers["location"] == "/"


def test_another_sites_form_changes_nothing(house: House) -> None:
    with house.visit("alice") as client:
        answer = client.post("/logout", headers={"origin": "https://evil.example"})
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get("/schools/a").status_code == 200
        assert client.post("/logout", headers={"origin": house.url}).status_code == 303


def test_the_language_is_vietnamese_until_switched_and_then_stays(house: House) -> None:
    with house.visit() as client:
        client.headers["accept-language"] = "en-US,en"
        assert 'lang="vi"' in client.get("/login").text
        referer = f"{house.url}/login?next=/children"
        answer = client.post("/language", data={"language": "en"}, headers={"referer": referer})
        assert answer.headers["location"] == "/login?next=/children"
        assert "Log-in name" in client.get("/login").text
        client.post("/login", data={"login": "bob", "password": PASSWORD})
        assert "Hello, bob" in client.get("/children").text
    with house.visit("bob") as another_browser:
        assert "Hello, bob" in another_browser.get("/children").text


def test_the_language_switch_leads_to_no_other_site(house: House) -> None:
    with house.visit() as client:
        for referer in ("https://evil.example/login", "//evil.example", ""):
            answer = client.post("/language", data={"language": "en"}, headers={"referer": referer})
            assert answer.headers["location"] == "/"
