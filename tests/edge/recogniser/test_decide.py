"""The rules, without a camera."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.contract import Outcome
from edge.recogniser.decide import Debounce, Rules, conclude
from edge.vision.match import Match

RULES = Rules(threshold=0.5, ask_threshold=0.55, margin=0.05)


def match(distance: float, margin: float | None = 0.3) -> Match:
    return Match("an", distance, margin, ("an", "binh"))


@pytest.mark.parametrize(
    ("found", "quality", "outcome"),
    [
        (match(0.30), 0.5, Outcome.IDENTIFIED),
        (match(0.50), 0.5, Outcome.IDENTIFIED),
        (match(0.501), 0.5, Outcome.ASK),
        (match(0.55), 0.5, Outcome.ASK),
        (match(0.551), 0.5, Outcome.UNKNOWN),
        (match(0.30, margin=0.04), 0.5, Outcome.ASK),
        (match(0.30, margin=0.05), 0.5, Outcome.IDENTIFIED),
        (match(0.30, margin=None), 0.5, Outcome.IDENTIFIED),
        (match(0.30), 0.01, Outcome.ASK),
        (match(0.90), 0.01, Outcome.UNKNOWN),
        (None, 1.0, Outcome.UNKNOWN),
    ],
    ids=lambda value: value.value if isinstance(value, Outcome) else None,
)
def test_outcomes(found, quality, outcome):
    assert conclude(found, quality, RULES) is outcome


@given(st.floats(0, 2), st.none() | st.floats(0, 2), st.floats(0, 1))
def test_a_name_always_rests_on_a_near_template_a_clear_margin_and_a_readable_face(distance, margin, quality):
    if conclude(match(distance, margin), quality, RULES) is Outcome.IDENTIFIED:
        assert distance <= RULES.threshold
        assert margin is None or margin >= RULES.margin
        assert quality >= RULES.min_quality


@given(st.floats(0, 2), st.floats(0, 2), st.floats(0, 1))
def test_coming_nearer_never_makes_the_outcome_weaker(distance, nearer_by, quality):
    strength = [Outcome.UNKNOWN, Outcome.ASK, Outcome.IDENTIFIED]
    far = conclude(match(distance), quality, RULES)
    near = conclude(match(max(0.0, distance - nearer_by)), quality, RULES)
    assert strength.index(near) >= strength.index(far)


def test_a_name_is_said_at_once_and_a_doubt_later_than_a_stranger():
    waits = [RULES.patience_with(outcome) for outcome in (Outcome.IDENTIFIED, Outcome.UNKNOWN, Outcome.ASK)]
    assert waits[0] == 0
    assert waits == sorted(waits)


def test_the_same_person_within_the_window_is_the_same_passage():
    debounce = Debounce(window_s=60)
    assert debounce.is_new("an", 0)
    assert not debounce.is_new("an", 59)
    assert debounce.is_new("binh", 59)


def test_the_window_counts_from_when_somebody_was_last_seen():
    debounce = Debounce(window_s=60)
    assert debounce.is_new("an", 0)
    debounce.stays("an", 50)
    assert not debounce.is_new("an", 100)
    assert debounce.is_new("an", 161)


def test_a_clip_that_starts_again_is_a_new_day():
    debounce = Debounce(window_s=60)
    assert debounce.is_new("an", 30)
    assert debounce.is_new("an", 1)


def test_nobody_is_remembered_for_ever():
    debounce = Debounce(window_s=60)
    for number in range(1000):
        debounce.is_new(f"hs-{number}", float(number * 10))
    assert len(debounce._last_seen_s) <= 8
