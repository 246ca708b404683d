"""Policies against each other: paired differences by replication, with confidence intervals.

Theory. With random numbers by key two policies meet the same calls, so the difference of their
means within one replication is free of most of the luck; replications differ by their seed and are
independent. The interval is Student's t over the differences. A replication is the unit, never a
call: calls of one day share its weather. A single replication has no interval, and says so.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec
import numpy as np
from scipy.stats import t as student

from dispatch.simulation.outcome import Outcome
from dispatch.simulation.report import Report, report
from dispatch.simulation.shapes import Values

MEASURES: dict[str, Callable[[Report], float]] = {
    "mean_s": lambda one: one.mean_s,
    "high_mean_s": lambda one: one.high_mean_s,
    "high_in_time": lambda one: one.high_in_time,
    "low_mean_s": lambda one: one.low_mean_s,
    "late": lambda one: one.late,
    "p90_s": lambda one: one.p90_s,
    "redirections_a_call": lambda one: one.redirections_a_call,
    "kilometres": lambda one: one.kilometres,
}
"""What is compared, by name; `measures_of` adds those of each priority."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of a policy less that of the yardstick: mean and 95 % interval.

    ``low`` and ``high`` are None with fewer than two replications.
    """

    measure: str
    policy: str
    against: str
    base: float
    mean: float
    low: float | None
    high: float | None
    replications: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and self.low * self.high > 0


def differences(
    runs: Mapping[str, Sequence[Outcome]], against: str, values: Values, *, from_ms: int = 0
) -> list[Difference]:
    """Every measure of every other policy against one; the n-th runs of all belong together.

    Raises ValueError when the policies had different calls or different numbers of runs.
    """
    base = [report([one], values, from_ms=from_ms) for one in runs[against]]
    found = []
    measures = MEASURES | measures_of(len(values.weight))
    for name, outcomes in runs.items():
        if name == against:
            continue
        _check_pairs(outcomes, runs[against])
        mine = [report([one], values, from_ms=from_ms) for one in outcomes]
        found += [
            _difference(measure, name, against, *pairs)
            for measure, of in measures.items()
            if (pairs := _known([of(a) for a in mine], [of(b) for b in base]))[0]
        ]
    return found


def measures_of(priorities: int) -> dict[str, Callable[[Report], float]]:
    """90th centile and share late of each priority, numbered from 0."""
    found: dict[str, Callable[[Report], float]] = {}
    for at in range(priorities):
        found[f"priority_{at}_p90_s"] = partial(_p90_s, at)
        found[f"priority_{at}_late"] = partial(_late, at)
    return found


def _p90_s(priority: int, found: Report) -> float:
    return found.priorities[priority].p90_s


def _late(priority: int, found: Report) -> float:
    return found.priorities[priority].late


def _known(mine: list[float], base: list[float]) -> tuple[list[float], list[float]]:
    """The pairs that both have a number: a priority may have had no calls in a replication."""
    pairs = [pair for pair in zip(mine, base, strict=True) if not any(map(math.isnan, pair))]
    return [a for a, _b in pairs], [b for _a, b in pairs]


def _difference(
    measure: str, policy: str, against: str, mine: list[float], base: list[float]
) -> Difference:
    gaps = np.array(mine) - np.array(base)
    mean, n = float(gaps.mean()), len(gaps)
    half = None
    if n > 1:
        half = float(student.ppf(0.975, n - 1) * gaps.std(ddof=1) / math.sqrt(n))
    return Difference(
        measure=measure,
        policy=policy,
        against=against,
        base=float(np.mean(base)),
        mean=mean,
        low=None if half is None else mean - half,
        high=None if half is None else mean + half,
        replications=n,
    )


def _check_pairs(mine: Sequence[Outcome], base: Sequence[Outcome]) -> None:
    if len(mine) != len(base):
        raise ValueError(f"{len(mine)} runs against {len(base)}: they must be pairs")
    for a, b in zip(mine, base, strict=True):
        if [(one.call_id, one.at_ms) for one in a.calls] != [
            (one.call_id, one.at_ms) for one in b.calls
        ]:
            raise ValueError(f"{a.policy} and {b.policy} had different calls in one replication")
