"""What is kept besides events is bounded while there is room, and what has become of the disk is said."""

import os
import subprocess
from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.contract import CameraState
from edge.store import uplink_signs, vital_signs
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.reserve import ROOM_FACTOR, SIZE_BYTES, DiskState, Reserve, disk_state
from edge.store.vital_signs import VitalSigns
from tests.edge.sightings import record


def rows(database: apsw.Connection, table: str) -> int:
    count = database.execute(f"SELECT count(*) FROM {table}").get
    assert isinstance(count, int)
    return count


def test_telemetry_keeps_no_history_and_events_are_never_evicted(tmp_path: Path) -> None:
    database, clock = connect(tmp_path), SystemClock()
    record(Outbox(database, clock), 200)
    for beat in range(200):
        vital_signs.write(database, VitalSigns(CameraState.OK, float(beat)), clock)
        uplink_signs.write(database, "mqtt", clock)
    assert {table: rows(database, table) for table in ("vital_signs", "uplink_signs", "recent", "outbox")} == {
        "vital_signs": 1,
        "uplink_signs": 1,
        "recent": 50,
        "outbox": 200,
    }


def test_a_disk_is_full_when_the_reserve_is_gone_and_cannot_come_back(tmp_path: Path) -> None:
    little, enough = ROOM_FACTOR * SIZE_BYTES - 1, ROOM_FACTOR * SIZE_BYTES
    assert disk_state(tmp_path, free_bytes=enough) is DiskState.OK
    assert disk_state(tmp_path, free_bytes=little) is DiskState.FULL
    assert Reserve(tmp_path, 4096).lay()
    assert disk_state(tmp_path, free_bytes=little) is DiskState.OK
    assert Reserve(tmp_path).give_up()
    assert disk_state(tmp_path, free_bytes=little) is DiskState.FULL


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_card_that_has_turned_read_only_is_said_to_be_one(tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    if subprocess.run(["mount", "--bind", str(card), str(card)], check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(card)], check=True)
        assert disk_state(card) is DiskState.READ_ONLY
    finally:
        subprocess.run(["umount", str(card)], check=True)
