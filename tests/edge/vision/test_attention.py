"""What is searched for faces and how thoroughly; and that sparing it costs nobody their name."""

import cv2
import numpy as np
import pytest

from edge.frame import Frame
from edge.recogniser.loop import recognise
from edge.recogniser.presets import rules_for
from edge.vision.attention import LARGE_FOR_S, LOOK_ANYWAY_S, Attention
from edge.vision.load import spared_attention
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline
from edge.vision.types import Box, Face, Image
from tests.edge.vision.faces import BOTH, FEMALE, MALE, WALKING, clip

FRAMES_PER_S = 20
SCENE = np.random.default_rng(0).integers(60, 200, (360, 640, 3), np.uint8)


class Searches:
    """A detector whose answers are set; it notes how each frame was searched."""

    def __init__(self, *sides: float) -> None:
        self.sides = sides
        self.how: list[str] = []

    def thoroughly(self, image: Image) -> list[Face]:
        self.how.append("thoroughly")
        return self._faces(0.0)

    def large(self, image: Image) -> list[Face]:
        self.how.append("large")
        return self._faces(100.0)

    def _faces(self, least: float) -> list[Face]:
        return [Face(Box(50, 50, side, side), 0.9, np.zeros((5, 2), np.float32)) for side in self.sides if side > least]


def moving(index: int) -> Image:
    image = SCENE.copy()
    image[100:140, 10 * index % 600 : 10 * index % 600 + 40] = 0
    return image


def test_a_still_picture_keeps_its_faces_and_is_searched_now_and_then():
    searches = Searches(50)
    attention = Attention(searches.thoroughly)
    frames = 3 * FRAMES_PER_S
    noise = np.random.default_rng(1)
    for index in range(frames):
        noisy = cv2.add(SCENE, noise.integers(0, 6, SCENE.shape, np.uint8))
        assert len(attention.faces(noisy, index / FRAMES_PER_S)) == 1
    assert len(searches.how) == pytest.approx(frames / FRAMES_PER_S / LOOK_ANYWAY_S, abs=1)


def test_a_small_face_that_comes_into_a_still_picture_is_searched_for_in_the_same_frame():
    searches = Searches()
    attention = Attention(searches.thoroughly)
    attention.faces(SCENE, 0.0)
    attention.faces(SCENE, 0.05)
    assert len(searches.how) == 1
    entered = SCENE.copy()
    entered[200:220, 600:620] = 230
    searches.sides = (20,)
    assert len(attention.faces(entered, 0.1)) == 1


def test_what_moves_slowly_adds_up():
    searches = Searches()
    attention = Attention(searches.thoroughly)
    for index in range(5):
        attention.faces(cv2.add(SCENE, np.full_like(SCENE, 3 * index)), index / 100)
    assert len(searches.how) == 2


def test_while_every_face_is_large_less_is_searched_and_a_small_one_waits_no_longer_than_said():
    searches = Searches(150)
    attention = Attention(searches.thoroughly, searches.large)
    index = 0
    while searches.how.count("large") < 20:
        attention.faces(moving(index), index / FRAMES_PER_S)
        index += 1
        assert index < 200
    assert set(searches.how[: int(LARGE_FOR_S * FRAMES_PER_S)]) == {"thoroughly"}
    searches.sides = (150, 30)
    waited = 0
    while len(attention.faces(moving(index), index / FRAMES_PER_S)) < 2:
        index, waited = index + 1, waited + 1
    assert waited <= LOOK_ANYWAY_S * FRAMES_PER_S
    searches.how.clear()
    for _ in range(3 * FRAMES_PER_S):
        index += 1
        assert len(attention.faces(moving(index), index / FRAMES_PER_S)) == 2
    assert set(searches.how) == {"thoroughly"}


@pytest.mark.parametrize("faces", [(), (60,), (150, 60)])
def test_nobody_or_a_small_face_is_always_searched_thoroughly(faces):
    searches = Searches(*faces)
    attention = Attention(searches.thoroughly, searches.large)
    for index in range(60):
        attention.faces(moving(index), index / FRAMES_PER_S)
    assert set(searches.how) == {"thoroughly"}


def test_a_clip_that_starts_again_or_changes_its_size_is_searched_at_once():
    searches = Searches(50)
    attention = Attention(searches.thoroughly)
    attention.faces(SCENE, 5.0)
    attention.faces(SCENE, 0.0)
    attention.faces(SCENE[:180], 0.05)
    assert len(searches.how) == 3


def outcomes(pipeline: Pipeline, store, frames: list[Frame], gallery: Gallery) -> list[tuple[str, str | None, float]]:
    found = recognise(frames, pipeline, lambda: gallery, rules_for(store))
    return [(one.outcome.value, one.person, one.t_s) for one in found]


@pytest.fixture(scope="module")
def known(media, pipeline) -> Gallery:
    templates = []
    for name in (FEMALE, MALE):
        image = clip(media, name)[0].image
        templates.append(pipeline.template(image, pipeline.detect(image)[0]))
    return Gallery(["hs-f", "hs-m"], np.stack(templates), pipeline.model)


@pytest.mark.media
@pytest.mark.parametrize("name", [BOTH, FEMALE, MALE, WALKING])
def test_on_real_clips_the_motion_gate_loses_nobody_and_names_nobody_later(media, store, pipeline, known, name):
    frames = clip(media, name)
    whole = outcomes(pipeline, store, frames, known)
    pipeline.attention = spared_attention(pipeline.detector, motion_gate=True, adaptive_width=True)
    try:
        spared = outcomes(pipeline, store, frames, known)
        if name == MALE:
            assert pipeline.attention.searches < len(frames) / 2
    finally:
        pipeline.attention = None
    assert {(what, who) for what, who, _ in spared} == {(what, who) for what, who, _ in whole}
    named = {who: t_s for what, who, t_s in whole if what == "identified"}
    assert all(t_s <= named[who] for what, who, t_s in spared if what == "identified")


@pytest.mark.media
def test_a_large_face_is_followed_and_named_at_half_the_width(media, store, pipeline, known):
    """A clip cropped so that its face is large, and by eight pixels to and fro, so that it moves."""
    frames = []
    for frame in [one for _ in range(2) for one in clip(media, MALE)]:
        x, y = 60 + 8 * (len(frames) % 2), 30
        cropped = np.ascontiguousarray(frame.image[y : y + 150, x : x + 268])
        frames.append(Frame(cropped, len(frames), len(frames) / 12.5, 0.0))
    whole = outcomes(pipeline, store, frames, known)
    pipeline.attention = spared_attention(pipeline.detector, motion_gate=True, adaptive_width=True)
    try:
        spared = outcomes(pipeline, store, frames, known)
        narrow = pipeline.attention.narrow_searches
    finally:
        pipeline.attention = None
    assert [who for what, who, _ in whole if what == "identified"] == ["hs-m"]
    assert spared == whole
    # BlazeFace has one width.
    assert (narrow > len(frames) / 3) == hasattr(pipeline.detector, "detect_large")
