"""`diemdanh-cloud school`: from an empty installation to one that somebody can set up."""

import pytest

from cloud.__main__ import main
from cloud.kit.db import Database
from cloud.school.queries import school_by_slug


def test_schools_are_made_once_each_and_listed(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", database_url)
    assert main(["school", "add", "bai-thom", "--name", "Trường  Tiểu học Bãi Thơm"]) == 0
    assert "--role administrator=bai-thom" in capsys.readouterr().err
    assert main(["school", "add", "bai-thom", "--name", "x"]) == 1
    assert "already" in capsys.readouterr().err
    for slug in ("Bãi-Thơm", "-a", "a b", "a/b"):
        assert main(["school", "add", "--name", "x", "--", slug]) == 1
    assert main(["school", "add", "an-thoi", "--name", "An Thới", "--level", "lower_secondary"]) == 0
    capsys.readouterr()
    assert main(["school", "list"]) == 0
    assert capsys.readouterr().out == "an-thoi\tlower_secondary\tAn Thới\nbai-thom\tprimary\tTrường Tiểu học Bãi Thơm\n"
    with database.reading() as session:
        assert school_by_slug(session, "bai-thom")
