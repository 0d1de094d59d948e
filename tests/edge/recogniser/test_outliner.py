"""What whoever stands at the gate is asked to do."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.clock import SystemClock
from edge.recogniser.outliner import EVERY_S, HINTS, Outliner
from edge.store.live import Hint, LiveBoard
from edge.vision.quality import Weakness
from edge.vision.types import Box, Face

SCRIPT = Path(__file__).parents[3] / "edge" / "panel" / "static" / "panel.js"
FRONTAL = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


class Hands(SystemClock):
    """Time for one more outline has always passed."""

    now_s = 0.0

    def monotonic_s(self) -> float:
        self.now_s += EVERY_S
        return self.now_s


def face(side: float, x: float = 20.0, nose: float = 0.5) -> Face:
    points = FRONTAL.copy()
    points[2, 0] = nose
    return Face(Box(x, 20.0, side, side), 0.9, points * np.float32(side) + np.array([x, 20.0], np.float32))


@pytest.fixture
def picture() -> np.ndarray:
    noise = np.random.default_rng(3).integers(60, 200, (70, 70, 3), np.uint8)
    return cv2.resize(noise, (280, 280), interpolation=cv2.INTER_NEAREST)


def hints(tmp_path: Path, *shown: tuple[np.ndarray, list[Face]]) -> list[Hint | None]:
    board, clock = LiveBoard(tmp_path), SystemClock()
    outliner = Outliner(board, Hands(), min_face_px=40)
    found = []
    for image, faces in shown:
        outliner(image, faces)
        found.append(board._connection.execute("SELECT hint FROM live").get)
    assert clock.reading()
    return [Hint(one) if one else None for one in found]


def test_the_nearest_face_decides_what_is_asked(tmp_path: Path, picture: np.ndarray):
    assert hints(
        tmp_path,
        (picture, [face(100)]),
        (picture, [face(30)]),
        (picture, [face(30, x=200), face(100)]),
        (picture, [face(45)]),
        (picture, [face(100, nose=0.32)]),
        (picture, [face(100, x=-40)]),
        ((picture * 0.1).astype(np.uint8), [face(100)]),
        (picture, []),
    ) == [
        None, Hint.COME_CLOSER, None, None, Hint.LOOK_HERE, Hint.STAND_IN_VIEW, Hint.MORE_LIGHT, None,
    ]  # fmt: skip


def test_everything_that_spoils_a_shot_has_a_hint_and_every_hint_words():
    assert set(HINTS) == set(Weakness)
    words = set(re.findall(r'^  (\w+): \["[^"]+", "[^"]+"\],$', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE))
    assert {hint.value for hint in Hint} <= words


def test_boxes_that_are_none_do_not_stop_it(tmp_path: Path, picture: np.ndarray):
    odd = [face(0), face(-5), face(float("nan")), face(50, x=5000)]
    hints(tmp_path, *[(picture, [one]) for one in odd], (picture[:1, :1], [face(100)]))
