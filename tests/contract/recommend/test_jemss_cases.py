"""The exact cases of JEMSS's own unit tests (Apache-2.0; DISPATCH_SCIENCE §4.7), solved by ours.

JEMSS counts stations from 1. Where a case has several optima its own solver's answer is one of
them: ours must be as good, and equal where the optimum is single.
"""

import json
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from dispatch.recommend.mexclp import mclp, mexclp, nested, value
from dispatch.recommend.situation import NOWHERE, Coverage
from dispatch.recommend.slots import assign_slots
from tests.support.shared_data import shared


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    text = shared("jemss/expected_unit_cases.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def coverage(case: dict[str, Any], capacity: int = 1) -> Coverage:
    reach = np.array(case["cover"], float)
    return Coverage(
        post_ids=tuple(f"S{at}" for at in range(1, len(reach) + 1)),
        reach=sparse.csr_array(reach),
        demand=np.array(case["demand"]),
        capacity=np.full(len(reach), capacity),
    )


def test_mclp(cases: dict[str, Any]) -> None:
    assert len(cases["mclp"]) == 4
    for case in cases["mclp"]:
        plan = mclp(coverage(case), case["p"])
        assert plan.value == pytest.approx(case["expected_obj"])
        expected = np.array(case["expected_x"])
        served = value(coverage(case), expected, 0.0)
        assert plan.units == tuple(expected) or served == pytest.approx(plan.value)
        exact = mexclp(coverage(case), case["p"], 0.0)
        assert exact.value == pytest.approx(case["expected_obj"])


def test_nested_mclp(cases: dict[str, Any]) -> None:
    assert len(cases["nested_mclp"]) == 2
    for case in cases["nested_mclp"]:
        order, total = nested(coverage(case), case["weights"])
        assert [post + 1 for post in order] == case["expected_order"]
        assert total == pytest.approx(case["objective"])


def test_zhang_ip(cases: dict[str, Any]) -> None:
    given = cases["zhang_ip"]
    slots = [station - 1 for station in given["station_slots"]]
    assert len(given["cases"]) == 16
    for case in given["cases"]:
        cost = np.array(case["amb_to_station_costs"], float)
        movable = case["n_movable"]
        found = assign_slots(slots, given["benefit_slots"], cost, movable)
        expected = [*case["expected_movable"], *case["expected_at_hospital"]]
        theirs = tuple(station - 1 if station else NOWHERE for station in expected)
        benefits = given["benefit_slots"]
        assert worth(slots, benefits, cost, found) == pytest.approx(
            worth(slots, benefits, cost, theirs)
        )
        best = optima(slots, benefits, cost, movable)
        assert theirs in best
        assert found in best


def worth(
    slots: list[int], benefits: list[float], cost: np.ndarray, posts: tuple[int, ...]
) -> float:
    """Benefits of the ranks that are filled, less the costs of the moves."""
    total = 0.0
    for post in set(posts) - {NOWHERE}:
        ranked = sorted(
            (b for at, b in zip(slots, benefits, strict=True) if at == post), reverse=True
        )
        taken = posts.count(post)
        if taken > len(ranked):
            return -np.inf
        total += sum(ranked[:taken])
    return total - sum(float(cost[unit, post]) for unit, post in enumerate(posts) if post >= 0)


def optima(
    slots: list[int], benefits: list[float], cost: np.ndarray, movable: int
) -> set[tuple[int, ...]]:
    """Every best answer, by trying them all."""
    stations = sorted(set(slots))
    choices = [stations if unit < movable else [NOWHERE, *stations] for unit in range(len(cost))]
    scored = {posts: worth(slots, benefits, cost, posts) for posts in product(*choices)}
    best = max(scored.values())
    return {posts for posts, each in scored.items() if each >= best - 1e-9}
