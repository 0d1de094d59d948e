"""A disk that is really full: a tmpfs of 32 MB in a mount namespace of its own, and a recorder on it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from edge.clock import SystemClock
from edge.errors import Unavailable
from edge.hardware.fake import FakeIndicator
from edge.hardware.ports import Signal
from edge.recogniser.feedback import Feedback
from edge.recogniser.record import Recorder
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.reserve import Reserve
from tests.edge.recogniser.test_record import SEEN

ENOUGH = 50_000
"""More events than fit."""


def test_what_the_disk_did_not_take_is_written_with_its_own_time_when_there_is_room(tmp_path: Path) -> None:
    connection, clock, indicator = connect(tmp_path), SystemClock(), FakeIndicator()
    outbox = Outbox(connection, clock)
    recorder = Recorder(outbox, Feedback([indicator]), clock, None)
    other = connect(tmp_path)
    other.execute("BEGIN IMMEDIATE")
    connection.set_busy_timeout(0)
    now_s = clock.monotonic_s()
    for person in ("hs-1", "hs-2"):
        assert recorder.record(replace(SEEN, person=person, captured_s=now_s - 60)) is None
    assert indicator.shown == [Signal.REFUSE, Signal.REFUSE]
    with pytest.raises(Unavailable):
        recorder.catch_up()
    other.execute("ROLLBACK")
    recorded = recorder.record(replace(SEEN, person="hs-3", captured_s=now_s))
    assert recorded is not None
    written = outbox.read(after=0, upto=2**62, limit=9)
    assert [one.person for one in written] == ["hs-1", "hs-2", "hs-3"]
    assert (written[2].captured_at - written[0].captured_at).total_seconds() > 59
    recorder.catch_up()
    assert outbox.backlog() == 3


def on_a_full_disk(folder: Path) -> dict[str, object]:
    """Fill it, go on until the reserve is used up too, make room, and go on."""
    connection, clock, indicator = connect(folder), SystemClock(), FakeIndicator()
    outbox, reserve = Outbox(connection, clock), Reserve(folder, 6 * 2**20)
    recorder = Recorder(outbox, Feedback([indicator]), clock, None, reserve=reserve)
    laid = reserve.lay()
    junk = folder / "pictures"
    with junk.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65_536))
        except OSError:
            pass
    before, after, refused = 0, 0, 0
    while reserve.is_there and before < ENOUGH:
        before += recorder.record(SEEN) is not None
    while not refused and after < ENOUGH:
        got = recorder.record(SEEN) is not None
        after, refused = after + got, refused + (not got)
    reserve_now = reserve.lay()
    junk.unlink()
    freed = recorder.record(SEEN) is not None
    return {
        "laid": laid, "before": before, "after": after, "refused": refused, "reserve_now": reserve_now,
        "freed": freed, "backlog": outbox.backlog(), "last": indicator.shown[-2:],
        "whole": apsw.Connection(str(folder / "unit.db")).pragma("quick_check"), "laid_again": reserve.lay(),
    }  # fmt: skip


def test_a_full_disk_takes_pictures_last_room_first_and_loses_no_event(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = f"mount -t tmpfs -o size=32m small {folder} && exec {sys.executable} -m {__name__} {folder}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", mounted], capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr:
        pytest.skip("this machine lets nobody mount: the test before this one does without")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["laid"]
    assert said["after"] > 1000
    assert (said["refused"], said["reserve_now"]) == (1, False)
    assert said["freed"]
    assert said["backlog"] == said["before"] + said["after"] + said["refused"] + 1
    assert said["last"] == ["refuse", "ok"]
    assert said["whole"] == "ok"
    assert said["laid_again"]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(on_a_full_disk(Path(sys.argv[1]))))
