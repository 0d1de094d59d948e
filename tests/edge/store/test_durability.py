"""kill -9 at any moment: what was said to be written is there, once."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.clock import SystemClock
from edge.store.db import connect
from edge.store.outbox import Outbox

WRITER = """
import sys
from pathlib import Path
from edge.clock import SystemClock
from edge.store.db import connect
from edge.store.outbox import Outbox
from tests.edge.sightings import sighting_of

outbox = Outbox(connect(Path(sys.argv[1])), SystemClock())
while True:
    print(outbox.append(sighting_of("hs-1")).seq, flush=True)
"""


@pytest.mark.chaos
def test_every_seq_that_was_told_is_in_the_file_after_kill_9(tmp_path: Path):
    root = Path(__file__).parents[3]
    chance = random.Random(7)
    told: list[int] = []
    for _ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert writer.stdout is not None
        wanted = chance.randrange(1, 300)
        for line in writer.stdout:
            told.append(int(line))
            wanted -= 1
            if wanted == 0:
                writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    kept = [
        sighting.seq for sighting in Outbox(connect(tmp_path), SystemClock()).read(after=0, upto=2**62, limit=10**6)
    ]
    assert set(told) <= set(kept)
    assert kept == sorted(set(kept))
    assert told == sorted(set(told))
