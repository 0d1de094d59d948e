"""Real clips under the strict policy: the people in them are named, the same clips held before the camera are not."""

from dataclasses import replace

import numpy as np
import pytest

from edge.contract import Outcome
from edge.errors import EdgeError
from edge.frame import Frame
from edge.recogniser.decide import Rules
from edge.recogniser.loop import recognise
from edge.recogniser.presets import rules_for, switch_on_liveness
from edge.vision.evaluation.attacks import Kind, draw_presentation, rephotographed
from edge.vision.load import load_pipeline
from edge.vision.match import Gallery
from edge.vision.model_store import ModelStore
from edge.vision.photo import photo_to_template
from edge.vision.pipeline import Pipeline
from tests.edge.vision.faces import BOTH, FEMALE, MALE, WALKING, clip

NEEDED = ("yunet", "dlib-5-points", "dlib-resnet", "minifasnet-v2", "minifasnet-v1se")
SHOWN = 20
"""Frames of a picture: 1.6 s, when a refusal has been said."""

pytestmark = pytest.mark.media


@pytest.fixture(scope="module")
def strict() -> tuple[Pipeline, Rules]:
    store = ModelStore.of_this_machine()
    try:
        store.pull(NEEDED)
    except EdgeError as error:
        pytest.skip(f"the models cannot be had here: {error}")
    pipeline = load_pipeline(store)
    return pipeline, rules_for(store, liveness=switch_on_liveness(store, pipeline, "refuse"))


@pytest.fixture(scope="module")
def gallery(media, strict) -> Gallery:
    """The woman and the man, by one still each."""
    pipeline, _ = strict
    photos = [photo_to_template(pipeline, clip(media, name)[0].image) for name in (FEMALE, MALE)]
    return Gallery(["woman", "man"], np.array([photo.template for photo in photos]), pipeline.model)


def outcomes(strict, gallery: Gallery, frames: list[Frame]) -> list[tuple[Outcome, str | None]]:
    pipeline, rules = strict
    return [(one.outcome, one.person) for one in recognise(frames, pipeline, lambda: gallery, rules)]


@pytest.mark.parametrize(
    ("name", "people"), [(FEMALE, {"woman"}), (MALE, {"man"}), (BOTH, {"woman", "man"}), (WALKING, {"woman"})]
)
def test_living_people_are_named_and_nobody_is_refused(media, strict, gallery, name, people):
    found = outcomes(strict, gallery, clip(media, name))
    assert {person for outcome, person in found if outcome is Outcome.IDENTIFIED} == people
    assert {outcome for outcome, _ in found} <= {Outcome.IDENTIFIED, Outcome.UNKNOWN}


@pytest.mark.parametrize("kind", [Kind.PRINT, Kind.SCREEN])
@pytest.mark.parametrize("name", [FEMALE, MALE])
def test_the_same_clip_held_before_the_camera_names_nobody(media, strict, gallery, name, kind):
    """Its edges in the picture. What passes without them is told in models/cards/minifasnet.md."""
    noise = np.random.default_rng(1)
    held = draw_presentation(kind, noise)
    frames = [replace(one, image=rephotographed(one.image, held, noise)) for one in clip(media, name)[:SHOWN]]
    found = outcomes(strict, gallery, frames)
    assert found
    assert {outcome for outcome, _ in found} <= {Outcome.REFUSED, Outcome.ASK}
