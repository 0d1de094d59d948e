"""Does a recogniser that runs for long need more and more? A clip again and again, as fast as it goes.

The process is a real `diemdanh-edge run`, with its outbox. The last line is JSON:

hours_at_10_fps         how many hours of a camera with 10 pictures a second the frames are
rss_mb                  memory at the end
rss_slope_mb_per_hour   how much more in an hour of such a camera, by least squares, the first fifth left out
handles_slope_per_hour  the same for open handles
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from edge.vision.model_store import ModelStore
from scripts.bench_parts.clips import reference_clips
from scripts.bench_parts.steady import slope, watch

HOUR = 36_000
"""Frames of an hour at 10 a second."""


def main() -> int:
    parser = argparse.ArgumentParser("scripts/bench steadiness", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--clip", type=Path, help="a video; default: one of DIEMDANH_MEDIA_PATH")
    args = parser.parse_args()
    clip = args.clip or reference_clips(None)[0]
    ModelStore.of_this_machine().pull()
    # Into a file: a pipe that nobody reads would hold the recogniser up as soon as it is full.
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "edge", "run", "--source", str(clip), "--pace", "fast", "--json"],
            env={**os.environ, "DIEMDANH_EDGE_DATA_DIR": folder},
            stdout=told,
            text=True,
        )
        samples = watch(process, 60 * args.minutes)
        process.send_signal(signal.SIGTERM)
        process.wait()
        told.seek(0)
        written = told.read().splitlines()
    if process.returncode != 0 or len(samples) < 10:
        sys.exit("the recogniser ended early: see above, and give it more time")
    frames = json.loads(written[-1])["frames"]
    hours = frames / HOUR
    at = [hours * sample.at_s / samples[-1].at_s for sample in samples]
    result = {
        "frames": frames,
        "hours_at_10_fps": round(hours, 2),
        "events": len(written) - 1,
        "rss_mb": round(samples[-1].rss_mb, 1),
        "rss_slope_mb_per_hour": round(slope(at, [sample.rss_mb for sample in samples]), 2),
        "handles": samples[-1].handles,
        "handles_slope_per_hour": round(slope(at, [float(sample.handles) for sample in samples]), 3),
        "threads": samples[-1].threads,
    }
    for name, value in result.items():
        print(f"{name.replace('_', ' '):24} {value}")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
