"""Looking inside changes nothing and shows nothing that is sealed, however it is asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.clock import SystemClock
from edge.contract import Method
from edge.store.credentials import Credential, Credentials
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.people import People, PersonCard
from tests.edge.sightings import record


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    connection = connect(tmp_path)
    record(Outbox(connection, SystemClock()), 3)
    Credentials(connection).give(Credential(Method.CARD, "0004", "hs-1"))
    People(connection, bytes(32)).replace([PersonCard("hs-1", "Nguyễn Thị Ánh", "Ánh", "1A")])
    monkeypatch.setenv("DIEMDANH_EDGE_DATA_DIR", str(tmp_path))
    return tmp_path


def test_tables_schema_rows_and_queries_are_shown(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "tables"]) == 0
    assert dict(line.split() for line in capsys.readouterr().out.splitlines())["outbox"] == "3"
    assert main(["db", "schema", "outbox"]) == 0
    assert "CREATE TABLE outbox" in capsys.readouterr().out
    assert main(["db", "rows", "outbox", "--limit", "2"]) == 0
    seqs = [json.loads(line)["seq"] for line in capsys.readouterr().out.splitlines()]
    assert len(seqs) == 2
    assert seqs[0] > seqs[1]
    assert main(["db", "query", "SELECT method, count(*) AS n FROM credential GROUP BY 1"]) == 0
    assert json.loads(capsys.readouterr().out) == {"method": "card", "n": 1}
    assert main(["db", "rows", "credential"]) == 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM person_card",
        "SELECT hex(sealed) FROM person_card",
        "SELECT length(s) FROM (SELECT sealed AS s FROM template)",
        "DELETE FROM outbox",
        "PRAGMA user_version = 3",
        "ATTACH '/tmp/other.db' AS other",
        "SELECT load_extension('x')",
        "WITH a AS (SELECT 1) INSERT INTO outbox SELECT 1, '' FROM a",
        "SELEKT",
        "",
    ],
)
def test_whatever_is_asked_changes_nothing_and_shows_nothing_sealed(
    unit: Path, sql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (unit / "unit.db").read_bytes()
    assert main(["db", "query", sql]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err
    assert (unit / "unit.db").read_bytes() == before
    assert Outbox(connect(unit), SystemClock()).backlog() == 3


def test_a_sealed_column_is_named_and_not_shown(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "rows", "person_card"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["sealed"] == "sealed"
    assert "Ánh" not in out


def test_a_missing_table_and_a_damaged_database_are_said(unit: Path) -> None:
    def asked(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "edge", "db", *arguments], capture_output=True, text=True, check=False
        )

    missing = asked("rows", "ghosts")
    assert (missing.returncode, "there are" in missing.stderr) == (1, True)
    for file in unit.glob("unit.db*"):
        file.unlink()
    (unit / "unit.db").write_bytes(b"no database at all" * 100)
    damaged = asked("tables")
    assert (damaged.returncode, "salvage" in damaged.stderr) == (1, True)
