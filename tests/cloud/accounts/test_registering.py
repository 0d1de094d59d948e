import io
import sys

import pytest
from argon2.profiles import CHEAPEST

from cloud.__main__ import main
from cloud.accounts import queries
from cloud.accounts.passwords import Passwords
from cloud.accounts.registering import register
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid
from tests.cloud.small_school import MORNING, small_school

PASSWORDS = Passwords(CHEAPEST)


def test_a_new_user_is_found_by_any_spelling_of_the_login(database: Database) -> None:
    with database.writing() as session:
        register(session, PASSWORDS, " Hạnh ", name="Cô Hạnh", password="một mật khẩu dài")
        user = queries.user_by_login(session, "hạnh")
        assert user
        assert PASSWORDS.verify(user.password_hash, "một mật khẩu dài").right
        assert queries.actor_of(session, user, MORNING).schools_seen_whole == ()


@pytest.mark.parametrize(
    ("login", "password"), [("", "long enough"), ("x" * 121, "long enough"), ("a", "short"), ("a", "x" * 501)]
)
def test_an_unusable_login_or_password_is_refused(database: Database, login: str, password: str) -> None:
    with pytest.raises(Invalid), database.writing() as session:
        register(session, PASSWORDS, login, name="", password=password)


def test_nobody_takes_over_a_login(database: Database) -> None:
    with database.writing() as session:
        register(session, PASSWORDS, "Hanh", name="", password="một mật khẩu dài")
    with pytest.raises(Conflict), database.writing() as session:
        register(session, PASSWORDS, "hanh", name="", password="một mật khẩu dài")


def test_the_command_makes_an_administrator(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    school = small_school(database)
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", database_url)
    monkeypatch.setattr(sys, "stdin", io.StringIO("một mật khẩu dài\n"))
    assert main(["user", "add", "hanh", "--name", "Cô Hạnh", "--role", "administrator=a"]) == 0
    with database.reading() as session:
        user = queries.user_by_login(session, "hanh")
        assert user
        assert queries.actor_of(session, user, MORNING).schools_seen_whole == (school.id,)
    monkeypatch.setattr(sys, "stdin", io.StringIO("một mật khẩu dài\n"))
    assert main(["user", "add", "long", "--role", "administrator=nowhere"]) == 1
    assert "there is no school nowhere" in capsys.readouterr().err
