"""What waits on the kiosk's disk is noise to whoever takes the disk without the key, and whole after any crash."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.errors import Misconfigured
from enroll.kiosk.waiting import Taken, Waiting
from enroll.service import View

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
TEMPLATES = np.random.default_rng(3).normal(size=(3, 128)).astype("<f2").astype(np.float32)
PUPIL, OTHER = "01990000-0000-7000-8000-000000000001", "01990000-0000-7000-8000-000000000002"


def taken(pupil: str = PUPIL) -> Taken:
    return Taken.of(pupil, [View("m", 0.8, one) for one in TEMPLATES], taken_at=NOW)


def test_what_was_taken_comes_back_as_it_was_also_after_a_restart(tmp_path: Path) -> None:
    Waiting(tmp_path).put(taken())
    (found,), damaged = Waiting(tmp_path).all()
    assert (found, damaged) == (taken(), [])
    for view, template in zip(found.as_views(), TEMPLATES, strict=True):
        assert np.array_equal(view.template, template)


def test_a_later_capture_of_the_same_pupil_replaces_the_first(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path)
    waiting.put(taken())
    waiting.put(taken().model_copy(update={"decided": True}))
    assert [one.decided for one in waiting.all()[0]] == [True]
    assert waiting.drop(PUPIL)
    assert not waiting.drop(PUPIL)
    assert waiting.all() == ([], [])


def test_the_disk_shows_neither_template_nor_pupil(tmp_path: Path) -> None:
    Waiting(tmp_path).put(taken())
    disk = b"".join(file.read_bytes() for file in (tmp_path / "waiting").iterdir())
    assert TEMPLATES[0].astype("<f2").tobytes()[:16] not in disk
    assert PUPIL.encode() not in disk


def test_a_file_that_does_not_open_is_counted_and_the_others_go_on(tmp_path: Path) -> None:
    waiting = Waiting(tmp_path)
    waiting.put(taken())
    waiting.put(taken(OTHER))
    first, second = sorted((tmp_path / "waiting").iterdir())
    kept = second.read_bytes()
    first.write_bytes(first.read_bytes()[:-3])
    found, damaged = waiting.all()
    assert (len(found), [one.name for one in damaged]) == (1, [first.name])
    first.write_bytes(kept)  # another pupil's file under this pupil's name
    assert len(waiting.all()[1]) == 1


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    Waiting(tmp_path).put(taken())
    (tmp_path / "roster.key").unlink()
    found, damaged = Waiting(tmp_path).all()
    assert (found, len(damaged)) == ([], 1)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="data_dir"):
        Waiting(tmp_path / "file")
