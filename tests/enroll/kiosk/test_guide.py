"""Guided capture on a real clip: the woman turns her head, and each view is taken when it is there."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.load import load_pipeline
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline
from edge.vision.quality import Weakness
from edge.vision.types import Image
from enroll.kiosk.guide import Capture, Hint, Pose, judge
from tests.edge.vision.faces import BOTH, FEMALE, clip

pytestmark = pytest.mark.media

STRAIGHT, LEFT, RIGHT = 18, 14, 21
PAIR = 0.6


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    store = ModelStore.of_this_machine()
    store.pull()
    return load_pipeline(store)


def large(image: Image) -> Image:
    return np.asarray(cv2.resize(image, (960, 540), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.fixture(scope="module")
def woman(media: Path) -> list[Image]:
    return [large(frame.image) for frame in clip(media, FEMALE)]


def test_each_view_is_taken_after_two_good_looks_and_the_last_ends_it(pipeline: Pipeline, woman: list[Image]) -> None:
    capture = Capture.of("an", 3, PAIR)
    heard = [capture.look(pipeline, woman[number]) for number in (STRAIGHT, STRAIGHT, STRAIGHT, LEFT, LEFT)]
    assert heard == [Hint.HOLD_STILL, Hint.TAKEN, Hint.TURN_LEFT, Hint.HOLD_STILL, Hint.TAKEN]
    assert capture.pose is Pose.RIGHT
    assert [capture.look(pipeline, woman[RIGHT]) for _ in range(3)] == [Hint.HOLD_STILL, Hint.DONE, Hint.DONE]
    assert len(capture.views) == 3


def test_whoever_cannot_turn_is_taken_from_the_front(pipeline: Pipeline, woman: list[Image]) -> None:
    capture = Capture.of("an", 3, PAIR)
    for _ in range(3):
        capture.skip()
        capture.look(pipeline, woman[STRAIGHT])
        capture.look(pipeline, woman[STRAIGHT])
    assert (capture.pose, len(capture.views)) == (None, 3)


def test_somebody_who_steps_in_is_not_taken(pipeline: Pipeline, woman: list[Image], media: Path) -> None:
    capture = Capture.of("an", 3, 0.3)
    capture.wanted[1] = Pose.FRONT
    for number in (STRAIGHT, STRAIGHT, 9):
        capture.look(pipeline, woman[number])
    portrait = cv2.imread(str(media / "faces" / "lfw10" / "Gerhard_Schroeder" / "Gerhard_Schroeder_0005.jpg"))
    man = np.asarray(cv2.resize(portrait, None, fx=2, fy=2), np.uint8)
    assert judge(pipeline, man, Pose.FRONT)[0] is None
    heard = [capture.look(pipeline, man) for _ in range(2)]
    assert Hint.SOMEBODY_ELSE in heard
    assert len(capture.views) == 1


def test_in_a_queue_nobody_is_taken_for_the_next_before_they_have_gone(pipeline: Pipeline, woman: list[Image]) -> None:
    first = Capture.of("an", 3, PAIR)
    for _ in range(2):
        first.look(pipeline, woman[STRAIGHT])
    following = Capture.of("binh", 3, PAIR, first.views[0].template)
    nobody = np.zeros((540, 960, 3), np.uint8)
    heard = [following.look(pipeline, image) for image in (*[woman[STRAIGHT]] * 3, nobody, *[woman[STRAIGHT]] * 2)]
    assert heard == [Hint.NEXT_PLEASE] * 3 + [Hint.NO_FACE, Hint.HOLD_STILL, Hint.TAKEN], "her twin may follow her"
    another = Capture.of("chi", 3, PAIR, first.views[0].template + 1)
    assert [another.look(pipeline, woman[STRAIGHT]) for _ in range(2)] == [Hint.HOLD_STILL, Hint.TAKEN]


def test_the_hints_say_what_is_in_the_way(pipeline: Pipeline, woman: list[Image], media: Path) -> None:
    both = large(clip(media, BOTH)[0].image)
    dark = np.asarray(woman[STRAIGHT] * 0.2, np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(woman[STRAIGHT], (0, 0), 8), np.uint8)
    seen = [judge(pipeline, image, Pose.FRONT)[0] for image in (np.zeros((540, 960, 3), np.uint8), both, dark, blurred)]
    assert seen == [Hint.NO_FACE, Hint.SEVERAL_FACES, Weakness.DARK, Weakness.BLURRED]
    assert judge(pipeline, woman[2], Pose.RIGHT)[0] is Hint.TURN_LESS
