"""A second step from its setting up to its loss: what passes once, who waits, who may switch it off."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from threading import Thread

import httpx
import pyotp
import pytest
from sqlalchemy import select

from cloud.__main__ import main
from cloud.accounts.access import Role
from cloud.accounts.second_step import keeping
from cloud.accounts.second_step.keeping import Way
from cloud.accounts.second_step.login_pages import ANYWHERE, AT_ONCE_FROM_ANYWHERE
from cloud.accounts.second_step.tables import RecoveryCode, SecondStep
from cloud.accounts.tables import RoleGrant, User
from cloud.accounts.throttle import Throttle
from cloud.kit.db import Database
from cloud.kit.seal import Seal
from cloud.school.tables import School
from tests.cloud.pages.people import PASSWORD, House
from tests.cloud.small_school import MORNING, add_school

SEAL = Seal("a secret of the tests' own", keeping.PURPOSE)
HERE = "/account/second-step"
PRINTED = re.compile(r"(?<![\w-])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?![\w-])")
"""And no part of an id that has digits alone there."""


def now_on(house: House, secret: str) -> str:
    return pyotp.TOTP(secret).at(int(house.clock.now.timestamp()))


def set_up(house: House, client: httpx.Client) -> tuple[str, list[str]]:
    """The secret as it was typed into an app, and the recovery codes."""
    assert client.post(f"{HERE}/begun", data={"proof": PASSWORD}).status_code == 303
    page = client.get(HERE).text
    assert "data:image/svg+xml" in page
    [typed] = re.findall(r'class="printed-code">([A-Z2-7 ]+)<', page)
    secret = typed.replace(" ", "")
    assert f"secret={secret}" in page
    answer = client.post(f"{HERE}/confirmed", data={"code": now_on(house, secret)})
    assert answer.status_code == 200, answer.text
    codes = PRINTED.findall(answer.text)
    assert len(codes) == 10
    house.clock.now += timedelta(seconds=30)
    return secret, codes


@contextmanager
def password_given(house: House, login: str) -> Iterator[httpx.Client]:
    """A browser that is asked for a code."""
    with house.visit() as client:
        answer = client.post("/login", data={"login": login, "password": PASSWORD, "next": "/account"})
        assert answer.headers["location"] == "/login/code"
        assert "session" not in client.cookies
        yield client


@pytest.fixture
def secret_and_codes(house: House) -> tuple[str, list[str]]:
    with house.visit("alice") as client:
        return set_up(house, client)


@pytest.fixture
def secret(secret_and_codes: tuple[str, list[str]]) -> str:
    return secret_and_codes[0]


@pytest.fixture
def codes(secret_and_codes: tuple[str, list[str]]) -> list[str]:
    return secret_and_codes[1]


def test_the_password_alone_opens_nothing_and_a_code_leads_where_one_wanted(house: House, secret: str) -> None:
    with password_given(house, "alice") as client:
        assert client.get("/schools/a").headers["location"].startswith("/login")
        assert client.get("/login/code").status_code == 200
        answer = client.post("/login/code", data={"code": now_on(house, secret)})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert client.get("/schools/a").status_code == 200
        assert client.get("/login/code").headers["location"] == "/login", "it was used"


def test_a_code_passes_once_whoever_has_seen_it(house: House, secret: str) -> None:
    code = now_on(house, secret)
    with password_given(house, "alice") as alice, password_given(house, "alice") as onlooker:
        assert alice.post("/login/code", data={"code": f"{code[:3]} {code[3:]}"}).status_code == 303
        assert onlooker.post("/login/code", data={"code": code}).status_code == 403
        house.clock.now += timedelta(seconds=30)
        assert onlooker.post("/login/code", data={"code": code}).status_code == 403


@pytest.mark.parametrize(("seconds", "status"), [(-30, 303), (30, 303), (-60, 403), (60, 403)])
def test_a_phone_s_clock_may_be_half_a_minute_wrong(house: House, secret: str, seconds: int, status: int) -> None:
    house.clock.now += timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(int(house.clock.now.timestamp()) + seconds)
    with password_given(house, "alice") as client:
        assert client.post("/login/code", data={"code": code}).status_code == status


def test_a_recovery_code_lets_in_once_however_it_is_typed_and_is_told(house: House, codes: list[str]) -> None:
    with password_given(house, "alice") as client:
        assert client.post("/login/code", data={"code": codes[0].lower().replace("-", " ")}).status_code == 303
        assert "Đã dùng một mã dự phòng" in client.get("/account").text
        assert "recovery_code.used" in client.get("/schools/a/audit").text
        assert "Còn 9 mã" in client.get(HERE).text
    with password_given(house, "alice") as client:
        assert client.post("/login/code", data={"code": codes[0]}).status_code == 403


def test_whoever_guesses_waits_and_locks_nobody_out(house: House, secret: str, codes: list[str]) -> None:
    with password_given(house, "alice") as guesser:
        statuses = [guesser.post("/login/code", data={"code": "000000"}).status_code for _ in range(6)]
        assert statuses == [403] * 5 + [429]
        answer = guesser.post("/login/code", data={"code": now_on(house, secret)})
        assert (answer.status_code, int(answer.headers["retry-after"]) <= 30) == (429, True)
    house.clock.now += timedelta(seconds=30)
    with password_given(house, "alice") as alice:
        assert alice.post("/login/code", data={"code": now_on(house, secret)}).status_code == 303


def test_with_many_addresses_one_guesses_no_faster_and_a_recovery_code_still_passes(
    house: House, secret: str, codes: list[str]
) -> None:
    throttle = Throttle(house.database, house.clock)
    for _ in range(AT_ONCE_FROM_ANYWHERE):
        throttle.failed(ANYWHERE, f"second step {house.school.alice.user_id}")
    with password_given(house, "alice") as client:
        assert client.post("/login/code", data={"code": now_on(house, secret)}).status_code == 429
        assert client.post("/login/code", data={"code": codes[1]}).status_code == 303


def test_the_question_is_forgotten_after_ten_minutes_and_whoever_was_disabled_meanwhile_is_out(
    house: House, secret: str
) -> None:
    with password_given(house, "alice") as client, password_given(house, "alice") as other:
        house.clock.now += timedelta(minutes=10)
        assert client.post("/login/code", data={"code": now_on(house, secret)}).headers["location"] == "/login"
        with password_given(house, "alice") as third:
            with house.database.writing() as session:
                session.get_one(User, house.school.alice.user_id).disabled_at = house.clock.now
            assert third.post("/login/code", data={"code": now_on(house, secret)}).status_code == 403
        assert other.get("/login/code").headers["location"] == "/login"


def test_setting_up_needs_the_password_a_first_code_and_a_quarter_of_an_hour(house: House) -> None:
    with house.visit("bob") as client, house.visit("bob") as elsewhere:
        assert client.post(f"{HERE}/begun", data={"proof": "wrong"}).status_code == 403
        client.post(f"{HERE}/begun", data={"proof": PASSWORD})
        assert client.post(f"{HERE}/confirmed", data={"code": "000000"}).status_code == 422
        with house.visit("bob"):
            pass  # it does not count yet: the password is enough
        house.clock.now += timedelta(minutes=16)
        assert "data:image" not in client.get(HERE).text
        assert client.post(f"{HERE}/confirmed", data={"code": "000000"}).status_code == 409
        set_up(house, client)
        assert elsewhere.get("/children").status_code == 303, "what began with less has ended"
        assert client.post(f"{HERE}/begun", data={"proof": PASSWORD}).status_code == 409


def test_it_is_switched_off_by_the_password_or_a_code_and_by_nothing_else(house: House, secret: str) -> None:
    with password_given(house, "alice") as client:
        client.post("/login/code", data={"code": now_on(house, secret)})
        assert client.post(f"{HERE}/off", data={"proof": now_on(house, secret)}).status_code == 403, "used already"
        house.clock.now += timedelta(seconds=30)
        renewed = client.post(f"{HERE}/recovery-codes", data={"proof": now_on(house, secret)})
        assert len(PRINTED.findall(renewed.text)) == 10
        assert client.post(f"{HERE}/off", data={"proof": PASSWORD}).status_code == 303
        log = client.get("/schools/a/audit").text
        assert [one in log for one in ("second_step.on", "recovery_codes.new", "second_step.off")] == [True] * 3
    with house.visit("alice"):
        pass
    with house.database.reading() as session:
        assert session.scalars(select(RecoveryCode.digest)).all() == []


def test_an_open_session_is_no_way_to_guess_a_password(house: House) -> None:
    with house.visit("bob") as thief, house.visit("bob") as bob:
        statuses = [thief.post(f"{HERE}/off", data={"proof": "no"}).status_code for _ in range(6)]
        assert statuses == [403] * 5 + [429]
        assert thief.post("/account/password", data={"proof": PASSWORD, "new": "mật khẩu khác"}).status_code == 429
        assert bob.post(f"{HERE}/begun", data={"proof": PASSWORD}).status_code == 303


def test_an_administrator_resets_it_and_its_owner_is_told_first_of_all(house: House) -> None:
    with house.visit("bob") as bob:
        set_up(house, bob)
        path = f"members/{house.school.bob.user_id}/second-step/reset"
        with house.visit("dave") as dave:
            assert dave.post(f"/schools/b/{path}").status_code == 404
            assert dave.post(f"/schools/a/{path}").status_code == 404
        with house.visit("alice") as alice:
            assert path in alice.get("/schools/a/members").text
            assert alice.post(f"/schools/a/{path}").status_code == 303
            assert alice.post(f"/schools/a/{path}").status_code == 404
            assert "second_step.reset" in alice.get("/schools/a/audit").text
        assert bob.get("/children").status_code == 303
    with house.visit() as client:
        answer = client.post("/login", data={"login": "bob", "password": PASSWORD, "next": "/children"})
        assert answer.headers["location"] == "/account"
        assert "Bước thứ hai đã được đặt lại: alice" in client.get("/account").text
        client.post("/account/changes/read")
        answer = client.post("/login", data={"login": "bob", "password": PASSWORD, "next": "/children"})
        assert answer.headers["location"] == "/children"


def test_nobody_resets_that_of_somebody_who_works_at_a_school_they_do_not_run(house: House, secret: str) -> None:
    with house.database.writing() as session:
        school_b = session.scalars(select(School.id).where(School.slug == "b")).one()
        session.add(RoleGrant(user_id=house.school.alice.user_id, role=Role.GUARD, school_id=school_b))
    with house.visit("dave") as dave:
        path = f"/schools/b/members/{house.school.alice.user_id}/second-step/reset"
        assert dave.post(path).status_code == 409


def test_the_database_gives_neither_the_secret_nor_a_code_away(house: House, secret: str, codes: list[str]) -> None:
    with house.database.reading() as session:
        row, digests = session.scalars(select(SecondStep)).one(), session.scalars(select(RecoveryCode.digest)).all()
    assert secret.encode() not in row.sealed
    hashes = {sha256(text.encode()).hexdigest() for code in codes for text in (code, code.replace("-", ""))}
    assert hashes.isdisjoint(digests)


def test_of_two_at_the_same_moment_one_passes(database: Database) -> None:
    now = MORNING
    with database.writing() as session:
        user_id = add_school(session).alice.user_id
        keeping.begin(session, SEAL, user_id, now)
        secret = keeping.being_set_up(session, SEAL, user_id, now)
        assert secret
        keeping.confirm(session, SEAL, user_id, pyotp.TOTP(secret).at(int(now.timestamp())), now)
    later = now + timedelta(minutes=1)
    code, passed = pyotp.TOTP(secret).at(int(later.timestamp())), []

    def try_it() -> None:
        with database.writing() as session:
            passed.append(keeping.accept(session, SEAL, user_id, code, later))

    threads = [Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed, key=str) == [None, None, None, Way.CODE]


def test_whoever_runs_the_service_lets_the_last_administrator_in(
    house: House, secret: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = house.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", url)
    assert main(["user", "second-step-off", " ALICE"]) == 0
    assert main(["user", "second-step-off", "alice"]) == 1
    assert "nobody of this log-in name has a second step" in capsys.readouterr().err
    with house.visit("alice") as client:
        assert "diemdanh-cloud user" in client.get("/account").text
