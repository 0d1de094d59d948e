from pathlib import Path

import apsw
import numpy as np
import pytest

from edge.errors import Misconfigured
from edge.store import key_file
from edge.store.db import FILE_NAME, changed, connect
from edge.store.roster import Enrolled, Roster, people_known


@pytest.fixture
def roster(database: apsw.Connection, tmp_path: Path) -> Roster:
    return Roster(database, key_file.read_or_make_key(tmp_path))


def enrolled(person: str, seed: int = 1, model: str = "55533b28") -> Enrolled:
    return Enrolled(person, np.random.default_rng(seed).normal(0, 0.1, 128).astype(np.float32), model, 0.9)


def test_templates_come_back_as_they_were_to_half_precision(roster: Roster):
    given = enrolled("hs-1")
    roster.replace({"hs-1": [given]})
    (back,) = roster.templates("55533b28")
    assert (back.person, back.quality, back.template.dtype.name) == ("hs-1", 0.9, "float32")
    assert np.linalg.norm(back.template - given.template) < 1e-3


def test_replacing_a_person_leaves_the_others_and_raises_the_version(roster: Roster, database: apsw.Connection):
    first = roster.replace({"hs-1": [enrolled("hs-1", 1), enrolled("hs-1", 2)], "hs-2": [enrolled("hs-2", 3)]})
    second = roster.replace({"hs-1": [enrolled("hs-1", 4)]})
    assert [one.person for one in roster.templates("55533b28")] == ["hs-1", "hs-2"]
    assert second > first
    assert people_known(database) == 2


def test_a_person_who_is_taken_off_is_gone(roster: Roster, database: apsw.Connection):
    roster.replace({"hs-1": [enrolled("hs-1")]})
    roster.replace({"hs-1": []})
    assert (roster.templates("55533b28"), people_known(database)) == ([], 0)


def test_templates_of_another_embedder_are_not_mixed_in(roster: Roster):
    roster.replace({"hs-1": [enrolled("hs-1", model="old")], "hs-2": [enrolled("hs-2")]})
    assert [one.person for one in roster.templates("55533b28")] == ["hs-2"]
    assert roster.models() == {"old": 1, "55533b28": 1}


def test_the_recogniser_notices_a_change_by_another_process(roster: Roster, tmp_path: Path):
    connection = connect(tmp_path)
    reader = Roster(connection, key_file.read_or_make_key(tmp_path))
    before = (changed(connection), reader.version())
    roster.replace({"hs-1": [enrolled("hs-1")]})
    assert (changed(connection) != before[0], reader.version() > before[1]) == (True, True)


def test_nothing_of_a_template_can_be_read_in_the_file(roster: Roster, database: apsw.Connection, tmp_path: Path):
    given = enrolled("hs-1")
    roster.replace({"hs-1": [given]})
    database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    content = (tmp_path / FILE_NAME).read_bytes()
    assert given.template.astype("<f2").tobytes()[:8] not in content
    assert given.template.tobytes()[:8] not in content


def test_a_row_given_to_somebody_else_is_left_out_and_the_others_stay(
    roster: Roster, database: apsw.Connection, caplog: pytest.LogCaptureFixture
):
    roster.replace({"hs-1": [enrolled("hs-1")], "hs-2": [enrolled("hs-2")]})
    database.execute("UPDATE template SET person = 'hs-3' WHERE person = 'hs-1'")
    assert [one.person for one in roster.templates("55533b28")] == ["hs-2"]
    assert "templates left out count=1" in caplog.text


def test_with_another_key_nothing_opens(roster: Roster, database: apsw.Connection):
    roster.replace({"hs-1": [enrolled("hs-1")]})
    assert Roster(database, bytes(32)).templates("55533b28") == []


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path):
    key = key_file.read_or_make_key(tmp_path)
    assert len(key) == 32
    assert key_file.read_or_make_key(tmp_path) == key
    assert (tmp_path / key_file.FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / key_file.FILE_NAME]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path):
    key_file.read_or_make_key(tmp_path)
    (tmp_path / key_file.FILE_NAME).chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        key_file.read_or_make_key(tmp_path)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path):
    (tmp_path / key_file.FILE_NAME).write_bytes(b"short")
    (tmp_path / key_file.FILE_NAME).chmod(0o600)
    with pytest.raises(Misconfigured, match="not a key of 32 bytes"):
        key_file.read_or_make_key(tmp_path)
