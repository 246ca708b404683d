"""Summaries and paired comparisons, by hand; coverage; policies by name."""

import math

import msgspec
import numpy as np
import pytest
from scipy import stats

from dispatch.errors import BadPayload
from dispatch.recommend.policies import RecommendPolicy
from dispatch.simulation.choose import NAMES, needs_coverage, policy_named
from dispatch.simulation.compare import differences
from dispatch.simulation.coverage import cells_from, coverage_of, demand_of
from dispatch.simulation.outcome import Outcome
from dispatch.simulation.published import Closest, Queue
from dispatch.simulation.report import as_json, gini, report
from dispatch.simulation.run import simulate
from dispatch.simulation.shapes import Spot
from tests.unit.simulation.towns import MIN, at, call, line, town


def test_a_report_by_hand() -> None:
    where = town([0], [0])
    calls = [
        call(0, 0, 4, priority=0),  # 4 min
        call(1, 5 * MIN, 0, priority=1),  # waits until 14, then 4 min back: 13 min
        call(2, 100 * MIN, 9, priority=0),  # 9 min: late
    ]
    found = report([simulate(where, line(10), calls, Queue())], where.values)
    assert (found.calls, found.lost, found.runs) == (3, 0, 1)
    assert found.mean_s == pytest.approx((4 + 13 + 9) * 60 / 3)
    assert found.high_mean_s == pytest.approx(6.5 * 60)
    assert found.low_mean_s == pytest.approx(13 * 60)
    assert found.high_in_time == 0.5
    assert found.penalised_s == pytest.approx((4 * 4 + 13 + 4 * 9) * 60 / 3)
    assert [one.late for one in found.priorities] == [0.5, 0.0]
    assert [one.calls for one in found.priorities] == [2, 1]
    assert found.no_idle == 0.0
    assert found.busy == pytest.approx((14 + 14 + 19) / 119)
    assert found.gini is None
    assert msgspec.json.encode(as_json(found))
    warm = report([simulate(where, line(10), calls, Queue())], where.values, from_ms=MIN)
    assert warm.calls == 2


def test_a_mean_of_no_calls_is_none_and_never_nought() -> None:
    where = town([0], [0])
    found = report([simulate(where, line(1), [call(0, 0, 0, priority=1)], Queue())], where.values)
    assert math.isnan(found.high_mean_s)
    plain = as_json(found)
    assert plain["high_mean_s"] is None
    assert plain["priorities"][0]["late"] is None
    assert plain["low_mean_s"] == 0.0


def test_fairness_needs_zones_with_enough_calls() -> None:
    where = town([0], [0])
    calls = [call(k, k * 60 * MIN, 2 if k % 2 else 6, zone=k % 2, on_scene_ms=0) for k in range(60)]
    calls.append(call(60, 60 * 60 * MIN, 9, zone=7, on_scene_ms=0))
    found = report([simulate(where, line(10), calls, Queue())], where.values)
    assert found.zones == {0: 360.0, 1: 120.0}
    assert found.worst_zone_p90_s == 360.0
    assert found.gini == pytest.approx(0.25)


def test_gini_by_hand() -> None:
    assert gini([5, 5, 5]) == 0.0
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)
    assert gini([]) == gini([0.0]) == 0.0


def _days() -> tuple[list[Outcome], list[Outcome]]:
    """Three days under `queue` and under `closest`."""
    where = town([0, 8], [0, 1])
    queue, closest = [], []
    for day in range(3):
        calls = [call(k, k * (2 + day) * MIN, (5 * k) % 9, priority=k % 2) for k in range(30)]
        queue.append(simulate(where, line(9), calls, Queue()))
        closest.append(simulate(where, line(9), calls, Closest()))
    return queue, closest


def test_differences_are_paired_by_replication() -> None:
    values = town([0], [0]).values
    queue, closest = _days()
    found = differences({"queue": queue, "closest": closest}, "queue", values)
    one = next(one for one in found if one.measure == "high_mean_s")
    pairs = zip(queue, closest, strict=True)
    gaps = [report([b], values).high_mean_s - report([a], values).high_mean_s for a, b in pairs]
    low, high = stats.t.interval(0.95, 2, loc=np.mean(gaps), scale=stats.sem(gaps))
    assert one.mean == pytest.approx(np.mean(gaps))
    assert (one.low, one.high) == pytest.approx((low, high))
    assert one.is_clear == (low * high > 0)


def test_one_replication_has_no_interval() -> None:
    queue, closest = _days()
    values = town([0], [0]).values
    found = differences({"queue": queue[:1], "closest": closest[:1]}, "queue", values)
    assert {(one.low, one.high, one.is_clear) for one in found} == {(None, None, False)}


def test_runs_that_are_no_pairs_are_refused() -> None:
    queue, closest = _days()
    values = town([0], [0]).values
    with pytest.raises(ValueError, match="pairs"):
        differences({"queue": queue, "closest": closest[:2]}, "queue", values)
    with pytest.raises(ValueError, match="different calls"):
        differences({"queue": queue, "closest": closest[::-1]}, "queue", values)


def test_a_post_covers_what_is_near_in_time() -> None:
    where = town([0, 8], [0, 1], mobilise_ms=MIN)
    cells = [(at(0), 1.0), (at(3), 2.0), (at(8), 0.5)]
    found = coverage_of(where, line(9), cells, 4 * MIN)
    assert found.reach.toarray().tolist() == [[1, 1, 0], [0, 0, 1]]
    assert found.demand.tolist() == [1.0, 2.0, 0.5]
    assert found.capacity.tolist() == [2, 2]


def test_places_are_gathered_into_cells() -> None:
    places = [(Spot(0.012, 0.001), 1.0), (Spot(0.018, 0.009), 2.0), (Spot(-0.001, 0.0), 4.0)]
    found = cells_from(places, 0.01)
    assert [(round(s.lon, 6), round(s.lat, 6), w) for s, w in found] == [
        (-0.005, 0.005, 4.0),
        (0.015, 0.005, 3.0),
    ]
    calls = [call(0, 0, 1), call(1, 5, 1), call(2, 9, 0)]
    assert demand_of(calls, 2.0) == [(at(0), 0.5), (at(1), 1.0)]


def test_every_policy_has_a_name_and_runs(seed: int) -> None:
    where = town([0, 4, 8], [0, 1, 2])
    calls = [call(k, k * 7 * MIN + seed % 1000, (5 * k) % 9, priority=k % 2) for k in range(40)]
    covered = coverage_of(where, line(9), demand_of(calls, 10.0), 4 * MIN)
    for name in (*NAMES, "closest+dmexclp", "P1+dmexclp", "reassign+dmexclp"):
        policy = policy_named(name, (1, 3), RecommendPolicy(), covered)
        assert policy.name == name
        outcome = simulate(where, line(9), calls, policy)
        assert all(one.arrived_ms >= 0 for one in outcome.calls)
        assert outcome == simulate(where, line(9), calls, policy)


def test_names_that_are_none_are_refused() -> None:
    where = town([0], [0])
    covered = coverage_of(where, line(1), [(at(0), 1.0)], MIN)
    for name in ("nearest", "", "P3+dmexclp", "dmexclp"):
        with pytest.raises(BadPayload):
            policy_named(name, (1, 3), RecommendPolicy(), covered)
    assert needs_coverage("P3")
    assert needs_coverage("queue+dmexclp")
    assert not needs_coverage("P2")
    with pytest.raises(BadPayload, match="needs a demand"):
        policy_named("P3", (1, 3), RecommendPolicy(), None)


def test_priorities_are_compared_one_by_one() -> None:
    where = town([0, 9], [0, 1])
    calls = [call(0, 0, 4, priority=0), call(1, MIN, 5, priority=0)]
    runs = {"closest": [simulate(where, line(10), calls, Closest())],
            "queue": [simulate(where, line(10), calls, Queue())]}  # fmt: skip
    found = {one.measure: one for one in differences(runs, "closest", where.values)}
    assert found["priority_0_late"].base == 0.0
    assert found["priority_0_p90_s"].mean == 0.0
    assert found["late"].base == 0.0
    assert "priority_1_p90_s" not in found  # no such calls: no number, and not 0
