"""What the networks are shown. How well they tell pictures from faces: evaluation/test_attacks.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import EdgeError
from edge.vision.liveness import MiniFasNet, Scaled, crop_around
from edge.vision.load import load_liveness
from edge.vision.runtime import Tensor
from edge.vision.types import Box, Face
from tests.edge.vision.faces import FEMALE, MALE, clip

POINTS = np.zeros((5, 2), np.float32)
frames = st.tuples(st.integers(2, 4000), st.integers(2, 4000))
places = st.floats(-500, 4500)
sizes = st.floats(0, 3000)


def as_upstream_does(box: Box, width: int, height: int, scale: float) -> tuple[int, int, int, int]:
    """`CropImage._get_new_box` of Silent-Face-Anti-Spoofing, its last two made exclusive."""
    scale = min((height - 1) / box.height, (width - 1) / box.width, scale)
    new_width, new_height = box.width * scale, box.height * scale
    x, y = box.x + box.width / 2, box.y + box.height / 2
    left, top, right, bottom = x - new_width / 2, y - new_height / 2, x + new_width / 2, y + new_height / 2
    if left < 0:
        right, left = right - left, 0
    if top < 0:
        bottom, top = bottom - top, 0
    if right > width - 1:
        left, right = left - (right - width + 1), width - 1
    if bottom > height - 1:
        top, bottom = top - (bottom - height + 1), height - 1
    return int(left), int(top), int(right) + 1, int(bottom) + 1


@given(frames, st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0.02, 0.6), st.floats(0.02, 0.6), st.floats(0.5, 5))
def test_the_crop_is_upstreams(frame, x, y, width, height, scale):
    size = np.array(frame)
    box = Box(x * size[0], y * size[1], max(1.0, width * size[0]), max(1.0, height * size[1]))
    found, expected = crop_around(box, *frame, scale), as_upstream_does(box, *frame, scale)
    # Rounding of the last bit may move a whole pixel.
    assert np.abs(np.subtract(found, expected)).max() <= 1


@given(frames, places, places, sizes, sizes, st.floats(0.1, 10))
def test_whatever_the_box_the_crop_lies_inside_the_frame_and_is_not_empty(frame, x, y, width, height, scale):
    left, top, right, bottom = crop_around(Box(x, y, width, height), *frame, scale)
    assert 0 <= left < right <= frame[0]
    assert 0 <= top < bottom <= frame[1]


def test_a_crop_at_the_edge_is_shifted_and_keeps_its_size():
    free = crop_around(Box(300, 200, 40, 60), 640, 480, 2.0)
    shifted = crop_around(Box(0, 420, 40, 60), 640, 480, 2.0)
    assert free == (280, 170, 361, 291)
    assert shifted == (0, 359, 81, 480)


class Says:
    """A network that notes what it is shown and always answers the same."""

    def __init__(self, *logits: float) -> None:
        self.logits = np.array([logits], np.float32)
        self.shown: list[Tensor] = []

    def run(self, value: Tensor) -> dict[str, Tensor]:
        self.shown.append(value)
        return {"logits": self.logits}


def test_the_networks_see_bgr_undivided_and_their_mean_counts():
    image = np.full((200, 300, 3), (10, 120, 250), np.uint8)
    sure, unsure = Says(0, 50, 0), Says(0, 0, 0)
    judge = MiniFasNet([Scaled(sure, 2.7, 80), Scaled(unsure, 4.0, 40)])
    assert judge.score(image, Face(Box(100, 60, 50, 70), 0.9, POINTS)) == pytest.approx((1 + 1 / 3) / 2)
    assert [network.shown[0].shape for network in (sure, unsure)] == [(1, 3, 80, 80), (1, 3, 40, 40)]
    assert sure.shown[0].dtype == np.float32
    assert sure.shown[0][0, :, 0, 0].tolist() == [10, 120, 250]


@pytest.fixture(scope="module")
def judge(store) -> MiniFasNet:
    try:
        store.pull(["minifasnet-v2", "minifasnet-v1se"])
    except EdgeError as error:
        pytest.skip(f"the networks for liveness cannot be had here: {error}")
    return load_liveness(store)


@pytest.mark.media
@pytest.mark.parametrize("name", [FEMALE, MALE])
def test_a_living_face_passes(media, pipeline, judge, name):
    scores = [
        judge.score(frame.image, face) for frame in clip(media, name)[::6] for face in pipeline.detect(frame.image)[:1]
    ]
    assert np.median(scores) > 0.9
