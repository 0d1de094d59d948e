"""The landmark predictor in numpy against dlib's own, in the same squares."""

import dlib
import numpy as np
import pytest

from edge.errors import Rejected
from edge.vision.convert.dlib_landmarks import read_landmarks
from edge.vision.landmarks import LandmarkPredictor


@pytest.fixture(scope="module")
def predictor(published, tmp_path_factory) -> LandmarkPredictor:
    file = tmp_path_factory.mktemp("landmarks") / "landmarks.npz"
    file.write_bytes(read_landmarks(published.points.read_bytes()))
    return LandmarkPredictor(file)


def differences(predictor: LandmarkPredictor, published, lfw, squares: list[tuple[int, int, int]]) -> list[float]:
    """Largest difference in px for every photo and square."""
    theirs = dlib.shape_predictor(str(published.points))
    found = []
    for portrait in lfw[::5]:
        rgb = np.ascontiguousarray(portrait.image[:, :, ::-1])
        for left, top, side in squares:
            parts = theirs(rgb, dlib.rectangle(left, top, left + side - 1, top + side - 1)).parts()
            points = np.array([(part.x, part.y) for part in parts])
            found.append(float(np.abs(predictor.points(portrait.image, left, top, side) - points).max()))
    return found


@pytest.mark.media
def test_it_agrees_with_dlib_which_rounds_to_whole_pixels(predictor, published, lfw):
    found = differences(predictor, published, lfw, [(70, 75, 110), (80, 80, 90), (60, 70, 125)])
    # A face where a comparison is decided in the last bit may differ a little more.
    assert np.percentile(found, 90) <= 0.505
    assert max(found) < 2


@pytest.mark.media
def test_it_agrees_where_a_face_is_cut_off_by_the_frame(predictor, published, lfw):
    found = differences(predictor, published, lfw, [(-30, 70, 120), (180, 180, 110), (90, -40, 100)])
    assert np.percentile(found, 75) <= 0.505


def test_a_square_outside_the_frame_gives_points_all_the_same(predictor):
    points = predictor.points(np.zeros((20, 30, 3), np.uint8), 500, 500, 50)
    assert points.shape == (5, 2)
    assert np.isfinite(points).all()


@pytest.mark.parametrize("size", [0, 1, 50, 4_000_000, 9_150_488])
def test_half_a_file_is_rejected(published, size):
    with pytest.raises(Rejected):
        read_landmarks(published.points.read_bytes()[:size])


def test_another_file_is_rejected(published):
    with pytest.raises(Rejected):
        read_landmarks(published.network.read_bytes()[:200_000])
