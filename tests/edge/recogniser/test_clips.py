"""Real people in real clips: whoever is enrolled is named in time, and nobody by another's name.

Four people have faces of 40 px and more in the clips: a woman (in three of them), a man, and the two beside the woman
who walk up. Any two of them are enrolled in turn. Faces, qualities and templates are computed once a clip.
"""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from edge.contract import Outcome
from edge.errors import EdgeError
from edge.frame import Frame
from edge.recogniser.decide import Rules
from edge.recogniser.loop import Decision, Present, recognise
from edge.recogniser.presets import rules_for
from edge.vision.load import load_pipeline
from edge.vision.match import Gallery
from edge.vision.model_store import ModelStore
from edge.vision.photo import the_one_face
from edge.vision.pipeline import Pipeline
from edge.vision.types import Box, Chip, Face, Image, Template
from tests.edge.vision.faces import BOTH, FEMALE, MALE, WALKING, clip

pytestmark = pytest.mark.media
PEOPLE = ("woman", "man", "middle", "right")
WHO = {
    FEMALE: ((0, "woman"),),
    MALE: ((0, "man"),),
    BOTH: ((0, "woman"), (200, "man")),
    WALKING: ((0, "woman"), (150, "middle"), (270, "right")),
}
"""Who is in a clip, from left to right: from which x on a face is theirs."""


@dataclass
class Seen:
    """A clip as the models see it, computed when it is first asked for."""

    frames: list[Frame]
    pipeline: Pipeline

    def __post_init__(self) -> None:
        self.faces = {id(frame.image): self.pipeline.detect(frame.image) for frame in self.frames}
        self._templates: dict[tuple[int, float, float], Template] = {}
        self._asked: tuple[Image, Face] | None = None

    def detect(self, image: Image) -> list[Face]:
        return self.faces[id(image)]

    def chip(self, image: Image, face: Face) -> Chip:
        self._asked = (image, face)
        return image

    def embed(self, chip: Chip) -> Template:
        image, face = self._asked or pytest.fail("no face was asked for")
        place = (id(image), face.box.x, face.box.y)
        if place not in self._templates:
            self._templates[place] = self.pipeline.template(image, face)
        return self._templates[place]

    @property
    def model(self) -> str:
        return self.pipeline.model


@pytest.fixture(scope="module")
def store() -> ModelStore:
    store = ModelStore.of_this_machine()
    try:
        store.pull()
    except EdgeError as error:
        pytest.skip(f"the models cannot be had here: {error}")
    return store


@pytest.fixture(scope="module")
def clips(media: Path, store: ModelStore) -> dict[str, Seen]:
    pipeline = load_pipeline(store)
    return {name: Seen(clip(media, name), pipeline) for name in WHO}


@pytest.fixture(scope="module")
def templates(clips: dict[str, Seen]) -> dict[str, Template]:
    """One photo a person: of the woman and the man in clips of their own, of the others as they stand in the end."""
    last = clips[WALKING].frames[-1]
    found = {"woman": _alone(clips[FEMALE]), "man": _alone(clips[MALE])}
    for face in clips[WALKING].detect(last.image):
        if (person := who_is(WALKING, face.box)) in ("middle", "right"):
            found[person] = clips[WALKING].pipeline.template(last.image, face)
    return found


def _alone(seen: Seen) -> Template:
    image = seen.frames[0].image
    return seen.pipeline.template(image, the_one_face(seen.detect(image)))


def who_is(name: str, box: Box) -> str:
    return [person for begins, person in WHO[name] if box.x >= begins][-1]


@dataclass(frozen=True)
class Watched:
    decisions: list[tuple[str, Decision]]
    """With whose face it was."""
    first_s: dict[str, float]
    """When a face of 40 px was first seen of everybody."""


def watch(name: str, seen: Seen, gallery: Gallery, rules: Rules) -> Watched:
    where: dict[int, str] = {}
    first_s: dict[str, float] = {}

    def attend(frame: Frame, present: object) -> None:
        assert isinstance(present, list)
        for one in present:
            assert isinstance(one, Present)
            where[one.track] = who_is(name, one.box)
            if min(one.box.width, one.box.height) >= rules.min_face_px:
                first_s.setdefault(where[one.track], frame.t_s)

    found = list(recognise(seen.frames, Pipeline(seen, seen, seen), lambda: gallery, rules, attend))
    return Watched([(where[one.track], one) for one in found], first_s)


@pytest.mark.parametrize("enrolled", list(combinations(PEOPLE, 2)), ids="-".join)
def test_any_two_enrolled_are_named_within_a_second_and_nobody_else_ever(clips, templates, store, enrolled):
    rules = rules_for(store)
    for name, seen in clips.items():
        gallery = Gallery(enrolled, np.array([templates[person] for person in enrolled]), seen.model)
        watched = watch(name, seen, gallery, rules)
        there = {person for _, person in WHO[name]}
        assert set(watched.first_s) == there, name
        named = {person: one for person, one in watched.decisions if one.outcome is Outcome.IDENTIFIED}
        assert {person: one.person for person, one in named.items()} == {one: one for one in there & {*enrolled}}, name
        for person, one in named.items():
            assert one.t_s - watched.first_s[person] <= 1.0, (name, person)
        others = {one.outcome for person, one in watched.decisions if person not in enrolled}
        assert others <= {Outcome.UNKNOWN}, name


def test_half_precision_on_disk_changes_no_decision(clips, templates, store):
    """A template is kept as float16: every look at every clip against everybody, exact and as the roster gives it."""
    rules = rules_for(store)
    names = list(PEOPLE)
    exact = np.array([templates[person] for person in names])
    for name, seen in clips.items():
        said = [
            [
                (who, one.track, one.outcome, one.person, one.t_s)
                for who, one in watch(name, seen, Gallery(names, own, seen.model), rules).decisions
            ]
            for own in (exact, exact.astype("<f2").astype(np.float32))
        ]
        assert said[0] == said[1], name
