"""Greenlane's own decisions in the simulator: the translation, and what must follow from it."""

import msgspec
import pytest

from dispatch.recommend.policies import DiversionPolicy, RecommendPolicy, StandbyPolicy
from dispatch.simulation.coverage import coverage_of
from dispatch.simulation.greenlane import Greenlane
from dispatch.simulation.published import Closest
from dispatch.simulation.run import simulate
from dispatch.simulation.standby import WithStandby
from tests.unit.simulation.towns import MIN, at, call, line, town

RANKS = (1, 3)


def test_a_unit_on_its_way_to_a_light_call_is_diverted_to_a_grave_one() -> None:
    where = town([0, 20], [0, 1])
    calls = [call(0, 0, 12, priority=1), call(1, 7 * MIN, 13, priority=0)]
    outcome = simulate(where, line(21), calls, Greenlane(RecommendPolicy(level="P2"), RANKS))
    light, grave = outcome.calls
    assert light.diversions == 1
    assert grave.unit_id == 1
    assert light.unit_id == 0
    assert grave.response_ms < 8 * MIN


def test_with_endless_hysteresis_nobody_is_diverted(seed: int) -> None:
    where = town([0, 4, 8], [0, 1, 2])
    calls = [
        call(k, (k * 4 + seed % 5) * MIN, (5 * k + seed) % 9, priority=k % 2) for k in range(60)
    ]
    policy = RecommendPolicy(level="P2", diversion=DiversionPolicy(hysteresis_s=float("inf")))
    outcome = simulate(where, line(9), calls, Greenlane(policy, RANKS))
    assert sum(one.diversions for one in outcome.calls) == 0


def test_nobody_waits_while_a_unit_stands_idle(seed: int) -> None:
    """I3 for the whole ladder: a call that found a free unit was given one at once."""
    where = town([0, 4, 8], [0, 1, 2, 1])
    calls = [
        call(k, (k * 5 + seed % 7) * MIN, (5 * k + seed) % 9, priority=k % 2) for k in range(60)
    ]
    for level in ("P0", "P1", "P2"):
        policy = msgspec.structs.replace(RecommendPolicy(), level=level)
        outcome = simulate(where, line(9), calls, Greenlane(policy, RANKS))
        for one in outcome.calls:
            assert not one.saw_idle or one.sent_ms == one.at_ms, (level, one)


def test_a_freed_unit_stands_by_where_the_demand_is() -> None:
    where = town([0, 8], [0])
    covered = coverage_of(where, line(9), [(at(8), 5.0), (at(0), 1.0)], 2 * MIN)
    calls = [call(0, 0, 4), call(1, 60 * MIN, 8)]
    policy = Greenlane(RecommendPolicy(level="P3"), RANKS, covered)
    outcome = simulate(where, line(9), calls, policy)
    assert outcome.units[0].standby_moves == 1
    assert outcome.calls[1].response_ms == 0
    wrapped = WithStandby(Closest(), covered, StandbyPolicy())
    assert simulate(where, line(9), calls, wrapped).calls == outcome.calls


def test_the_ranks_and_posts_must_fit_the_town() -> None:
    where = town([0], [0])
    with pytest.raises(ValueError, match="3 ranks for 2"):
        simulate(where, line(1), [call(0, 0, 0)], Greenlane(RecommendPolicy(), (1, 2, 3)))
    covered = coverage_of(town([0, 1], [0]), line(2), [(at(0), 1.0)], MIN)
    with pytest.raises(ValueError, match="other posts"):
        simulate(where, line(1), [call(0, 0, 0)], Greenlane(RecommendPolicy(), RANKS, covered))
