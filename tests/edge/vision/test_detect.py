"""Both detectors on real frames; YuNet's decoding against OpenCV's own."""

import cv2
import numpy as np
import pytest

from edge.frame import Frame
from edge.vision.build import YUNET_FILE
from edge.vision.detect_yunet import YuNet
from edge.vision.model_store import ModelStore
from edge.vision.types import Box, Face
from tests.edge.vision.faces import BOTH, WALKING, clip


def opencv_faces(file: str, frame: Frame) -> list[Face]:
    reference = cv2.FaceDetectorYN.create(file, "", frame.image.shape[1::-1], 0.7, 0.3, 5000)
    found = reference.detect(np.array(frame.image))[1]
    rows = [] if found is None else found
    return [Face(Box(*map(float, row[:4])), float(row[14]), row[4:14].reshape(5, 2)) for row in rows]


@pytest.mark.media
@pytest.mark.parametrize("detector", ["yunet"], indirect=True)
@pytest.mark.parametrize("name", [BOTH, WALKING, "classroom.gif"])
def test_yunet_decodes_as_opencv_does(media, store: ModelStore, detector, name):
    ours = YuNet(store.folder_of(store.manifest.named("yunet")) / YUNET_FILE)
    published = str(store.published("yunet")[0])
    compared = 0
    for frame in clip(media, name)[::10]:
        found, expected = ours.detect(frame.image), opencv_faces(published, frame)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert (one.box.x, one.box.y, one.box.width, one.box.height) == pytest.approx(
                (other.box.x, other.box.y, other.box.width, other.box.height), abs=1e-3
            )
            assert np.abs(one.points - other.points).max() < 1e-3
            assert one.score == pytest.approx(other.score, abs=1e-5)
            compared += 1
    assert compared >= 8


@pytest.mark.media
@pytest.mark.parametrize("name", [BOTH, WALKING])
def test_every_face_of_a_frame_is_found(media, pipeline, name):
    expected = {BOTH: 2, WALKING: 3}[name]
    counts = [len(pipeline.detect(frame.image)) for frame in clip(media, name)]
    assert counts.count(expected) >= 0.95 * len(counts)


@pytest.mark.media
def test_both_detectors_mean_the_same_by_a_box(media, pipeline, store):
    """Everything after detection was measured with YuNet's boxes."""
    if store.ready("detector") is not store.manifest.named("yunet"):
        pytest.skip("there is no YuNet here to compare with")
    yunet = YuNet(store.folder_of(store.manifest.named("yunet")) / YUNET_FILE)
    overlaps = []
    for frame in clip(media, WALKING)[::4]:
        boxes = [face.box for face in yunet.detect(frame.image)]
        overlaps += [max(face.box.overlap(box) for box in boxes) for face in pipeline.detect(frame.image)]
    assert np.median(overlaps) > 0.7


@pytest.mark.media
@pytest.mark.parametrize("scale", [0.8, 1.5, 4.1])
def test_boxes_are_in_pixels_of_the_frame_whatever_its_size(media, pipeline, scale):
    image = clip(media, BOTH)[0].image
    enlarged = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small, large = (
        sorted(pipeline.detect(picture), key=lambda face: face.box.x) for picture in (image, np.asarray(enlarged))
    )
    assert len(small) == len(large) == 2
    for one, other in zip(small, large, strict=True):
        scaled = Box(one.box.x * scale, one.box.y * scale, one.box.width * scale, one.box.height * scale)
        assert scaled.overlap(other.box) > 0.7
        assert np.abs(one.points * scale - other.points).max() < 0.15 * scaled.width


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (33, 47), (2160, 3840), (700, 3)])
def test_a_frame_without_a_face_gives_none(pipeline, shape):
    image = np.full((*shape, 3), 90, np.uint8)
    image.flags.writeable = False
    assert pipeline.detect(image) == []


def test_sizes_may_change_from_frame_to_frame(pipeline):
    for shape in [(270, 480, 3), (100, 100, 3), (272, 480, 3), (270, 480, 3)]:
        assert pipeline.detect(np.zeros(shape, np.uint8)) == []
