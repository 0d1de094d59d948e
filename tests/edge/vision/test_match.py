"""Nearest neighbours by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import Misconfigured, Rejected
from edge.vision import nearest
from edge.vision.match import MAX_CANDIDATES, Gallery
from edge.vision.nearest import Nearest

MODEL = "55533b28a958"


def vector(*values: float) -> np.ndarray:
    return np.array([*values, *[0.0] * (128 - len(values))], np.float32)


def gallery(**people: list[np.ndarray]) -> Gallery:
    names = [name for name, templates in people.items() for _ in templates]
    return Gallery(names, np.array([template for templates in people.values() for template in templates]), MODEL)


def test_name_and_distance_are_of_the_nearest_template():
    found = gallery(an=[vector(0), vector(5)], binh=[vector(3)]).match(vector(4.9), MODEL)
    assert found.person == "an"
    assert found.distance == pytest.approx(0.1, abs=1e-6)


def test_the_margin_is_to_another_person_not_to_another_photo_of_the_same():
    found = gallery(an=[vector(0), vector(0.1)], binh=[vector(2)]).match(vector(0), MODEL)
    assert found.margin == pytest.approx(2)
    assert found.candidates == ("an", "binh")


def test_a_gallery_of_one_person_has_no_margin():
    assert gallery(an=[vector(0), vector(1)]).match(vector(0.2), MODEL).margin is None


def test_an_empty_gallery_matches_nobody():
    assert Gallery.empty(MODEL).match(vector(1), MODEL) is None


def test_a_probe_that_is_not_finite_matches_nobody():
    assert gallery(an=[vector(0)]).match(vector(float("nan")), MODEL) is None


def test_templates_of_another_model_are_never_compared():
    with pytest.raises(Misconfigured, match="enrol again"):
        gallery(an=[vector(0)]).match(vector(0), "0123456789ab")


def test_a_template_that_is_not_finite_is_rejected_with_its_place():
    with pytest.raises(Rejected, match="template 1 of 2"):
        gallery(an=[vector(0), vector(float("inf"))])


def test_names_that_do_not_fit_the_templates_are_rejected():
    with pytest.raises(Rejected, match="1 names"):
        Gallery(["an"], np.zeros((2, 128)), MODEL)


def test_there_are_never_more_than_a_handful_of_candidates():
    many = gallery(**{f"p{number}": [vector(number)] for number in range(50)}).match(vector(7), MODEL)
    assert many.candidates[0] == "p7"
    assert len(many.candidates) == MAX_CANDIDATES


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.2, 1.0]), st.integers(1, 20), st.booleans())
def test_many_vectors_are_ruled_out_by_a_part_of_them_and_none_wrongly(seed, decay, count, some_only):
    """Few axes that matter, as with faces, or all alike, where nothing can be ruled out; with equal ones among them."""
    random = np.random.default_rng(seed)
    spread = np.float32(decay) ** (np.arange(40, dtype=np.float32) / 8)
    vectors = random.normal(0, 1, (3_000, 40)).astype(np.float32) * spread
    vectors[:50] = vectors[50:100]
    probe = vectors[int(random.integers(0, 3_000))] + random.normal(0, 0.2, 40).astype(np.float32) * spread
    among = random.random(3_000) < 0.03 if some_only else None
    squares = np.square(vectors - probe).sum(axis=1)
    if among is not None:
        squares[~among] = np.inf
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nearest, "SKETCH_FROM", 1)
        patched.setattr(nearest, "SKETCH_AXES", 8)
        patched.setattr(nearest, "_BLOCKS", 100)
        found = Nearest(vectors).of(probe, count, among)
    assert len(set(found)) == count
    assert np.sort(squares[found]) == pytest.approx(np.sort(squares)[:count], abs=1e-4)


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 12))
def test_it_finds_what_comparing_with_everybody_finds(seed, count, people):
    random = np.random.default_rng(seed)
    templates = random.normal(0, 0.12, (count, 128)).astype(np.float32)
    names = [f"p{number}" for number in random.integers(0, people, count)]
    probe = templates[0] + random.normal(0, 0.03, 128).astype(np.float32)
    distances = np.linalg.norm(templates - probe, axis=1)
    found = Gallery(names, templates, MODEL).match(probe, MODEL)
    assert found.person == names[int(np.argmin(distances))]
    assert found.distance == pytest.approx(float(distances.min()), abs=1e-5)
    others = [distance for name, distance in zip(names, distances, strict=True) if name != found.person]
    assert (found.margin is None) == (not others)
    if others:
        assert found.margin == pytest.approx(min(others) - distances.min(), abs=1e-5)
