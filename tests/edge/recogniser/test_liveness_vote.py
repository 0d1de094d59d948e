"""The looks vote: in whatever order, none alone, and more signs of life never make a picture of anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.contract import Liveness, Outcome
from edge.recogniser.liveness_vote import LivenessRules, LivenessVote

WARN = LivenessRules("warn", spoof_below=0.4, live_from=0.6)
REFUSE = LivenessRules("refuse", spoof_below=0.4, live_from=0.6)
SURENESS = {Liveness.SPOOF: 0, Liveness.DOUBT: 1, Liveness.LIVE: 2}

share = st.floats(0, 1)
look = st.tuples(share, share)
living = st.tuples(st.floats(0.6, 1), share)
pictured = st.tuples(st.floats(0, 0.39), share)


def verdict(looks: list[tuple[float, float]]) -> Liveness | None:
    vote = LivenessVote()
    for score, quality in looks:
        vote.add(score, quality)
    return vote.verdict(REFUSE)


@given(st.lists(look, max_size=9), st.randoms())
def test_the_order_of_looks_does_not_matter(looks, shuffle):
    mixed = list(looks)
    shuffle.shuffle(mixed)
    assert verdict(mixed) is verdict(looks)


@given(st.lists(look, min_size=3, max_size=9), living)
def test_one_more_living_look_never_makes_anybody_less_living(looks, another):
    before, after = verdict(looks), verdict([*looks, another])
    assert before
    assert after
    assert SURENESS[after] >= SURENESS[before]


@given(st.lists(look, min_size=3, max_size=9), pictured)
def test_one_more_look_at_a_picture_never_makes_it_more_living(looks, another):
    before, after = verdict(looks), verdict([*looks, another])
    assert before
    assert after
    assert SURENESS[after] <= SURENESS[before]


@given(st.lists(look, min_size=3, max_size=9), st.data(), st.floats(0, 1))
def test_a_higher_score_never_lowers_the_verdict(looks, data, raised):
    index = data.draw(st.integers(0, len(looks) - 1))
    score, quality = looks[index]
    higher = [*looks[:index], (max(score, raised), quality), *looks[index + 1 :]]
    before, after = verdict(looks), verdict(higher)
    assert before
    assert after
    assert SURENESS[after] >= SURENESS[before]


@given(st.lists(living, min_size=2, max_size=8), look)
def test_one_bad_look_does_not_refuse_a_child(looks, bad):
    assert verdict([*looks, bad]) is Liveness.LIVE


@given(st.lists(pictured, min_size=2, max_size=8), look)
def test_one_lucky_look_does_not_free_a_photo(looks, lucky):
    assert verdict([*looks, lucky]) is Liveness.SPOOF


@given(st.lists(look, max_size=2))
def test_too_few_looks_say_nothing(looks):
    assert verdict(looks) is None


@pytest.mark.parametrize(
    ("score", "says"), [(0.39, Liveness.SPOOF), (0.4, Liveness.DOUBT), (0.59, Liveness.DOUBT), (0.6, Liveness.LIVE)]
)
def test_between_the_two_thresholds_is_doubt(score, says):
    assert verdict([(score, 1.0)] * 3) is says


@pytest.mark.parametrize(
    ("rules", "outcome", "said", "becomes"),
    [
        (REFUSE, Outcome.IDENTIFIED, Liveness.LIVE, Outcome.IDENTIFIED),
        (REFUSE, Outcome.IDENTIFIED, Liveness.DOUBT, Outcome.ASK),
        (REFUSE, Outcome.IDENTIFIED, Liveness.SPOOF, Outcome.REFUSED),
        (REFUSE, Outcome.ASK, Liveness.SPOOF, Outcome.REFUSED),
        (REFUSE, Outcome.ASK, Liveness.LIVE, Outcome.ASK),
        (REFUSE, Outcome.UNKNOWN, Liveness.SPOOF, Outcome.UNKNOWN),
        (WARN, Outcome.IDENTIFIED, Liveness.SPOOF, Outcome.IDENTIFIED),
        (WARN, Outcome.ASK, Liveness.SPOOF, Outcome.ASK),
    ],
)
@pytest.mark.parametrize("waited_s", [0.0, 10.0])
def test_what_follows_from_a_verdict(rules, outcome, said, becomes, waited_s):
    assert rules.applied(outcome, said, waited_s=waited_s) is becomes


@pytest.mark.parametrize(("rules", "becomes"), [(WARN, Outcome.IDENTIFIED), (REFUSE, Outcome.ASK)])
def test_a_name_waits_for_a_verdict_and_not_for_ever(rules, becomes):
    assert rules.applied(Outcome.IDENTIFIED, None, waited_s=0.9) is None
    assert rules.applied(Outcome.IDENTIFIED, None, waited_s=1.0) is becomes
    assert rules.applied(Outcome.UNKNOWN, None, waited_s=0.0) is Outcome.UNKNOWN
