"""A copy of the log that somebody keeps: it proves itself, and whether the database still says the same."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cloud.__main__ import main
from cloud.accounts import audit_copy
from cloud.accounts import audit_queries as audit
from cloud.accounts.audit_chain import BEGINNING, Entry, digest_of, first_wrong
from cloud.biometrics import guards
from cloud.kit.db import Database
from cloud.kit.errors import Invalid
from tests.cloud.small_school import MORNING, SmallSchool, small_school

WRITE = pytest.mark.parametrize("write", [audit_copy.as_json, audit_copy.as_csv], ids=["json", "csv"])


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """On SQLite: what differs between databases is tested in test_audit.py."""
    return f"sqlite:///{tmp_path}/cloud.sqlite3"


@pytest.fixture
def school(database: Database) -> SmallSchool:
    school = small_school(database)
    with database.writing() as session:
        for number, actor_id in enumerate((school.alice.user_id, None, school.alice.user_id)):
            moment = MORNING + timedelta(microseconds=number)
            audit.note(session, school.id, actor_id, "=1+1", number, {"tên": '"Hạnh", 1; x=2'}, now=moment)
    return school


def entries(database: Database, school: SmallSchool) -> list[Entry]:
    with database.reading() as session:
        return audit.entries(session, school.id)[::-1]


@WRITE
def test_a_copy_holds_all_and_proves_itself(database: Database, school: SmallSchool, write: audit_copy.Write) -> None:
    kept = entries(database, school)
    copy = audit_copy.read(write(school.id, kept))
    assert (copy.school_id, copy.entries) == (school.id, kept)
    assert first_wrong(copy.school_id, copy.entries) is None


@WRITE
@pytest.mark.parametrize("change", ["action", "removed", "last"])
def test_a_copy_that_was_changed_is_seen(
    database: Database, school: SmallSchool, write: audit_copy.Write, change: str
) -> None:
    one, two, three = entries(database, school)
    changed = {
        "action": [one, replace(two, action="nothing"), three],
        "removed": [one, three],
        "last": [one, two, replace(three, at=three.at + timedelta(microseconds=1))],
    }[change]
    copy = audit_copy.read(write(school.id, changed))
    assert first_wrong(copy.school_id, copy.entries) == (3 if change == "last" else 2)


@pytest.mark.parametrize("nonsense", ["", "{", "[]", '{"entries": 1}', '{"entries": [1]}', "a,b\n1,2\n"])
def test_what_is_no_copy_is_said_so(nonsense: str) -> None:
    with pytest.raises(Invalid):
        audit_copy.read(nonsense)


def test_the_command_holds_a_copy_against_the_database(
    database: Database,
    database_url: str,
    school: SmallSchool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", database_url)
    file = tmp_path / "audit.json"
    file.write_text(audit_copy.as_json(school.id, entries(database, school)), encoding="utf-8")
    with database.writing() as session:
        audit.note(session, school.id, None, "later", now=MORNING)
    assert main(["audit-check", str(file)]) == 0
    assert "3 entries stand unchanged in the database; 1 came after" in capsys.readouterr().err
    rewrite(database, school)
    assert main(["audit-check", str(file)]) == 1
    assert "entry 1 is another one" in capsys.readouterr().err
    file.write_text(file.read_text(encoding="utf-8").replace("=1+1", "=1+2", 1), encoding="utf-8")
    assert main(["audit-check", str(file)]) == 1
    assert "the copy itself was changed at entry 1" in capsys.readouterr().err
    assert main(["audit-check", str(tmp_path / "none.json")]) == 1


def rewrite(database: Database, school: SmallSchool) -> None:
    """By whoever has the database: every digest fits again, and only a copy can tell."""
    previous = BEGINNING
    with database.engine.begin() as connection:
        guards.take_down(connection)
        for one in entries(database, school):
            new = replace(one, subject="x", previous=previous)
            previous = digest_of(school.id, new)
            values = {"subject": "x", "previous": new.previous, "digest": previous, "number": one.number}
            statement = "UPDATE audit_entry SET subject = :subject, previous = :previous, digest = :digest"
            connection.execute(text(f"{statement} WHERE number = :number"), values)
        connection.execute(text("UPDATE audit_head SET digest = :digest"), {"digest": previous})
        guards.put_up(connection)
