"""Accuracy beside dlib's own pipeline, on photos that no constant was chosen by.

What of ours was ever fitted to these hundred photos is how the landmark predictor's square lies over a detector's box
(align.SQUARE_SIDE and SQUARE_DOWN); networks, landmarks and chip are dlib's. So the two are chosen here anew by the
photos of odd number, and everything is measured on those of even number.
"""

from itertools import product

import dlib
import numpy as np
import pytest

from edge.vision import align
from edge.vision.evaluation.bootstrap import figures
from edge.vision.evaluation.error_rates import ErrorRates
from edge.vision.evaluation.identification import open_set
from edge.vision.evaluation.samples import Pairs, Sample, all_pairs
from edge.vision.load import load_pipeline
from edge.vision.pipeline import Pipeline
from edge.vision.types import Face
from tests.edge.vision.conftest import Published, _have
from tests.edge.vision.faces import Portrait

pytestmark = pytest.mark.media
SIDES, DOWNS = (1.0, 1.05, 1.1), (0.0, 0.035, 0.07)
FAR = 1e-3
REPLICATES = 300


@pytest.fixture(scope="module")
def pipeline(store) -> Pipeline:
    for name in ("yunet", "dlib-5-points", "dlib-resnet"):
        _have(store, name)
    return load_pipeline(store, detector="yunet")


@pytest.fixture(scope="module")
def halves(lfw: list[Portrait], pipeline: Pipeline) -> tuple[list[tuple[Portrait, Face]], list[tuple[Portrait, Face]]]:
    """Each person's odd photos, and the even ones."""
    seen = [(portrait, portrait.middle_face(pipeline.detect(portrait.image))) for portrait in lfw]
    return seen[0::2], seen[1::2]


def _sample(pipeline: Pipeline, photos: list[tuple[Portrait, Face]]) -> Sample:
    templates = np.array([pipeline.template(portrait.image, face) for portrait, face in photos])
    return Sample.of([portrait.person for portrait, _ in photos], templates, [1.0] * len(photos))


def _separation(pairs: Pairs) -> float:
    """d': how far the genuine distances are from the others, in their spreads. TAR has too few steps to choose by."""
    genuine, others = pairs.distance[pairs.is_genuine], pairs.distance[~pairs.is_genuine]
    return float((others.mean() - genuine.mean()) / np.sqrt((genuine.var() + others.var()) / 2))


def _dlibs(published: Published, photos: list[tuple[Portrait, Face]]) -> Sample:
    """As `face_recognition` does it: its own detector, five points, descriptor."""
    detector, predictor = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(published.points))
    encoder = dlib.face_recognition_model_v1(str(published.network))
    owners, templates = [], []
    for portrait, _ in photos:
        rgb = np.ascontiguousarray(portrait.image[:, :, ::-1])
        found = detector(rgb, 1)
        middle = np.array(rgb.shape[1::-1]) / 2
        box = min(found, key=lambda at: np.hypot(at.center().x - middle[0], at.center().y - middle[1]))
        templates.append(encoder.compute_face_descriptor(rgb, predictor(rgb, box), 1))
        owners.append(portrait.person)
    return Sample.of(owners, np.array(templates, np.float32), [1.0] * len(owners))


def _tar(pairs: Pairs, weights: np.ndarray) -> float | None:
    genuine = pairs.is_genuine
    first, second = pairs.first[~genuine], pairs.second[~genuine]
    rates = ErrorRates(pairs.distance[genuine], pairs.distance[~genuine],
                       weights[pairs.first[genuine]], weights[first] * weights[second])  # fmt: skip
    return rates.tar_at(FAR)


def test_within_half_a_per_cent_of_dlib_on_photos_that_chose_nothing(
    halves, pipeline, published, monkeypatch: pytest.MonkeyPatch
):
    odd, even = halves
    found = {}
    for side, down in product(SIDES, DOWNS):
        monkeypatch.setattr(align, "SQUARE_SIDE", side)
        monkeypatch.setattr(align, "SQUARE_DOWN", down)
        found[side, down] = _separation(all_pairs(_sample(pipeline, odd)))
    side, down = max(found, key=lambda chosen: found[chosen])
    monkeypatch.setattr(align, "SQUARE_SIDE", side)
    monkeypatch.setattr(align, "SQUARE_DOWN", down)
    ours, dlibs = all_pairs(_sample(pipeline, even)), all_pairs(_dlibs(published, even))

    def statistic(weights: np.ndarray) -> list[float | None]:
        rates = [_tar(ours, weights), _tar(dlibs, weights)]
        return [*rates, rates[0] - rates[1] if rates[0] is not None and rates[1] is not None else None]

    mine, theirs, difference = figures(statistic, 10, REPLICATES, np.random.default_rng(1))
    assert mine.value >= theirs.value - 0.005
    assert difference.interval.high >= 0.0
    # The interval says what so few pairs can tell: 100 genuine ones, of ten people.
    assert difference.interval.high - difference.interval.low >= 0.005


def test_the_open_set_of_photos_that_chose_nothing(halves, pipeline):
    """Five enrolled, five strangers, by turns: at the preset's threshold nobody is named wrongly, few are missed."""
    sample = _sample(pipeline, halves[1])
    found = open_set(sample, 5, (0.5,), 0.05, 50, np.random.default_rng(1))
    ((_, fpir, fnir, wrong),) = found.by_threshold
    assert wrong.value == 0.0
    assert fpir.value <= 0.01
    assert fnir.value <= 0.1
    assert fpir.interval.high >= 0.2, "ten people cannot show a rate of a hundredth, and the interval says so"
