import subprocess
import sys
from pathlib import Path

import pytest

from edge.errors import Misconfigured
from edge.store import db


@pytest.mark.parametrize("version", ["3.51.3", "3.51.10", "3.54.1", "4.0.0", "3.50.7", "3.44.6"])
def test_an_sqlite_without_the_wal_reset_bug_is_accepted(version: str):
    assert not db.has_wal_reset_bug(version)


@pytest.mark.parametrize("version", ["3.40.1", "3.44.5", "3.45.9", "3.50.6", "3.51.2", "3.51.0"])
def test_an_sqlite_with_the_wal_reset_bug_is_refused(version: str):
    assert db.has_wal_reset_bug(version)


def test_the_refusal_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(db.apsw, "sqlite_lib_version", lambda: "3.40.1")
    with pytest.raises(Misconfigured, match=r"SQLite 3\.40\.1 .* Install apsw from PyPI"):
        db.connect(tmp_path)


def test_commits_are_durable(tmp_path: Path):
    connection = db.connect(tmp_path)
    full = 2
    assert (connection.pragma("journal_mode"), connection.pragma("synchronous")) == ("wal", full)


def test_a_newer_database_is_not_touched_by_older_software(tmp_path: Path):
    db.connect(tmp_path).pragma("user_version", 99)
    with pytest.raises(Misconfigured, match="written by newer software"):
        db.connect(tmp_path)


def test_a_file_that_is_no_database_is_said_and_kept(tmp_path: Path):
    (tmp_path / db.FILE_NAME).write_bytes(b"scrambled" * 1000)
    with pytest.raises(Misconfigured, match="damaged"):
        db.connect(tmp_path)
    assert (tmp_path / db.FILE_NAME).read_bytes().startswith(b"scrambled")


def test_a_data_dir_that_cannot_be_made_is_said():
    with pytest.raises(Misconfigured, match="Check data_dir"):
        db.connect(Path("/proc/nowhere"))


def test_two_processes_may_open_a_new_database_at_the_same_moment(tmp_path: Path):
    program = "import sys, pathlib; from edge.store.db import connect; connect(pathlib.Path(sys.argv[1]))"
    both = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(4)]
    assert [process.wait() for process in both] == [0, 0, 0, 0]
