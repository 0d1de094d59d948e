"""Kept enrolment crops: sealed, bound to their person, gone with the person or with the next enrolment."""

from datetime import UTC, datetime
from pathlib import Path

import apsw
import numpy as np
import pytest

from edge.store.budget import budget
from edge.store.crops import BYTES_PER_CROP, Crop, Crops, crops_kept, erase_all_crops, room_for_crops
from edge.store.roster import Enrolled, Roster

KEY = bytes(range(32))
PICTURE = b"the face of a child" * 100
AT = datetime(2026, 9, 7, tzinfo=UTC)


def enrolled(person: str, model: str = "old") -> Enrolled:
    return Enrolled(person, np.ones(64, np.float32), model, 0.9)


@pytest.fixture
def roster(database: apsw.Connection) -> Roster:
    """Two people, with two crops and one."""
    roster = Roster(database, KEY)
    kept = [Crop(person, 0.8, PICTURE, AT) for person in ("hs-1", "hs-1", "hs-2")]
    roster.replace({"hs-1": [enrolled("hs-1")], "hs-2": [enrolled("hs-2")]}, kept)
    return roster


def test_crops_are_sealed_and_open_for_their_own_person_alone(
    roster: Roster, database: apsw.Connection, tmp_path: Path
):
    crops = Crops(database, KEY)
    opened = crops.opened(1)
    assert opened is not None
    assert (opened.person, opened.quality, opened.content) == ("hs-1", 0.8, PICTURE)
    assert all(b"face of a child" not in file.read_bytes() for file in tmp_path.glob("unit.db*"))
    assert Crops(database, bytes(32)).opened(1) is None
    database.execute("UPDATE crop SET person = 'hs-2' WHERE id = 1")
    assert crops.opened(1) is None
    assert crops.opened(99) is None


def test_crops_go_with_their_person_and_with_a_new_enrolment(roster: Roster, database: apsw.Connection):
    roster.replace({"hs-1": []})
    assert crops_kept(database) == 1
    roster.replace({"hs-2": [enrolled("hs-2")]})
    assert crops_kept(database) == 0


def test_all_go_when_they_are_no_longer_to_be_kept(roster: Roster, database: apsw.Connection):
    erase_all_crops(database)
    assert crops_kept(database) == 0
    assert len(roster.templates("old")) == 2


def test_a_template_of_a_crop_is_made_once_and_of_nobody_who_has_left(roster: Roster, database: apsw.Connection):
    crops = Crops(database, KEY)
    assert crops.pending("new") == [1, 2, 3]
    assert roster.add_of_crop(1, enrolled("hs-1", "new"))
    assert not roster.add_of_crop(1, enrolled("hs-1", "new"))
    roster.replace({"hs-2": []})
    assert not roster.add_of_crop(3, enrolled("hs-2", "new"))
    assert crops.pending("new") == [2]
    # Whoever the embedder knows by an enrolment of its own needs no crop.
    roster.replace({"hs-1": [enrolled("hs-1"), enrolled("hs-1", "new")]}, [Crop("hs-1", 0.8, PICTURE, AT)])
    assert (crops.pending("new"), crops.pending("old")) == ([], [])
    assert [one.person for one in roster.templates("new")] == ["hs-1"]


def test_the_budget_keeps_room_for_the_crops_to_come(roster: Roster, database: apsw.Connection, tmp_path: Path):
    assert room_for_crops(database) == 3 * BYTES_PER_CROP
    a_gigabyte = budget(tmp_path, free_bytes=2**30)
    crowded = budget(tmp_path, free_bytes=2**30, crop_bytes=2000 * 3 * BYTES_PER_CROP)
    assert crowded.days_left < a_gigabyte.days_left
    erase_all_crops(database)
    assert room_for_crops(database) == 0


def test_a_crop_weighs_no_more_than_the_budget_says(database: apsw.Connection, tmp_path: Path):
    largest = np.random.default_rng(1).bytes(64 * 2**10)
    with database:
        Crops(database, KEY).put_within(Crop(f"hs-{n}", 0.8, largest, AT) for n in range(100))
    database.pragma("wal_checkpoint(TRUNCATE)")
    assert (tmp_path / "unit.db").stat().st_size / 100 <= BYTES_PER_CROP
