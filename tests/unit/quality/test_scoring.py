"""Proper scores: by hand, against scipy, and that saying what one believes is best."""

import math

import numpy as np
import pytest
from scipy import stats

from dispatch.quality.scoring import (
    BIAS_ALARM,
    brier,
    calibrated,
    median_bias,
    pinball,
    poisson_loss,
    wilson,
)


def test_pinball_by_hand() -> None:
    assert pinball(0.8, [10.0, 10.0], [15.0, 5.0]) == pytest.approx((0.8 * 5 + 0.2 * 5) / 2)
    assert pinball(0.5, [10.0], [10.0]) == 0.0
    assert pinball(0.5, [], []) is None


@pytest.mark.parametrize("quantile", [0.2, 0.5, 0.8])
def test_the_true_quantile_of_the_outcomes_scores_best(quantile: float, seed: int) -> None:
    """Over a sample the loss is least at its own quantile: at an order statistic, exactly."""
    seen = np.random.default_rng(seed).lognormal(5.0, 0.5, 101).tolist()
    at = sorted(seen)[math.ceil(quantile * 101) - 1]
    losses = {said: pinball(quantile, [said] * 101, seen) for said in seen}
    best = min(loss for loss in losses.values() if loss is not None)
    assert losses[at] == pytest.approx(best)


def test_brier_by_hand_and_its_bounds() -> None:
    assert brier([1.0, 0.0], [True, False]) == 0.0
    assert brier([0.5, 0.5], [True, False]) == 0.25
    assert brier([], []) is None
    with pytest.raises(ValueError, match="no probability"):
        brier([1.01], [True])


def test_saying_the_share_that_happened_is_best_by_brier() -> None:
    happened = [True] * 7 + [False] * 3
    losses = {tenth: brier([tenth / 10] * 10, happened) for tenth in range(11)}
    assert min(losses, key=lambda tenth: losses[tenth] or 0.0) == 7


def test_poisson_is_the_logarithm_of_the_probability(seed: int) -> None:
    luck = np.random.default_rng(seed)
    rates = luck.uniform(0.01, 20.0, 50)
    counts = luck.poisson(rates)
    theirs = -stats.poisson.logpmf(counts, rates).mean()
    assert poisson_loss(rates.tolist(), counts.tolist()) == pytest.approx(theirs)


def test_poisson_at_its_edges() -> None:
    assert poisson_loss([0.0], [0]) == 0.0
    assert poisson_loss([0.0], [1]) == math.inf
    assert poisson_loss([], []) is None
    for rate, count in ((-1.0, 0), (math.inf, 0), (math.nan, 0), (1.0, -1)):
        with pytest.raises(ValueError, match="both from 0"):
            poisson_loss([rate], [count])


def test_a_quantile_is_held_to_what_it_promises() -> None:
    said = [100.0] * 100
    right = calibrated(0.8, said, [99.0] * 80 + [101.0] * 20)
    assert right is not None
    assert (right.n, right.share, right.holds) == (100, 0.8, True)
    wrong = calibrated(0.8, said, [99.0] * 60 + [101.0] * 40)
    assert wrong is not None
    assert not wrong.holds
    assert calibrated(0.8, [], []) is None


@pytest.mark.parametrize(("share", "n"), [(0.5, 10), (0.8, 100), (0.0, 5), (1.0, 5)])
def test_the_interval_is_wilsons(share: float, n: int) -> None:
    theirs = stats.binomtest(round(share * n), n).proportion_ci(method="wilson")
    assert wilson(share, n) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_an_interval_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        wilson(0.5, 0)


def test_bias_is_above_zero_when_forecasts_were_too_short() -> None:
    assert median_bias([100.0, 100.0, 100.0], [90.0, 120.0, 130.0]) == pytest.approx(math.log(1.2))
    assert math.log(1.2) > BIAS_ALARM
    assert median_bias([], []) is None
    with pytest.raises(ValueError, match="above 0"):
        median_bias([0.0], [1.0])


@pytest.mark.parametrize("quantile", [0.0, 1.0, -1.0])
def test_a_quantile_is_between_0_and_1(quantile: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        pinball(quantile, [1.0], [1.0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibrated(quantile, [1.0], [1.0])


def test_what_is_not_finite_or_does_not_pair_is_an_error() -> None:
    with pytest.raises(ValueError, match="finite"):
        pinball(0.5, [math.nan], [1.0])
    with pytest.raises(ValueError, match="zip"):
        pinball(0.5, [1.0, 2.0], [1.0])
