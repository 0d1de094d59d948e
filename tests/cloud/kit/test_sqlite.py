"""SQLite's files stay whole: every commit on disk, and one process alone checkpoints where the version needs it."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from cloud.kit import sqlite
from cloud.kit.db import open_database
from cloud.kit.sqlite import Checkpointer, has_wal_reset_bug
from tests.services.waiting import eventually


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 46, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_the_versions_with_the_wal_reset_bug_are_known(version: tuple[int, int, int], affected: bool) -> None:
    assert has_wal_reset_bug(version) is affected


def test_every_commit_is_on_disk_and_keys_are_enforced(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/db.sqlite3")
    with database.reading() as session:
        said = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    database.close()


@pytest.mark.parametrize("affected", [True, False])
def test_commits_checkpoint_only_where_that_is_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, affected: bool
) -> None:
    monkeypatch.setattr(sqlite, "has_wal_reset_bug", lambda: affected)
    database = open_database(f"sqlite:///{tmp_path}/db.sqlite3")
    with database.reading() as session:
        assert session.scalar(text("PRAGMA wal_autocheckpoint")) == (0 if affected else 1000)
    database.close()


def test_with_an_affected_version_one_checkpointer_works_and_the_next_one_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sqlite, "has_wal_reset_bug", lambda: True)
    monkeypatch.setattr(sqlite, "CHECKPOINT_EVERY_S", 0.05)
    caplog.set_level("INFO")
    file = tmp_path / "db.sqlite3"
    writer = sqlite3.connect(file, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0", "CREATE TABLE t (n)"):
        writer.execute(statement)

    def checkpointed() -> bool:
        """Whether what was just written has left the log for the database itself."""
        before = file.read_bytes()
        writer.execute("INSERT INTO t VALUES (randomblob(5000))")
        return bool(eventually(lambda: file.read_bytes() != before))

    first, second = Checkpointer(file), Checkpointer(file)
    first.start()
    assert checkpointed()
    second.start()
    assert checkpointed()
    assert caplog.text.count("this process checkpoints") == 1
    first.stop()
    eventually(lambda: caplog.text.count("this process checkpoints") == 2)
    assert checkpointed()
    second.stop()
    writer.close()
    assert "has the WAL-reset bug" in caplog.text


def test_with_a_sound_version_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "has_wal_reset_bug", lambda: False)
    keeper = Checkpointer(tmp_path / "db.sqlite3")
    keeper.start()
    keeper.stop()
    assert list(tmp_path.iterdir()) == []
