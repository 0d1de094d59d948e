"""The second photo of somebody under another code is caught; nobody else of the ten is stopped."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from edge.vision.load import load_pipeline
from edge.vision.model_store import ModelStore
from edge.vision.types import Template
from enroll.duplicates import LookAlike, look_alikes
from tests.edge.vision.faces import portraits

GALLERY = np.array([[0, 0], [0, 1], [3, 0]], np.float32)
OWNERS = ["an", "an", "binh"]


def test_the_nearest_of_all_views_counts_and_the_nearest_person_comes_first() -> None:
    views = np.array([[0, 0.5], [2.9, 0]])
    found = look_alikes(views, OWNERS, GALLERY, 0.5)
    assert [one.person for one in found] == ["binh", "an"]
    assert found[1] == LookAlike("an", 0.5)


def test_whoever_is_enrolled_anew_does_not_look_like_themselves() -> None:
    assert look_alikes(GALLERY[:1], OWNERS, GALLERY, 0.5, besides="an") == []


@pytest.mark.parametrize(("views", "count"), [(np.zeros((0, 2)), 3), (np.zeros((1, 2)), 0)])
def test_nothing_to_compare_is_nobody(views: np.ndarray, count: int) -> None:
    assert look_alikes(views, OWNERS[:count], GALLERY[:count], 9.0) == []


@pytest.mark.media
def test_a_second_photo_under_another_code_is_caught_and_no_stranger_is(media: Path) -> None:
    store = ModelStore.of_this_machine()
    store.pull()
    pipeline, embedder = load_pipeline(store), store.ready("embedder")
    assert embedder is not None
    made: dict[str, list[Template]] = defaultdict(list)
    for portrait in portraits(media):
        if len(made[portrait.person]) < 2:
            face = portrait.middle_face(pipeline.detect(portrait.image))
            made[portrait.person].append(pipeline.template(portrait.image, face))
    enrolled = list(made)
    gallery = np.stack([made[person][0] for person in enrolled])
    threshold = embedder.threshold("identify")
    caught = {
        person: [one.person for one in look_alikes(np.stack(made[person][1:]), enrolled, gallery, threshold)]
        for person in enrolled
    }
    assert all(found in ([person], []) for person, found in caught.items()), "a stranger was stopped"
    assert sum(found == [person] for person, found in caught.items()) >= 9
