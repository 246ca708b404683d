"""Random numbers by key: the same everywhere, and random enough."""

import math

import numpy as np
import pytest
from scipy import stats

from dispatch.simulation.chance import Chance
from dispatch.simulation.theory import Case, calls_of, exponential

COUNT = 20_000


def test_the_numbers_of_a_key_are_fixed_for_ever() -> None:
    """Frozen: another machine, another order of questions, another year."""
    chance = Chance(20260101)
    assert chance.uniform("gap", 7) == 0.5725866203890688
    assert Chance(20260101).uniform("gap", 7, 1) != chance.uniform("gap", 7)
    assert Chance(20260102).uniform("gap", 7) != chance.uniform("gap", 7)
    assert chance.uniform("road", 7) != chance.uniform("gap", 7)


def test_asking_in_another_order_changes_nothing() -> None:
    forwards, backwards = Chance(5), Chance(5)
    keys = [("gap", k, k % 3) for k in range(50)]
    first = {key: forwards.uniform(*key) for key in keys}
    assert first == {key: backwards.uniform(*key) for key in reversed(keys)}


def test_the_distributions_are_what_they_say() -> None:
    """Fixed seed: Kolmogorov-Smirnov at 0.1 %."""
    chance = Chance(1)
    uniform = [chance.uniform("u", k) for k in range(COUNT)]
    assert all(0 < one < 1 for one in uniform)
    assert stats.kstest(uniform, "uniform").pvalue > 0.001
    normal = [chance.normal("n", k) for k in range(COUNT)]
    assert stats.kstest(normal, "norm").pvalue > 0.001
    waiting = [chance.exponential("e", k) for k in range(COUNT)]
    assert stats.kstest(waiting, "expon").pvalue > 0.001
    neighbours = np.corrcoef(uniform[:-1], uniform[1:])[0, 1]
    assert abs(neighbours) < 4 / math.sqrt(COUNT)


def test_choices_follow_their_shares() -> None:
    chance = Chance(3)
    chosen = [chance.index("c", [0.2, 0.2, 1.0], k) for k in range(COUNT)]
    counts = np.bincount(chosen, minlength=3)
    assert counts[1] == 0
    assert stats.binomtest(int(counts[0]), COUNT, 0.2).pvalue > 0.001


def test_arrivals_of_a_case_are_a_poisson_stream() -> None:
    case = Case(classes=((0, 0, 0.5), (1, 0, 1.5)), servers=1, rate=1.0, service=exponential)
    calls = calls_of(case, COUNT, seed=2)
    gaps = np.diff([one.at_ms for one in calls]) / 3_600_000
    assert stats.kstest(gaps, "expon", args=(0, 0.5)).pvalue > 0.001
    first = sum(one.priority == 0 for one in calls)
    assert stats.binomtest(first, COUNT, 0.25).pvalue > 0.001


def test_a_seed_out_of_range_is_refused() -> None:
    for seed in (-1, 2**63):
        with pytest.raises(ValueError):
            Chance(seed)
