"""Real photos made worse one way at a time: that reason is told first."""

from collections import Counter
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from edge.vision.load import load_detector
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Detector
from edge.vision.quality import Weakness, assess, quality
from edge.vision.types import Face, Image
from tests.edge.vision.faces import FEMALE, Portrait, clip

pytestmark = pytest.mark.media
Shot = tuple[Portrait, Face]


@pytest.fixture(scope="module")
def detector(store: ModelStore) -> Detector:
    if store.built(store.manifest.named("yunet")) is None:
        pytest.skip("YuNet is not here: `diemdanh-edge models pull`")
    return load_detector(store, "yunet")


@pytest.fixture(scope="module")
def good(lfw: list[Portrait], detector: Detector) -> list[Shot]:
    """Every second portrait that nothing spoils: nine in ten of all."""
    shots = [(one, one.middle_face(detector.detect(one.image))) for one in lfw]
    fine = [(one, face) for one, face in shots if not assess(one.image, face).reasons]
    assert len(fine) >= 0.85 * len(shots)
    return fine[::2]


def masked(colour: tuple[int, int, int]) -> Callable[[Image, Face], Image]:
    """A plain mask with a little grain and folds, from below the bridge of the nose to below the chin."""

    def paint(image: Image, face: Face) -> Image:
        left, right, _, one, other = face.points
        down, across = (one + other - left - right) / 2, right - left
        top, mouth = (left + right) / 2 + 0.45 * down, (one + other) / 2
        outline = [top - 0.85 * across, top - 0.12 * down, top + 0.85 * across, mouth + 0.75 * across + 0.25 * down,
                   mouth + 0.3 * across + 0.75 * down, mouth - 0.3 * across + 0.75 * down,
                   mouth - 0.75 * across + 0.25 * down]  # fmt: skip
        inside = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(inside, [np.array(outline, np.int32)], 255)
        grain = np.random.default_rng(0).normal(0, 6, image.shape)
        folds = 8 * np.sin(np.arange(len(image)) / 3)[:, None, None]
        cloth = np.clip(np.array(colour) + grain + folds, 0, 255).astype(np.uint8)
        return np.where(inside[:, :, None] > 0, cloth, image)

    return paint


def lit(share: float) -> Callable[[Image, Face], Image]:
    return lambda image, face: np.clip(image.astype(np.float32) * share, 0, 255).astype(np.uint8)


WORSE: dict[str, tuple[Weakness, Callable[[Image, Face], Image], float]] = {
    "far": (Weakness.SMALL, lambda image, face: cv2.resize(image, (88, 88), interpolation=cv2.INTER_AREA), 1),
    "out of focus": (Weakness.BLURRED, lambda image, face: cv2.GaussianBlur(image, (0, 0), 3.5), 0.95),
    "a quarter of the light": (Weakness.DARK, lit(0.25), 0.95),
    "night": (Weakness.DARK, lit(0.1), 0.95),
    "three times the light": (Weakness.BRIGHT, lit(3.0), 0.95),
    "blue mask": (Weakness.COVERED, masked((200, 160, 110)), 0.9),
    "white mask": (Weakness.COVERED, masked((225, 225, 225)), 0.9),
    "black mask": (Weakness.COVERED, masked((35, 35, 35)), 0.9),
    "hand": (Weakness.COVERED, masked((140, 165, 205)), 0.9),
}  # fmt: skip


@pytest.mark.parametrize("how", WORSE)
def test_what_was_made_worse_is_told_first(good: list[Shot], detector: Detector, how: str):
    reason, worse, share = WORSE[how]
    told: Counter[str] = Counter()
    for one, before in good:
        image = worse(one.image, before)
        if faces := detector.detect(image):
            face = Portrait(one.person, image).middle_face(faces)
            reasons = assess(image, face).reasons
            told[reasons[0] if reasons else "nothing"] += 1
            assert quality(image, face) == assess(image, face).score
    assert told.total() >= 0.5 * len(good)
    assert told[reason] >= share * told.total(), told


def test_a_face_beyond_the_edge_is_cut_off(good: list[Shot], detector: Detector):
    told = []
    for one, face in good:
        whole = assess(one.image, face)
        box = face.box
        # The same box and points in a picture that ends in the middle of the face.
        image = one.image[:, : int(box.x + 0.6 * box.width)]
        told.append(assess(image, face).reasons[0])
        assert not whole.reasons
    assert set(told) == {Weakness.CUT_OFF}


def test_whoever_looks_aside_is_told_to_look_straight(media, detector: Detector):
    shots = [(frame.image, face) for frame in clip(media, FEMALE) for face in detector.detect(frame.image)[:1]]
    noses = [abs(float(face.points[2, 0] - face.points[:2, 0].mean())) / face.box.width for _, face in shots]
    aside = [assess(*shot).reasons for shot, nose in zip(shots, noses, strict=True) if nose > 0.2]
    assert aside
    assert all(reasons[0] is Weakness.TURNED for reasons in aside)
