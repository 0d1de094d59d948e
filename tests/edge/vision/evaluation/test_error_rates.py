"""FMR, FNMR and what follows: by hand, and for any scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge.vision.evaluation.error_rates import ErrorRates

# Few different values: ties are the rule.
DISTANCES = arrays(np.float64, st.integers(1, 40), elements=st.integers(0, 12).map(lambda tenth: tenth / 10))

GENUINE = np.array([0.1, 0.2, 0.3, 0.6])
IMPOSTORS = np.array([0.4, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4])


def test_rates_by_hand():
    rates = ErrorRates(GENUINE, IMPOSTORS)
    assert rates.fmr(0.5) == pytest.approx(0.2)
    assert rates.fnmr(0.5) == pytest.approx(0.25)
    assert rates.fmr(0.49) == pytest.approx(0.1)
    assert rates.fnmr(0.6) == 0.0


def test_tar_at_far_by_hand():
    """One of ten impostors may pass: everything nearer than the second, 0.5. Three of four genuine ones are."""
    rates = ErrorRates(GENUINE, IMPOSTORS)
    assert rates.tar_at(0.1) == pytest.approx(0.75)
    assert rates.tar_at(0.2) == pytest.approx(1.0)


def test_equal_error_rate_by_hand():
    """At 0.5 FMR is 2 of 10 and FNMR 1 of 4; nowhere are they nearer to each other."""
    assert ErrorRates(GENUINE, IMPOSTORS).eer() == pytest.approx((0.2 + 0.25) / 2)


def test_who_can_be_told_apart_has_no_equal_error():
    assert ErrorRates(np.array([0.1, 0.2]), np.array([0.5, 0.6])).eer() == 0.0


def test_scores_upside_down_are_all_error():
    assert ErrorRates(np.array([0.5, 0.6]), np.array([0.1, 0.2])).eer() == 1.0


def test_impostors_as_near_as_each_other_pass_together_or_not_at_all():
    rates = ErrorRates(np.array([0.3, 0.5]), np.array([0.4] * 3 + [0.9] * 7))
    assert rates.tar_at(0.2) == pytest.approx(0.5)
    assert rates.fmr(rates.threshold_at(0.2)) == 0.0
    assert rates.fmr(rates.threshold_at(0.3)) == pytest.approx(0.3)


def test_a_rate_finer_than_one_pair_is_not_measurable():
    rates = ErrorRates(GENUINE, np.linspace(0.4, 1.0, 999))
    assert rates.tar_at(1e-3) is None
    assert ErrorRates(GENUINE, np.linspace(0.4, 1.0, 1000)).tar_at(1e-3) is not None


def test_nan_is_left_out_and_counted():
    rates = ErrorRates(np.append(GENUINE, np.nan), np.append(np.nan, IMPOSTORS))
    assert rates.left_out == 2
    assert rates.tar_at(0.1) == pytest.approx(0.75)


def test_a_search_without_a_candidate_is_never_accepted():
    rates = ErrorRates(np.array([0.1, np.inf]), IMPOSTORS)
    assert rates.fnmr(np.inf) == pytest.approx(0.5)


def test_nothing_to_compare_gives_no_figure():
    rates = ErrorRates(np.empty(0), np.empty(0))
    assert (rates.fmr(1.0), rates.fnmr(1.0), rates.tar_at(0.1), rates.eer()) == (None,) * 4


def test_a_weight_counts_like_so_many_of_the_same():
    weighted = ErrorRates(GENUINE, IMPOSTORS, np.array([2.0, 0, 1, 3]), np.array([3.0, 1] + [0] * 8))
    repeated = ErrorRates(np.repeat(GENUINE, [2, 0, 1, 3]), np.repeat(IMPOSTORS, [3, 1] + [0] * 8))
    for threshold in (0.05, 0.1, 0.3, 0.4, 0.5, 0.6, 2.0):
        assert weighted.fmr(threshold) == pytest.approx(repeated.fmr(threshold))
        assert weighted.fnmr(threshold) == pytest.approx(repeated.fnmr(threshold))
    assert weighted.eer() == pytest.approx(repeated.eer())


@given(DISTANCES, DISTANCES, st.floats(-0.1, 1.4))
def test_rates_are_the_counts(genuine, impostors, threshold):
    rates = ErrorRates(genuine, impostors)
    assert rates.fmr(threshold) == pytest.approx((impostors <= threshold).mean())
    assert rates.fnmr(threshold) == pytest.approx((genuine > threshold).mean())


@given(DISTANCES, DISTANCES, st.floats(0.0, 1.0))
def test_the_threshold_keeps_the_wished_rate_and_no_larger_distance_does(genuine, impostors, far):
    rates = ErrorRates(genuine, impostors)
    threshold = rates.threshold_at(far)
    if threshold is None:
        assert far * len(impostors) < 1
        return
    assert rates.fmr(threshold) <= far + 1e-8
    beyond = impostors[impostors > threshold]
    assert not len(beyond) or rates.fmr(beyond.min()) > far - 1e-8


@given(DISTANCES, DISTANCES)
def test_the_equal_error_rate_is_the_best_balance_of_all_thresholds(genuine, impostors):
    def both(at: float) -> tuple[float, float]:
        return float((impostors <= at).mean()), float((genuine > at).mean())

    candidates = [both(at) for at in (-1.0, *genuine, *impostors)]
    least = min(abs(fmr - fnmr) for fmr, fnmr in candidates)
    allowed = [(fmr + fnmr) / 2 for fmr, fnmr in candidates if abs(fmr - fnmr) <= least + 1e-9]
    assert any(ErrorRates(genuine, impostors).eer() == pytest.approx(value) for value in allowed)


@given(DISTANCES, DISTANCES)
def test_the_det_curve_goes_from_nobody_accepted_to_everybody(genuine, impostors):
    curve = ErrorRates(genuine, impostors).det_curve(points=8)
    assert (curve.fmr[0], curve.fnmr[0]) == (0.0, 1.0)
    assert (curve.fmr[-1], curve.fnmr[-1]) == pytest.approx((1.0, 0.0))
    assert (np.diff(curve.fmr) >= 0).all()
    assert (np.diff(curve.fnmr) <= 0).all()
