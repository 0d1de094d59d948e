"""Whose name it is: look-alikes, and the class that has a lesson behind the door. Pure, on people made of numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.contract import Outcome
from edge.recogniser.decide import LINKED_MARGINS, Conclusion, Rules, conclude, decide, look_alikes
from edge.vision.match import Expected, Gallery, Match, Mate

MODEL = "0123456789ab"
CLASS = Rules(threshold=0.55, ask_threshold=0.6, margin=0.04)
SCHOOL = Rules(threshold=0.5, ask_threshold=0.57, margin=0.05, classes={"6A": CLASS})
DIMENSION = 3


def concluded(gallery: Gallery, probe: np.ndarray, rules: Rules = SCHOOL) -> Conclusion:
    """As the loop does it."""
    classes = gallery.expected.classes if gallery.expected else None
    expected = gallery.match(probe, MODEL, expected_only=True) if classes else None
    return decide(gallery.match(probe, MODEL), expected, 1.0, rules, classes)


def known(people: dict[str, list[list[float]]], mates: dict[str, frozenset[str]] | None = None) -> Gallery:
    names = [name for name, templates in people.items() for _ in templates]
    templates = [template for own in people.values() for template in own]
    return Gallery(names, np.array(templates, np.float32).reshape(-1, DIMENSION), MODEL, mates)


def named(found: Conclusion) -> str | None:
    return found.match.person if found.match and found.outcome is Outcome.IDENTIFIED else None


coordinates = st.integers(-12, 12).map(lambda step: step / 10)
points = st.lists(coordinates, min_size=DIMENSION, max_size=DIMENSION)
templates = st.lists(points, min_size=1, max_size=3)
probes = points.map(lambda point: np.array(point, np.float32))


def crowd(letter: str) -> st.SearchStrategy[dict[str, list[list[float]]]]:
    return st.dictionaries(st.integers(1, 5).map(lambda number: f"{letter}{number}"), templates, max_size=5)


@given(crowd("in"), crowd("out"), probes, st.booleans())
def test_people_outside_the_class_never_turn_a_name_inside_it_into_another(inside, outside, probe, linked):
    mates = {}
    if linked and inside and outside:
        one, other = min(inside), min(outside)
        mates = {one: frozenset({other}), other: frozenset({one})}
    expected = Expected(("6A",), frozenset(inside))
    alone = concluded(known(inside).expecting(expected), probe)
    among = concluded(known(inside | outside, mates).expecting(expected), probe)
    name = named(alone)
    if name is None:
        assert named(among) not in inside, "nobody outside gives anybody inside a name"
    elif named(among) != name:
        assert among.outcome is Outcome.ASK
        assert name in among.candidates
        whole = known(inside | outside, mates).match(probe, MODEL)
        by_link = bool(look_alikes(known(inside | outside, mates).expecting(expected).match(
            probe, MODEL, expected_only=True), CLASS))  # fmt: skip
        by_the_whole_roster = whole.person in outside and named(
            concluded(known(inside | outside, mates), probe, SCHOOL.as_strict_as(CLASS))
        ) == whole.person  # fmt: skip
        assert by_link or by_the_whole_roster


@given(crowd("in"), crowd("out"), probes)
def test_without_a_lesson_everybody_is_meant_alike(inside, outside, probe):
    whole = known(inside | outside)
    found = concluded(whole, probe)
    assert found.outcome is conclude(whole.match(probe, MODEL), 1.0, SCHOOL)


def test_a_class_is_searched_by_its_own_rules_and_a_guest_by_the_stricter():
    people = {"an": [[0.0, 0, 0]], "guest": [[5.0, 0, 0]]}
    lesson = known(people).expecting(Expected(("6A",), frozenset({"an"})))
    assert named(concluded(lesson, np.array([0.54, 0, 0], np.float32))) == "an"
    assert named(concluded(known(people), np.array([0.54, 0, 0], np.float32))) is None
    assert named(concluded(lesson, np.array([5.5, 0, 0], np.float32))) == "guest"
    assert concluded(lesson, np.array([5.53, 0, 0], np.float32)).outcome is Outcome.ASK


def test_whom_the_whole_roster_names_instead_is_asked_about_with_both():
    people = {"an": [[0.4, 0, 0]], "guest": [[0.05, 0, 0]]}
    lesson = known(people).expecting(Expected(("6A",), frozenset({"an"})))
    found = concluded(lesson, np.zeros(3, np.float32))
    assert (found.outcome, found.candidates) == (Outcome.ASK, ("guest", "an"))


def test_two_classes_in_one_room_are_as_strict_as_the_stricter_and_one_without_a_calibration_as_the_school():
    other = Rules(threshold=0.45, ask_threshold=0.7, margin=0.01)
    rules = Rules(0.5, 0.57, 0.05, classes={"6A": CLASS, "6B": other})
    assert rules.within(("6A",)) is CLASS
    both = rules.within(("6A", "6B"))
    assert (both.threshold, both.ask_threshold, both.margin) == (0.45, 0.6, 0.04)
    assert rules.within(("6C",)) is rules
    assert rules.within(("6A", "6C")).threshold == 0.5


def pair(distance: float, mate: float) -> Match:
    return Match("an", distance, 1.0, ("an", "em"), (Mate("em", mate),))


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (pair(0.10, 0.30), Outcome.ASK),
        (pair(0.10, 0.57), Outcome.ASK),
        (pair(0.10, 0.58), Outcome.IDENTIFIED),
        (pair(0.49, 0.49 + LINKED_MARGINS * 0.05 - 0.01), Outcome.ASK),
        (pair(0.49, 0.49 + LINKED_MARGINS * 0.05 + 0.01), Outcome.IDENTIFIED),
        (pair(0.58, 0.58), Outcome.UNKNOWN),
    ],
)
def test_a_look_alike_who_would_do_for_the_face_too_makes_it_a_question(found, outcome):
    assert conclude(found, 1.0, SCHOOL) is outcome


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.none() | st.floats(0, 1))
def test_a_link_only_ever_takes_names_away(distance, farther, quality, margin):
    apart = Match("an", distance, margin, ("an",))
    linked = Match("an", distance, margin, ("an",), (Mate("em", distance + farther),))
    before, after = (decide(one, None, quality, SCHOOL, None) for one in (apart, linked))
    assert after.outcome is before.outcome or (before.outcome, after.outcome) == (Outcome.IDENTIFIED, Outcome.ASK)
    if after.look_alikes:
        assert after.look_alikes == ("an", "em")
        assert after.candidates[:2] == ("an", "em")


def test_a_look_alike_in_another_class_counts_too():
    people = {"an": [[0.0, 0, 0]], "em": [[0.3, 0, 0]]}
    mates = {"an": frozenset({"em"}), "em": frozenset({"an"})}
    lesson = known(people, mates).expecting(Expected(("6A",), frozenset({"an"})))
    found = concluded(lesson, np.zeros(3, np.float32))
    assert (found.outcome, found.look_alikes) == (Outcome.ASK, ("an", "em"))


@given(crowd("p"), probes, st.permutations(range(15)))
def test_name_and_distance_are_of_one_template_the_margin_of_somebody_else_and_a_tie_names_nobody(people, probe, order):
    whole = known(people)
    found = whole.match(probe, MODEL)
    if found is None:
        assert not people
        return
    nearest = {
        name: min(float(np.sqrt(np.square(np.float32(one) - probe).sum())) for one in own)
        for name, own in people.items()
    }
    assert found.distance == pytest.approx(min(nearest.values()), abs=1e-6)
    assert nearest[found.person] == pytest.approx(found.distance, abs=1e-6)
    others = [distance for name, distance in nearest.items() if name != found.person]
    assert (found.margin is None) == (not others)
    if others:
        assert found.margin == pytest.approx(min(others) - found.distance, abs=1e-6)
        if min(others) - found.distance < 1e-9:
            assert conclude(found, 1.0, Rules(threshold=5, ask_threshold=5, margin=0.0)) is Outcome.ASK
    names = sorted(people, key=lambda name: order[int(name[1:])])
    again = known({name: people[name] for name in names}).match(probe, MODEL)
    assert again.distance == pytest.approx(found.distance, abs=1e-6)
    assert again.person == found.person or found.margin == pytest.approx(0, abs=1e-6)
