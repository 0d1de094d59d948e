"""Whatever a camera gives, through every stage: a picture, or refused where frames enter; nothing falls."""

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge.errors import Rejected
from edge.hardware.pixels import Pixels
from edge.vision.pipeline import Pipeline
from edge.vision.types import Box, Face
from tests.edge.vision.faces import FEMALE, clip

SIDES = st.sampled_from([1, 2, 3, 7, 16, 33, 64, 130])
ANY = st.floats(allow_nan=False, allow_infinity=False, width=32, min_value=-1e6, max_value=1e6)


@st.composite
def frames(draw: st.DrawFn) -> NDArray[Any]:
    """Gray, colour, with alpha and with what no camera has; 8, 10 to 16 bits and floats; noise, black and white."""
    shape = (draw(SIDES), draw(SIDES), *draw(st.sampled_from([(), (1,), (2,), (3,), (4,)])))
    kind, top = draw(st.sampled_from([("u1", 256), ("u2", 1024), ("u2", 65536), ("f4", 2), ("i2", 300)]))
    if draw(st.booleans()):
        return np.full(shape, draw(st.sampled_from([0, top - 1])), kind)
    return np.random.default_rng(draw(st.integers(0, 99))).integers(0, top, shape).astype(kind)


@st.composite
def boxes(draw: st.DrawFn) -> Face:
    box = Box(draw(ANY), draw(ANY), draw(st.sampled_from([0.0, -1.0, 0.5, 30.0, 1e5])), draw(ANY))
    return Face(box, 0.9, np.array(draw(st.lists(ANY, min_size=10, max_size=10)), np.float32).reshape(5, 2))


@settings(max_examples=40, deadline=None)
@given(frames(), boxes())
def test_every_stage_takes_every_picture_and_every_box(pipeline: Pipeline, frame: NDArray[Any], odd: Face):
    try:
        image = Pixels("camera").as_bgr(frame)
    except Rejected:
        assert frame.dtype.kind != "u" or (frame.ndim == 3 and frame.shape[2] == 2)
        return
    image.flags.writeable = False
    for face in [*pipeline.detect(image), odd]:
        assert 0.0 <= pipeline.quality(image, face) <= 1.0
        assert pipeline.assess(image, face).score == pipeline.quality(image, face)


@pytest.mark.media
def test_the_same_face_is_found_whatever_the_camera_makes_of_it(media, pipeline: Pipeline):
    image = clip(media, FEMALE)[0].image
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    (as_it_is,) = pipeline.detect(image)
    for odd in (gray, gray[:, :, None], gray.astype(np.uint16) << 4, image.astype(np.uint16) << 8,
                np.dstack([image, gray])):  # fmt: skip
        (found,) = pipeline.detect(Pixels("camera").as_bgr(odd))
        assert found.box.overlap(as_it_is.box) > 0.8


@pytest.mark.media
def test_a_frame_of_8k_is_a_frame(media, pipeline: Pipeline):
    small = clip(media, FEMALE)[0].image
    image = cv2.resize(small, (7680, 4320))
    (before,), (found,) = pipeline.detect(small), pipeline.detect(image)
    across, down = 7680 / small.shape[1], 4320 / small.shape[0]
    box = Box(before.box.x * across, before.box.y * down, before.box.width * across, before.box.height * down)
    assert found.box.overlap(box) > 0.7
    assert np.isfinite(pipeline.template(image, found)).all()
    assert pipeline.quality(image, found) <= 1
