"""A damaged database does not stop a gate, and what can be read is not lost."""

import os
import random
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.errors import Misconfigured
from edge.store import held
from edge.store.db import FILE_NAME, Replaced, connect, transaction
from edge.store.outbox import Outbox
from edge.store.recovery import ensure_whole
from tests.edge.sightings import record


def filled(data_dir: Path, count: int = 500) -> list[int]:
    """A closed database with `count` events; their seqs."""
    connection = connect(data_dir)
    outbox = Outbox(connection, SystemClock())
    with transaction(connection):
        connection.execute("INSERT INTO credential VALUES ('card', '04AABB', 'hs-1')")
    held.hold(connection, "hs-2", SystemClock())
    seqs = record(outbox, count)
    connection.pragma("wal_checkpoint(TRUNCATE)")
    connection.close()
    return seqs


def events(data_dir: Path) -> list[int]:
    outbox = Outbox(connect(data_dir), SystemClock())
    return [sighting.seq for sighting in outbox.read(after=0, upto=2**62, limit=10**6)]


def test_a_whole_database_is_left_alone(tmp_path: Path) -> None:
    seqs = filled(tmp_path)
    assert ensure_whole(tmp_path) is None
    assert events(tmp_path) == seqs


def test_a_new_unit_has_nothing_to_be_checked(tmp_path: Path) -> None:
    assert ensure_whole(tmp_path / "new") is None


def test_a_page_in_the_middle_is_lost_and_both_ends_are_saved(tmp_path: Path) -> None:
    seqs = filled(tmp_path)
    _spoil_a_leaf_of_the_outbox(tmp_path / FILE_NAME)
    carried = ensure_whole(tmp_path)
    kept = events(tmp_path)
    assert carried is not None
    assert len(seqs) - 30 < len(kept) < len(seqs)
    assert (kept[0], kept[-1]) == (seqs[0], seqs[-1])
    assert ensure_whole(tmp_path) is None


def test_what_was_enrolled_and_tapped_here_is_carried_over_and_no_seq_is_given_twice(tmp_path: Path) -> None:
    seqs = filled(tmp_path)
    _spoil_a_leaf_of_the_outbox(tmp_path / FILE_NAME)
    ensure_whole(tmp_path)
    connection = connect(tmp_path)
    assert connection.execute("SELECT person FROM credential").get == "hs-1"
    assert [one.person for one in held.waiting(connection, SystemClock())] == ["hs-2"]
    assert record(Outbox(connection, SystemClock()), 1)[0] > seqs[-1]


def test_the_damaged_file_is_kept_for_a_person(tmp_path: Path) -> None:
    filled(tmp_path)
    damaged = b"lightning struck here" * 1000
    (tmp_path / FILE_NAME).write_bytes(damaged)
    assert ensure_whole(tmp_path) == 0
    (aside,) = tmp_path.glob("unit.db.damaged-*")
    assert aside.read_bytes() == damaged
    assert events(tmp_path) == []


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_damaged_the_service_starts_and_records(tmp_path: Path, seed: int) -> None:
    filled(tmp_path, 200)
    chance = random.Random(seed)
    content = bytearray((tmp_path / FILE_NAME).read_bytes())
    for _ in range(chance.randrange(1, 6)):
        start = chance.randrange(0, len(content))
        length = chance.randrange(1, 5000)
        content[start : start + length] = chance.randbytes(len(content[start : start + length]))
    (tmp_path / FILE_NAME).write_bytes(content[: chance.choice([len(content), len(content) // 2 + 1])])
    ensure_whole(tmp_path)
    assert len(record(Outbox(connect(tmp_path), SystemClock()), 3)) == 3


def test_a_service_that_still_has_the_damaged_file_open_says_so_and_promises_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    late = Outbox(connect(tmp_path), SystemClock())
    _spoil_a_leaf_of_the_outbox(tmp_path / FILE_NAME)
    ensure_whole(tmp_path)
    with pytest.raises((Replaced, apsw.CorruptError)):
        record(late, 1)


def test_services_that_start_together_salvage_once(tmp_path: Path) -> None:
    filled(tmp_path)
    _spoil_a_leaf_of_the_outbox(tmp_path / FILE_NAME)
    code = "import sys, pathlib, edge.store.recovery as r; r.ensure_whole(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(tmp_path)]
    together = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(60) for process in together] == [0, 0, 0]
    assert len(list(tmp_path.glob("unit.db.damaged-????????"))) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_read_only_card_is_said_to_be_one(tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    filled(card, 5)
    if subprocess.run(["mount", "--bind", str(card), str(card)], check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us mount")
    subprocess.run(["mount", "-o", "remount,ro,bind", str(card)], check=True)
    try:
        with pytest.raises(Misconfigured, match=r"cannot be (written|opened)"):
            ensure_whole(card)
    finally:
        subprocess.run(["umount", str(card)], check=True)


def _spoil_a_leaf_of_the_outbox(path: Path) -> None:
    """Random bytes over a page that holds events only, as a worn-out card gives them back."""
    content = bytearray(path.read_bytes())
    page = 4096
    leaves = [number for number in range(1, len(content) // page) if content[number * page] == 0x0D
              and content[number * page : (number + 1) * page].count(b'"outcome"') > 5]  # fmt: skip
    spoilt = leaves[len(leaves) // 2]
    content[spoilt * page : (spoilt + 1) * page] = random.Random(3).randbytes(page)
    path.write_bytes(content)
