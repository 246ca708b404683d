"""How good forecasts were: proper scores of what was said before, against what happened.

A score is proper when nobody gains by saying other than what they believe. All are losses here:
smaller is better, and only differences between forecasts of the same events mean anything.

    pinball   a quantile of a time (the P80 of a drive); Koenker & Bassett 1978
    Brier     a probability of yes or no ("there within the target"); Brier 1950
    Poisson   a rate of calls: minus the logarithm of the probability of the count; Good 1952

`calibrated` says whether a quantile holds what it promises: how often the outcome stayed below,
with the interval in which that share should lie if the quantile were right (Wilson 1927).
`median_bias` is the median logarithm of actual over forecast; above 0.1 either way a county is
alarmed (POLICY). Of no events there is no score: None.

Not here: making forecasts (`maps.network.learned`, `maps.coverage.demand`). Pure.
"""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

BIAS_ALARM: Final = 0.1
_Z95: Final = 1.959964  # two-sided 95 %


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Of ``n`` outcomes the ``share`` that did not exceed the ``quantile`` said for them.

    ``low`` and ``high`` hold 95 % of what a right quantile would show; ``holds`` if it is between.
    """

    quantile: float
    n: int
    share: float
    low: float
    high: float
    holds: bool


def pinball(quantile: float, said: Iterable[float], seen: Iterable[float]) -> float | None:
    """Mean pinball loss of one quantile, in the unit of the outcomes."""
    _inside(quantile)
    losses = [
        quantile * (actual - told) if actual >= told else (1.0 - quantile) * (told - actual)
        for told, actual in _pairs(said, seen)
    ]
    return statistics.fmean(losses) if losses else None


def brier(said: Iterable[float], happened: Iterable[bool]) -> float | None:
    """Mean squared error of probabilities; 0 is certain and right, 0.25 is always saying half."""
    errors = []
    for told, actual in zip(said, happened, strict=True):
        if not 0.0 <= told <= 1.0:
            raise ValueError(f"{told} is no probability")
        errors.append((told - actual) ** 2)
    return statistics.fmean(errors) if errors else None


def poisson_loss(rates: Iterable[float], counts: Iterable[int]) -> float | None:
    """Mean of minus log probability of each count at its rate; inf for what was held impossible."""
    losses = []
    for rate, count in zip(rates, counts, strict=True):
        if not (rate >= 0 and math.isfinite(rate)) or count < 0:
            raise ValueError(f"rate {rate} and count {count}: both from 0, finite")
        if rate == 0:
            losses.append(math.inf if count else 0.0)
        else:
            losses.append(rate - count * math.log(rate) + math.lgamma(count + 1))
    return statistics.fmean(losses) if losses else None


def calibrated(quantile: float, said: Iterable[float], seen: Iterable[float]) -> Calibration | None:
    """How often outcomes stayed at or below what was said for this quantile."""
    _inside(quantile)
    pairs = _pairs(said, seen)
    if not pairs:
        return None
    n = len(pairs)
    share = sum(actual <= told for told, actual in pairs) / n
    low, high = wilson(quantile, n)
    return Calibration(
        quantile=quantile, n=n, share=share, low=low, high=high, holds=low <= share <= high
    )


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval around a share of ``n`` (Wilson score interval)."""
    if n < 1:
        raise ValueError("an interval needs at least one outcome")
    shrink = 1.0 + _Z95**2 / n
    centre = (share + _Z95**2 / (2 * n)) / shrink
    half = _Z95 / shrink * math.sqrt(share * (1.0 - share) / n + _Z95**2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def median_bias(said: Iterable[float], seen: Iterable[float]) -> float | None:
    """Median of ln(actual / forecast): above 0 the forecasts were too short. Times must be > 0."""
    ratios = []
    for told, actual in _pairs(said, seen):
        if told <= 0 or actual <= 0:
            raise ValueError(f"times above 0 are needed, not {told} and {actual}")
        ratios.append(math.log(actual / told))
    return statistics.median(ratios) if ratios else None


def _inside(quantile: float) -> None:
    if not 0.0 < quantile < 1.0:
        raise ValueError(f"quantile {quantile} is not between 0 and 1")


def _pairs(said: Iterable[float], seen: Iterable[float]) -> Sequence[tuple[float, float]]:
    pairs = list(zip(said, seen, strict=True))
    if not all(math.isfinite(each) for pair in pairs for each in pair):
        raise ValueError("forecasts and outcomes must be finite")
    return pairs
