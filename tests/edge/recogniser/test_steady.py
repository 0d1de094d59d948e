"""Whoever runs for years must not need more and more: memory, frames and threads over a few thousand frames."""

import gc
import threading
import tracemalloc
from collections.abc import Generator, Sequence
from pathlib import Path

import edge
from edge.frame import Frame
from edge.recogniser.loop import Present
from edge.recogniser.workers import ROOM_FRAMES, ROOM_GLIMPSES, recognise_live
from edge.vision.attention import Attention
from tests.edge.recogniser.scripted import RULES, Scene, Seen, gallery_of

FRAMES = 2400
WARM = 800
"""Longer than whoever has passed is remembered."""
ALLOWED_BYTES = 20_000
"""A reference and a box a frame would be twenty times as much."""


def edges_own_bytes() -> int:
    """Held by what the code of `edge` has allocated."""
    gc.collect()
    ours = tracemalloc.Filter(inclusive=True, filename_pattern=str(Path(edge.__file__).parent / "*"))
    return sum(one.size for one in tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename"))


def test_passing_people_leave_nothing_behind():
    """Known and unknown ones, one every two seconds, seen through the threads of a camera."""
    scene = Scene(
        [[Seen(frame // 20 % 90, 100.0 + 3 * (frame % 20))] if frame % 20 < 14 else [] for frame in range(FRAMES)]
    )
    pipeline = scene.pipeline()
    pipeline.attention = Attention(scene.detect)
    gallery = gallery_of(**{f"hs-{number}": number for number in range(0, 90, 2)})
    attended = threading.Semaphore(0)
    held: dict[int, int] = {}
    alive: dict[int, int] = {}
    threads = set(threading.enumerate())

    def frames() -> Generator[Frame, None, None]:
        for frame in scene.frames():
            yield frame
            assert attended.acquire(timeout=10)

    def attend(frame: Frame, present: Sequence[Present]) -> None:
        if frame.index in (WARM, FRAMES - 1):
            held[frame.index] = edges_own_bytes()
            alive[frame.index] = sum(isinstance(one, Frame) for one in gc.get_objects())
        attended.release()

    tracemalloc.start()
    try:
        decisions = sum(1 for _ in recognise_live(frames(), lambda: None, pipeline, lambda: gallery, RULES, attend))
    finally:
        tracemalloc.stop()
    assert decisions > 30
    assert held[FRAMES - 1] - held[WARM] < ALLOWED_BYTES
    assert max(alive.values()) <= ROOM_FRAMES + ROOM_GLIMPSES + 3
    assert set(threading.enumerate()) <= threads
