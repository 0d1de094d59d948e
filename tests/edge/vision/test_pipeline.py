"""The recognition that all of it adds up to, on photos and clips of real people."""

import numpy as np
import pytest

from edge.vision.build import EMBEDDERS
from edge.vision.pipeline import Pipeline, Timings
from edge.vision.types import Face
from tests.edge.vision.faces import WALKING, clip, tar_at_far


@pytest.mark.media
@pytest.mark.parametrize(("file", "engine"), EMBEDDERS.items())
def test_people_are_told_apart_as_well_as_dlib_does(lfw, pipeline, store, file, engine):
    """dlib's own pipeline reaches .976 on these photos."""
    embedder = engine(store.folder_of(store.manifest.named("dlib-resnet")) / file, "any")
    measured = Pipeline(pipeline.detector, pipeline.aligner, embedder)
    templates = [measured.template(one.image, one.middle_face(measured.detect(one.image))) for one in lfw]
    assert tar_at_far(np.array(templates), [one.person for one in lfw], far=1e-3) >= 0.97


@pytest.mark.media
def test_no_stage_writes_into_a_frame(media, pipeline):
    """The clip's frames are locked: a write would raise."""
    frame = clip(media, WALKING)[20]
    for face in pipeline.detect(frame.image):
        assert 0 < pipeline.quality(frame.image, face) <= 1
        assert pipeline.template(frame.image, face).shape == (128,)


@pytest.mark.media
def test_a_template_does_not_change_when_the_next_one_is_made(media, pipeline):
    frame = clip(media, WALKING)[20]
    first, second = pipeline.detect(frame.image)[:2]
    template = pipeline.template(frame.image, first)
    kept = template.copy()
    pipeline.template(frame.image, second)
    assert (template == kept).all()


@pytest.mark.media
def test_a_face_at_the_edge_of_the_frame_is_embedded_all_the_same(media, pipeline):
    frame = clip(media, WALKING)[20]
    face = pipeline.detect(frame.image)[0]
    cut = np.ascontiguousarray(frame.image[int(face.box.y + 8) :, int(face.box.x + 8) :])
    moved = Face(face.box.moved(-int(face.box.x + 8), -int(face.box.y + 8)), face.score, face.points)
    assert np.isfinite(pipeline.template(cut, moved)).all()


def test_timings_count_seconds_and_calls():
    timings = Timings()
    for _ in range(3):
        with timings.stage("detect"):
            pass
    assert timings.calls == {"detect": 3}
    assert timings.seconds["detect"] >= 0
    timings.clear()
    assert timings.calls == timings.seconds == {}
