import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.duplicates import Duplicate, duplicates
from edge.vision.outliers import outliers


def on_a_line(*places: float) -> np.ndarray:
    return np.array([[place, 0.0] for place in places], np.float32)


def test_the_photo_that_is_unlike_the_others_is_named_with_how_far_it_is():
    (found,) = outliers(["an", "ba", "an", "an"], on_a_line(0.0, 5.0, 0.4, 1.3), limit=0.6)
    assert (found.index, found.person, found.number) == (3, "an", 3)
    assert found.distance == pytest.approx(0.9)


@pytest.mark.parametrize("places", [(0.0, 9.0), (0.0, 9.0, 18.0), (0.0, 0.5, 1.0, 1.5), (0.0, 0.3, 9.0, 9.3)])
def test_where_no_majority_says_which_is_wrong_none_is_left_out(places):
    """Two that differ, three that all differ, a chain, two pairs."""
    assert outliers(["an"] * len(places), on_a_line(*places), limit=0.6) == []


places = st.lists(st.integers(0, 30).map(lambda tenth: tenth / 10), max_size=8)


@given(places, st.randoms())
def test_whoever_is_left_out_leaves_somebody_who_agrees_whatever_the_order(found_at, random):
    order = list(range(len(found_at)))
    random.shuffle(order)
    out = {one.index for one in outliers(["an"] * len(found_at), on_a_line(*found_at), 0.6)}
    shuffled = [found_at[index] for index in order]
    again = {order[one.index] for one in outliers(["an"] * len(found_at), on_a_line(*shuffled), 0.6)}
    assert out == again
    assert not out or len(found_at) - len(out) >= 2


def test_two_people_too_near_to_each_other_are_found_once_with_their_nearest_templates():
    found = duplicates(["ba", "an", "an", "chi"], on_a_line(0.0, 0.4, 0.3, 5.0), 0.5)
    assert found == [Duplicate("an", "ba", pytest.approx(0.3))]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 40)), max_size=12))
def test_no_pair_within_the_threshold_is_missed(rows):
    persons, at = [person for person, _ in rows], [place / 10 for _, place in rows]
    found = {(pair.one, pair.other) for pair in duplicates(persons, on_a_line(*at).reshape(-1, 2), 0.55)}
    wanted = {
        tuple(sorted((one, other)))
        for one, here in zip(persons, at, strict=True)
        for other, there in zip(persons, at, strict=True)
        if one != other and abs(here - there) <= 0.55
    }
    assert found == wanted
