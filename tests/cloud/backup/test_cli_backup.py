"""The commands, from a school to the same school on another machine."""

from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST
from fastapi.testclient import TestClient

from cloud.__main__ import main
from cloud.kit.db import Database, open_database
from cloud.main import create_app
from cloud.settings import CloudSettings
from tests.cloud.pages.people import PASSWORD, furnish
from tests.cloud.small_school import MORNING


def test_a_school_comes_back_on_another_machine(
    database: Database,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(*arguments: str, expect: int = 0) -> tuple[str, str]:
        assert main(arguments) == expect
        said = capsys.readouterr()
        return said.out.strip(), said.err

    furnish(database)
    key, there = str(tmp_path / "backup.key"), f"sqlite:///{tmp_path}/there.sqlite3"
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", database_url)
    monkeypatch.setenv("DIEMDANH_CLOUD_KEYRING_URL", f"sqlite:///{tmp_path}/keys.sqlite3")
    public, _ = run("backup-key", key)
    file, _ = run("backup", str(tmp_path), "--for", public, "--keep", "1")
    assert "no keyring yet" in run("backup", str(tmp_path), "--for", public, "--keyring", str(tmp_path), expect=1)[1]
    assert "No such file" in run("backup", str(tmp_path / "nowhere"), "--unencrypted", expect=1)[1]
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", there)
    assert "rows, whole" in run("restore", file, "--key", key, "--check")[1]
    assert not (tmp_path / "there.sqlite3").exists()
    assert "Restored." in run("restore", file, "--key", key)[1]
    assert "--replace" in run("restore", file, "--key", key, expect=1)[1]
    restored = open_database(there)
    ours, theirs = (_morning(one) for one in (database, restored))
    restored.close()
    assert ours == theirs
    assert "1A" in ours


def _morning(database: Database) -> str:
    """The school's page, as its administrator sees it."""
    app = create_app(CloudSettings(), database, clock=lambda: MORNING, password_parameters=CHEAPEST)
    with TestClient(app, headers={"accept": "text/html"}) as browser:
        browser.post("/login", data={"login": "alice", "password": PASSWORD})
        page = browser.get("/schools/a")
    assert page.status_code == 200
    return page.text
